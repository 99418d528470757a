"""Whether the audit is what was written: nothing changed, taken out, put in or cut off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.data.audit import as_seal, rows_between
from services.chassis.data.audit_chain import BEGINNING, Anchor, BatchDigest, Seal

SEALS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what is wrong; ``head`` is the anchor to note for next time."""

    batches: int
    rows: int
    unsealed: int
    problems: tuple[str, ...]
    head: Anchor | None

    @property
    def intact(self) -> bool:
        return not self.problems


async def verify(
    connection: AsyncConnection, audit: Table, audit_seals: Table, *anchors: Anchor | None
) -> Verification:
    """Recompute every hash of a schema's audit and compare, with anchors too (PII-06)."""
    walk = _Walk([anchor for anchor in anchors if anchor is not None])
    while seals := await _next_seals(connection, audit_seals, walk.seq):
        after, stays = walk.last_xid, walk.begin(seals)
        async for rows in rows_between(connection, audit, after, stays):
            walk.add(rows)
        walk.end()
    beyond = select(func.count()).select_from(audit).where(audit.c.xid > walk.last_xid)
    unsealed = await connection.scalar(beyond) or 0
    return walk.result(unsealed)


async def _next_seals(connection: AsyncConnection, table: Table, after: int) -> list[RowMapping]:
    query = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(SEALS_AT_ONCE)
    return list((await connection.execute(query)).mappings())


@dataclass(slots=True)
class _Walk:
    """One pass over seals and rows, side by side."""

    anchors: list[Anchor]  # those that no seal has answered yet
    seq: int = 0
    hash: bytes = BEGINNING
    last_xid: int = -1
    batches: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list)
    waiting: list[Seal] = field(default_factory=list)
    digest: BatchDigest = field(default_factory=BatchDigest)

    def begin(self, rows: Sequence[RowMapping]) -> int:
        """Check how the next seals hang together; return the transaction up to which they reach."""
        for row in rows:
            seal = as_seal(row)
            self._link(seal, row["hash"])
            self.waiting.append(seal)
        self.last_xid = max(self.last_xid, *(seal.last_xid for seal in self.waiting))
        return self.last_xid

    def _link(self, seal: Seal, stored: bytes) -> None:
        if seal.seq != self.seq + 1:
            self.problems.append(f"第 {self.seq + 1} 至 {seal.seq - 1} 号封条缺失。")
        elif seal.previous != self.hash:
            self.problems.append(f"第 {seal.seq} 号封条与前一号不相接。")
        if seal.hash != stored:
            self.problems.append(f"第 {seal.seq} 号封条被改动。")
        if any(one.seq == seal.seq and one.hash != stored for one in self.anchors):
            self.problems.append(f"第 {seal.seq} 号封条与外部留存的锚点不符。")
        self.anchors = [one for one in self.anchors if one.seq != seal.seq]
        self.seq, self.hash = seal.seq, stored

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            while self.waiting and row["xid"] > self.waiting[0].last_xid:
                self._close()
            if not self.waiting or row["xid"] < self.waiting[0].first_xid:
                self.problems.append(f"记录 {row['id']} 不属于任何封存批次，是事后插入的。")
                continue
            self.digest.add([row])

    def end(self) -> None:
        while self.waiting:
            self._close()

    def _close(self) -> None:
        seal, digest = self.waiting.pop(0), self.digest
        self.digest = BatchDigest()
        self.batches += 1
        self.rows += digest.rows
        if digest.rows != seal.rows:
            self.problems.append(
                f"第 {seal.seq} 批应有 {seal.rows} 条记录，现有 {digest.rows} 条。"
            )
        elif digest.value() != seal.digest:
            self.problems.append(f"第 {seal.seq} 批有记录被改动或调换了次序。")

    def result(self, unsealed: Any) -> Verification:
        for seq in sorted({one.seq for one in self.anchors}):
            self.problems.append(f"外部留存的第 {seq} 号封条已不存在，末尾被截断。")
        head = Anchor(self.seq, self.hash) if self.seq else None
        return Verification(self.batches, self.rows, unsealed, tuple(self.problems), head)
