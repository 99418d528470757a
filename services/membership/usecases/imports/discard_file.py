"""The file of a cancelled or failed sheet is removed: nobody will read it any more (S-04)."""

from services.chassis.data.attachments import Attachments
from services.chassis.data.jobs import Job
from services.chassis.data.tx import Store
from services.membership.domain.import_batch import State
from services.membership.store import imports


async def discard_file(store: Store, job: Job, files: Attachments) -> None:
    async with store.begin(job.actor) as tx:
        batch = await imports.lock(job.actor, tx, job.subject)
        if batch.state in (State.CANCELLED, State.FAILED):
            files.where(batch.stored_at).unlink(missing_ok=True)
