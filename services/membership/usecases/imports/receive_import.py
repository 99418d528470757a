"""A clerk hands in a sheet; it is kept, and checked beside the service."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.data.attachments import Attachment, Attachments
from services.chassis.data.tx import Tx
from services.chassis.kernel.actors import Actor, Role
from services.chassis.kernel.ids import new_id
from services.membership.domain.import_batch import State
from services.membership.domain.policies import refuse_other_place
from services.membership.store import imports, unions
from services.membership.store.import_columns import GIG_WORKERS
from services.membership.store.tables import Import
from services.membership.usecases.imports.on_import_watched import KIND as WATCHED
from services.membership.usecases.imports.on_import_watched import PAUSE

KIND = "import.check"


@dataclass(frozen=True, slots=True)
class Sheet:
    """An upload that was written to disk and found to be a sheet."""

    attachment: Attachment
    format: str


async def receive_import(
    actor: Actor, tx: Tx, files: Attachments, sheet: Sheet, union_id: UUID
) -> Import:
    actor.require(Role.CLERK)
    union = await unions.hold(tx, union_id)
    refuse_other_place(actor, union.path)
    await imports.refuse_same(tx, union.id, sheet.attachment.sha256)
    batch = Import(
        id=new_id(),
        union_id=union.id,
        union_path=union.path,
        kind=GIG_WORKERS,
        state=State.RECEIVED,
        file_name=sheet.attachment.original_name,
        sha256=sheet.attachment.sha256,
        format=sheet.format,
        attachment_id=sheet.attachment.id,
        stored_at=files.stored(sheet.attachment),
        made_by=actor.id,
        made_name=actor.name,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await files.keep(tx, sheet.attachment)
    await imports.add(tx, batch)
    batch.job_id = await tx.enqueue(KIND, batch.id)
    await tx.remind(WATCHED, batch.id, tx.now + PAUSE)
    await tx.record("import.received", "import", batch.id, union_path=union.path, after=batch.state)
    return batch
