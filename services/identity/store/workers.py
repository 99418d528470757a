"""Workers, found by the blind index of their phone."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.read import Reader
from services.chassis.data.sealed import Sealer
from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import NotFound
from services.identity.store.tables import Worker


def key_of(sealer: Sealer, phone: str) -> bytes:
    return sealer.blind("worker-phone", phone)


def place(worker_id: UUID) -> str:
    return f"workers:{worker_id}:phone"


async def with_phone(tx: Tx, phone: str) -> UUID:
    """The one worker of this phone, made when there is none; two at once make one."""
    key = key_of(tx.sealer, phone)
    worker_id = new_id()
    row = insert(Worker).values(
        id=worker_id,
        phone_key=key,
        phone_sealed=tx.sealer.seal(phone.encode(), place(worker_id)),
        created_at=tx.now,
    )
    made: UUID | None = await tx.session.scalar(
        row.on_conflict_do_nothing(index_elements=["phone_key"]).returning(Worker.id)
    )
    if made is not None:
        return made
    found: UUID | None = await tx.session.scalar(select(Worker.id).where(Worker.phone_key == key))
    if found is None:
        raise NotFound("账号资料正在更新，请重试一次。")
    return found


async def phone_of(reader: Reader, sealer: Sealer, worker_id: UUID) -> str:
    row = await reader.first(select(Worker.phone_sealed).where(Worker.id == worker_id))
    if row is None:
        raise NotFound("没有这个职工账号。")
    return sealer.open(row.phone_sealed, place(worker_id)).decode()
