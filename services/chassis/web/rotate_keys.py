"""Changes a service's keys while it runs; each service has the command under its own name.

``kek``     every data key is wrapped anew by the wrapping key in use; then the old one may go
``dek``     a new data key seals from now on, and all that is sealed is sealed anew
``index``   the blind indexes are computed anew with a new key (needs ``…_MIGRATION_URL``)
``destroy`` retired keys to which nothing refers any more are destroyed
``status``  which key has sealed how many values of which column

Killed at any moment, the same command again goes on where it stopped.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.data.rotation.columns import ByteColumns
from services.chassis.data.rotation.index import IndexUnexplained, rotate_index_key
from services.chassis.data.rotation.steps import (
    Rotation,
    destroy,
    rewrap,
    rotate_data_key,
    usage_of,
)
from services.chassis.data.sealed import SealBroken
from services.chassis.data.store import Store, open_store
from services.chassis.data.tables import ChassisTables
from services.chassis.edge.key_service import key_service
from services.chassis.edge.settings import ServiceSettings
from services.chassis.kernel.wrapping import KeyService, KeysUnusable

Step = Callable[[Rotation, ServiceSettings], Awaitable[str]]
FAULTS = (KeysUnusable, IndexUnexplained, SealBroken, SQLAlchemyError, OSError, TimeoutError)


def rotate_keys(
    settings: ServiceSettings,
    schema: str,
    tables: ChassisTables,
    columns: ByteColumns,
    words: Sequence[str] | None = None,
) -> int:
    """Carry out one command; 0 when it is done, 1 when it stopped and says why."""
    parser = argparse.ArgumentParser(
        prog=f"services.{schema}.rotate_keys",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=sorted(STEPS))
    what = parser.parse_args(words).what
    try:
        said = asyncio.run(_carry_out(settings, schema, tables, columns, what))
    except FAULTS as fault:
        sys.stderr.write(f"密钥更换中断，重新执行同一命令即可继续：{_plainly(fault)}\n")
        return 1
    sys.stdout.write(f"{said}\n")
    return 0


async def _carry_out(
    settings: ServiceSettings,
    schema: str,
    tables: ChassisTables,
    columns: ByteColumns,
    what: str,
) -> str:
    service = key_service(settings)
    store = await open_store(settings, schema, tables, {}, keys=service)
    try:
        if store.keyring is not None and store.keyring.trouble:
            raise KeysUnusable(store.keyring.trouble)
        rotation = _rotation(settings, store, service, columns)
        said = await STEPS[what](rotation, settings)
        if what != "status":
            async with store.begin() as tx:
                await tx.record("keys.rotated", "data-key", None, reason=what)
        return said
    finally:
        await store.close()


def _rotation(
    settings: ServiceSettings, store: Store, service: KeyService, columns: ByteColumns
) -> Rotation:
    algorithms = {"seal": settings.seal_algorithm, "blind": settings.blind_algorithm}
    fresh = store.keyring.pace.fresh if store.keyring is not None else 0
    return Rotation(store, service, columns, algorithms, _tell, fresh)


async def _rewrap(rotation: Rotation, settings: ServiceSettings) -> str:
    current, count = await rotation.service.current(), await rewrap(rotation)
    return f"{count} 个数据密钥已改由 {current} 保护；其余密钥加密密钥可从密钥文件中移除。"


async def _reseal(rotation: Rotation, settings: ServiceSettings) -> str:
    count = await rotate_data_key(rotation)
    return f"新的数据密钥已启用，{count} 项密文已重新加密。旧密钥停用一小时后可以销毁（destroy）。"


async def _index(rotation: Rotation, settings: ServiceSettings) -> str:
    if settings.migration_url is None:
        raise KeysUnusable("the index needs the owner's log-in: set …_MIGRATION_URL")
    url = make_url(settings.migration_url).set(drivername="postgresql+asyncpg")
    owner = create_async_engine(url, connect_args={"timeout": 5})
    try:
        count = await rotate_index_key(rotation, owner)
    finally:
        await owner.dispose()
    return f"新的索引密钥已启用，{count} 项索引已重建。旧密钥停用后可以销毁（destroy）。"


async def _destroy(rotation: Rotation, settings: ServiceSettings) -> str:
    gone, kept = await destroy(rotation)
    lines = [f"已销毁 {len(gone)} 个停用的密钥：{gone or '无'}", *(f"保留 {one}" for one in kept)]
    return "\n".join(lines)


async def _status(rotation: Rotation, settings: ServiceSettings) -> str:
    usage = await usage_of(rotation)
    keys = rotation.store.sealer.keys.values()
    states = {k.id: "使用中" if k.active else "待启用" if k.is_coming else "已停用" for k in keys}
    lines = [f"{k!r} {states[k.id]}" for k in keys]
    for name, by in usage.items():
        held = "、".join(f"密钥 {id_}：{n}" for id_, n in sorted(by.items())) or "无"
        lines.append(f"{name}  {held}")
    return "\n".join(lines)


def _tell(name: str, done: int, total: int) -> None:
    sys.stdout.write(f"{name} {done}/{total}\n")
    sys.stdout.flush()


def _plainly(fault: BaseException) -> str:
    """A database's message may hold values; its kind never does."""
    known = isinstance(fault, KeysUnusable | IndexUnexplained | SealBroken | TimeoutError)
    return str(fault) if known else type(fault).__name__


STEPS: dict[str, Step] = {
    "kek": _rewrap,
    "dek": _reseal,
    "index": _index,
    "destroy": _destroy,
    "status": _status,
}
