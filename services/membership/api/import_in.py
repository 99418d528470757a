"""What comes in with a sheet: the file itself, received before any transaction begins."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Form, Request, UploadFile
from pydantic import ConfigDict, RootModel

from services.chassis.data.attachments import MEBIBYTE, Attachments
from services.chassis.data.imports.reading import inspect
from services.chassis.kernel.actors import Role
from services.chassis.web.context import Caller
from services.chassis.web.depends import read_caller
from services.chassis.web.text import Line
from services.membership.api.typed import In, Reason, shown
from services.membership.usecases.imports.receive_import import Sheet

LARGEST = 300 * MEBIBYTE  # bulk has a limit of its own (api.md "Bulk")
LARGEST_BODY = LARGEST + MEBIBYTE  # the form around the file


@dataclass(slots=True)
class Upload:
    """A sheet on disk, for one union; it is removed again unless the request keeps it."""

    files: Attachments
    sheet: Sheet
    union_id: UUID
    is_kept: bool = False


class ConfirmationIn(In):
    """``evidence`` names the signed list with which everybody on the sheet agreed (S-16)."""

    evidence: Line = ""


class ReversalIn(In):
    reason: Reason = ""


class RowIn(RootModel[dict[str, Line]]):
    """The mended cells by field."""

    model_config = ConfigDict(json_schema_extra=shown(document="11010519491231002X"))


async def receive(
    request: Request,
    caller: Annotated[Caller, Depends(read_caller)],
    file: Annotated[UploadFile, File(description="xlsx、xls 或 csv（UTF-8、GBK），最大 300 MB")],
    union_id: Annotated[UUID, Form(description="名单上的人要加入的工会")],
) -> AsyncIterator[Upload]:
    caller.actor.require(Role.CLERK)
    files = Attachments(request.app.state.settings.data_dir)
    attachment = await files.receive(file, LARGEST)
    upload = None
    try:
        format_ = await inspect(attachment.path, attachment.original_name)
        upload = Upload(files, Sheet(attachment, format_), union_id)
        yield upload
    finally:
        if upload is None or not upload.is_kept:
            files.discard(attachment)


Received = Annotated[Upload, Depends(receive, scope="function")]
