"""A part that neither answers nor refuses: stopped in the middle of whatever it does."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.rig import Rig


@contextmanager
def frozen(rig: Rig, part: str) -> Iterator[None]:
    """Its connections stay open and its door takes callers in, but nobody speaks."""
    pid = rig.pid(part)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
