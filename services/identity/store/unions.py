"""The tree of unions as membership told it."""

from uuid import UUID

from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.expression import literal

from services.chassis.data.tx import Tx
from services.chassis.kernel.refusals import FieldError, Unprocessable
from services.identity.store.tables import ClientDirectory, Union


async def known(tx: Tx, union_id: UUID, pointer: str = "/union_id") -> Union:
    """The union, which must have been told of; unions are public facts."""
    union = await tx.session.get(Union, union_id)
    if union is None:
        fault = FieldError(pointer, "unknown-union", "没有这个工会，或其资料还没有同步到身份服务。")
        raise Unprocessable("所选工会无法识别，请重新选择，或稍后再试。", [fault])
    return union


async def is_known(tx: Tx, union_id: UUID) -> bool:
    return await tx.session.get(Union, union_id) is not None


async def root(tx: Tx) -> Union | None:
    """The union at the top of the tree, when there is exactly one."""
    query = select(Union).where(Union.path == func.replace(cast(Union.id, Text), "-", "") + "/")
    found = list(await tx.session.scalars(query.limit(2)))
    return found[0] if len(found) == 1 else None


async def put(tx: Tx, union_id: UUID, path: str, name: str) -> None:
    """Remember a union, or what is newly known of it."""
    values = {"path": path, "name": name, "changed_at": tx.now}
    row = insert(Union).values(id=union_id, **values)
    await tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


async def lock_path(tx: Tx, union_id: UUID) -> str | None:
    """Where the union stands now; nobody else changes it meanwhile."""
    return await tx.session.scalar(select(Union.path).where(Union.id == union_id).with_for_update())


async def path_above(tx: Tx, path: str) -> str | None:
    """Where the union above ``path`` stands now, when it is known."""
    above = path.rstrip("/").rpartition("/")[0]
    if not above:
        return None
    parent = await tx.session.get(Union, UUID(above.rpartition("/")[2]))
    return parent.path if parent else None


async def move(tx: Tx, old: str, new: str) -> None:
    """Carry a union and everything below it to another place in the tree, clients included."""
    below = Union.path.startswith(old, autoescape=True)
    moved = literal(new) + func.substr(Union.path, len(old) + 1)
    await tx.session.execute(update(Union).where(below).values(path=moved, changed_at=tx.now))
    await tx.session.execute(update(ClientDirectory).values(version=ClientDirectory.version + 1))
