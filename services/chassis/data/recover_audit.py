"""After a logical dump was restored: ``python -m services.chassis.data.recover_audit --url … …``.

Run it as the schema's owner before the services start; a second time it finds nothing to do.
"""

import argparse
import asyncio
import os
import sys

from sqlalchemy import MetaData, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.data.audit_clock import audit_standing, recover
from services.chassis.data.audit_tables import audit_seals_table, audit_table


async def recover_audit(url: str, schema: str) -> tuple[bool, int]:
    """Whether anything had to be done, and how many rows were moved up."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(address, connect_args={"timeout": 5})
    tables = MetaData(schema=schema)
    audit, seals = audit_table(tables), audit_seals_table(tables)
    try:
        async with engine.begin() as connection:
            standing = await audit_standing(connection, audit, seals)
            moved = await recover(connection, audit, seals)
        return standing.is_ahead, moved
    finally:
        await engine.dispose()


def main() -> int:
    parser = argparse.ArgumentParser(description="逻辑备份恢复之后，让审计封存接着原来的序号继续")
    parser.add_argument("--url", default=os.environ.get("DATABASE_URL"), help="所有者的数据库地址")
    parser.add_argument("--schema", required=True, help="服务的模式名，如 membership")
    options = parser.parse_args()
    if not options.url:
        parser.error("请给出 --url，或设置环境变量 DATABASE_URL")
    try:
        was_ahead, moved = asyncio.run(recover_audit(options.url, options.schema))
    except (SQLAlchemyError, OSError) as error:
        sys.stderr.write(f"无法恢复审计封存：{type(error).__name__}\n")
        return 1
    done = f"已恢复，其间写入的 {moved} 条记录已接上。" if was_ahead else "序号正常，无需恢复。"
    sys.stdout.write(f"{options.schema}：{done}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
