"""Verify a schema's audit: ``python -m services.chassis.data.verify_audit --url … --schema …``."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from sqlalchemy import MetaData, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.data.audit_chain import Anchor, parse_anchor
from services.chassis.data.audit_tables import audit_seals_table, audit_table
from services.chassis.data.audit_verify import Verification, verify
from services.chassis.edge.anchors import AnchorForged, read_anchors
from services.chassis.edge.trust import load_trust

INTACT, BROKEN, UNREACHABLE = 0, 1, 2


async def verify_audit(url: str, schema: str, *anchors: Anchor) -> Verification:
    """Connect, verify, disconnect; reading rights on the two tables are enough."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(address, connect_args={"timeout": 5})
    tables = MetaData(schema=schema)
    try:
        async with engine.connect() as connection:
            audit, seals = audit_table(tables), audit_seals_table(tables)
            return await verify(connection, audit, seals, *anchors)
    finally:
        await engine.dispose()


def main() -> int:
    options = _options()
    try:
        found = asyncio.run(verify_audit(options.url, options.schema, *_anchors(options)))
    except (AnchorForged, ValueError) as error:
        print(f"✗ 锚点文件不可信：{error}")
        return BROKEN
    except (SQLAlchemyError, OSError) as error:
        print(f"无法读取审计记录：{type(error).__name__}", file=sys.stderr)
        return UNREACHABLE
    for problem in found.problems:
        print(f"✗ {problem}")
    print(f"{options.schema}：{found.batches} 批 {found.rows} 条，尚未封存 {found.unsealed} 条")
    print(f"锚点（请另处留存）：{found.head or '无'}")
    print("审计链完整。" if found.intact else "审计链不完整！")
    return INTACT if found.intact else BROKEN


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="核对审计记录是否被改动、删除、插入或截断")
    parser.add_argument("--url", default=os.environ.get("DATABASE_URL"), help="数据库地址")
    parser.add_argument("--schema", required=True, help="服务的模式名，如 membership")
    parser.add_argument("--anchor", type=parse_anchor, help="以前留存的锚点")
    parser.add_argument("--anchors", type=Path, help="服务定时导出的锚点文件（或其副本）")
    parser.add_argument("--trust", type=Path, help="各部分公钥（JWKS），核对锚点文件的签名用")
    options = parser.parse_args()
    if not options.url:
        parser.error("请给出 --url，或设置环境变量 DATABASE_URL")
    if options.anchors and not options.trust:
        parser.error("核对 --anchors 需要 --trust")
    return options


def _anchors(options: argparse.Namespace) -> list[Anchor]:
    found = [options.anchor] if options.anchor else []
    if options.anchors:
        lines = options.anchors.read_text().splitlines()
        trust = load_trust(options.trust)
        found += [parse_anchor(line) for line in read_anchors(lines, trust, options.schema)]
    return found


if __name__ == "__main__":
    sys.exit(main())
