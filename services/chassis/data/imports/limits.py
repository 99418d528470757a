"""How large a sheet may be, and how much a process that reads one may use."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Measured: 100,000 rows of 12 columns need 196 MiB of address space and 1.3 s of CPU."""

    memory: int = 512 * MEBIBYTE  # RLIMIT_AS of the child (INP-04)
    cpu_seconds: int = 20  # RLIMIT_CPU for each 100,000 rows' worth of file; see ``cpu_for``
    silence_seconds: float = 60.0  # longest wait for the child's next word
    entries: int = 200
    unpacked: int = 256 * MEBIBYTE
    ratio: int = 100
    ratio_free: int = 10 * MEBIBYTE  # small packages may compress as well as they like
    rows: int = 200_000  # of a workbook; it is held in memory as a whole
    csv_rows: int = 2_000_000
    columns: int = 300
    cell: int = 2_000
    frame: int = 8 * MEBIBYTE  # largest message that the parent accepts
    chunk: int = 5_000  # rows in one message

    def cpu_for(self, size: int) -> int:
        """Seconds of CPU for a file of ``size`` bytes: csv of 300 MiB may take longer."""
        return self.cpu_seconds + size // (4 * MEBIBYTE)


LIMITS = Limits()
