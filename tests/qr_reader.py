"""Reads a QR code as another phone would: from the modules that a page draws as SVG.

It corrects no errors, since a screen shows none; where data stand, segno's own drawing tells.
"""

import re
from collections.abc import Iterator
from typing import Any

import segno
from segno import consts

FORMAT_MASK = 0b101010000010010
BYTES = 0b0100
BLOCKS: Any = consts.ECC
Grid = list[list[bool]]

MASKS = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)


def read_qr(svg: str) -> str:
    """The text behind the code."""
    grid = _modules(svg)
    version = (len(grid) - 17) // 4
    level, mask = _format(grid)
    bits = "".join(
        "01"[grid[row][column] ^ MASKS[mask](row, column)] for row, column in _places(version)
    )
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    data = "".join(f"{word:08b}" for word in _in_order(words, BLOCKS[version][level]))
    assert int(data[:4], 2) == BYTES
    width = 8 if version < 10 else 16
    length = int(data[4 : 4 + width], 2)
    start = 4 + width
    return bytes(int(data[start + 8 * n :][:8], 2) for n in range(length)).decode()


def _modules(svg: str) -> Grid:
    """True where the path of the drawing has ink, without the quiet border."""
    drawn = re.search(r'viewBox="0 0 (\d+) .*?\sd="([^"]+)"', svg, re.DOTALL)
    assert drawn is not None
    size, row, column = int(drawn[1]), 0.0, 0
    inked: set[tuple[int, int]] = set()
    for command, across, down in re.findall(r"([Mmh])(-?\d+)(?: ?(-?[\d.]+))?", drawn[2]):
        if command == "h":
            inked |= {(int(row), column + step) for step in range(int(across))}
        elif command == "M":
            row, column = 0.0, 0
        column += int(across)
        row += float(down or 0)
    border = min(column for _, column in inked)
    inside = range(border, size - border)
    return [[(row, column) in inked for column in inside] for row in inside]


def _format(grid: Grid) -> tuple[int, int]:
    """Level of error correction and mask, from around the upper left corner."""
    around = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)]
    around += [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    found = int("".join("01"[grid[row][column]] for row, column in around), 2) ^ FORMAT_MASK
    return found >> 13, found >> 10 & 0b111


def _places(version: int) -> Iterator[tuple[int, int]]:
    """Where data stand, two columns at a time, up and down in turn from the right."""
    same_size = segno.make("", version=version, mode="byte")
    drawn = [list(row) for row in same_size.matrix_iter(border=0, verbose=True)]
    size, is_upward = len(drawn), True
    drawn[8][size - 9] = (
        consts.TYPE_DATA_LIGHT
    )  # segno calls one module too many part of the format
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for row in range(size - 1, -1, -1) if is_upward else range(size):
            for column in (right, right - 1):
                if drawn[row][column] in (consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT):
                    yield row, column
        is_upward = not is_upward


def _in_order(words: list[int], blocks: tuple[consts.EC, ...]) -> list[int]:
    """The data words of each block, which are dealt out in turn."""
    sizes = [block.num_data for block in blocks for _ in range(block.num_blocks)]
    dealt: list[list[int]] = [[] for _ in sizes]
    following = iter(words)
    for turn in range(max(sizes)):
        for block, size in zip(dealt, sizes, strict=True):
            if turn < size:
                block.append(next(following))
    return [word for block in dealt for word in block]
