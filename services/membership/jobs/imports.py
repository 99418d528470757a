"""The long work of imported sheets, by the kinds under which it is enqueued."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from services.chassis.data.attachments import Attachments
from services.chassis.data.jobs import Handler
from services.membership.usecases.imports import (
    cancel_import,
    confirm_import,
    receive_import,
    reverse_import,
)
from services.membership.usecases.imports.apply_import import apply_import
from services.membership.usecases.imports.check_import import check_import
from services.membership.usecases.imports.discard_file import discard_file
from services.membership.usecases.imports.undo_import import undo_import


def handlers(data_dir: Path) -> Mapping[str, Handler]:
    """Checking reads the stored file, and the last to need it removes it."""
    files = Attachments(data_dir)
    return {
        receive_import.KIND: partial(check_import, files=files),
        cancel_import.KIND: partial(discard_file, files=files),
        confirm_import.KIND: apply_import,
        reverse_import.KIND: undo_import,
    }
