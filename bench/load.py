"""A lean caller: HTTP/1.1 over kept connections, so that what is measured is the server."""

import asyncio
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import psutil


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: answers a second, and how long each took in milliseconds."""

    rate: float
    milliseconds: list[float]
    cpu: dict[str, float]  # milliseconds of processor for one request, by process

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p99(self) -> float:
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.99)]


def request(
    method: str, path: str, headers: dict[str, str], body: bytes = b"", host: str = "127.0.0.1"
) -> bytes:
    fields = {"Host": host, **headers}
    if body:
        fields = {"Content-Type": "application/json", **fields, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def drive(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    watched: dict[str, list[psutil.Process]] | None = None,
) -> Measured:
    """Each connection sends its next request when the last is answered."""
    times: list[float] = []
    used = {name: _cpu(processes) for name, processes in (watched or {}).items()}
    begun = time.perf_counter()
    end = begun + seconds
    step = max(1, len(requests) // connections)
    await asyncio.gather(
        *(
            _one(port, islice(cycle(requests), number * step, None), end, times)
            for number in range(connections)
        )
    )
    took = time.perf_counter() - begun
    cpu = {
        name: (_cpu(processes) - used[name]) * 1000 / len(times)
        for name, processes in (watched or {}).items()
    }
    return Measured(len(times) / took, times, cpu)


async def _one(port: int, requests: "islice[bytes]", end: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for asked in requests:
        begun = time.perf_counter()
        if begun >= end:
            break
        writer.write(asked)
        await _answer(reader)
        times.append((time.perf_counter() - begun) * 1000)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    status = head[9:12]
    length = next(
        (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b""
    )
    if not length:
        raise SystemExit(f"an answer without a length: {head!r}")
    body = await reader.readexactly(int(length[15:]))
    if status != b"200":
        raise SystemExit(f"answered {status.decode()}: {body[:300]!r}")


def _cpu(processes: Sequence[psutil.Process]) -> float:
    return sum(
        times.user + times.system for times in (process.cpu_times() for process in processes)
    )


def apart(first: Sequence[psutil.Process], second: Sequence[psutil.Process]) -> None:
    """Half of the cores to each, so that one side does not take what the other is given."""
    cores = sorted(os.sched_getaffinity(0))
    half = max(1, len(cores) // 2)
    for processes, share in ((first, cores[:half]), (second, cores[half:] or cores)):
        for process in processes:
            process.cpu_affinity(share)


def together(*processes: psutil.Process) -> None:
    """Any core to everybody again."""
    for process in processes:
        process.cpu_affinity([])


def median_of(rounds: Sequence[Measured], what: Callable[[Measured], float]) -> float:
    return statistics.median(what(one) for one in rounds)


def waiting_for(answers: Callable[[], object], seconds: float = 20) -> None:
    """Until ``answers`` no longer fails."""
    end = time.monotonic() + seconds
    while True:
        try:
            answers()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
