"""The two names of a request that travel everywhere: its id, and its place in a trace."""

import os
import re
from dataclasses import dataclass

from services.chassis.edge.redaction import looks_personal
from services.chassis.kernel.ids import new_id

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_TRACE = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NOUGHT = "0" * 16


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a request stands in a W3C trace; this hop's own span is ``span_id``."""

    trace_id: str
    span_id: str
    flags: str = "00"

    @property
    def header(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    def child(self) -> "Trace":
        """The same trace, one hop further."""
        return Trace(self.trace_id, _fresh(8), self.flags)


def sane_request_id(given: str) -> str:
    """The caller's id, if it is one and not somebody's number; else a fresh one."""
    if _SANE.fullmatch(given) and not looks_personal(given):
        return given
    return new_id().hex


def continue_trace(given: str) -> Trace:
    """The next hop of the caller's trace, or the first of a new one."""
    found = _TRACE.fullmatch(given)
    if found is None or found[1].startswith(_NOUGHT * 2) or found[2] == _NOUGHT:
        return Trace(_fresh(16), _fresh(8))
    return Trace(found[1], found[2], found[3]).child()


def _fresh(size: int) -> str:
    return os.urandom(size).hex()
