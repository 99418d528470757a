"""Making answers smaller on the way, in the best coding that a browser names."""

import gzip

import brotli  # type: ignore[import-untyped]  # it ships no types


def chosen_coding(accepted: str) -> str:
    """``br``, ``gzip`` or nothing; a coding with ``q=0`` is one that the browser refuses."""
    offers = {part.split(";")[0].strip(): part for part in accepted.lower().split(",")}
    for coding in ("br", "gzip"):
        if coding in offers and "q=0" not in offers[coding].replace("q=0.", ""):
            return coding
    return ""


def packed(body: bytes, coding: str, *, once: bool) -> bytes:
    """``body`` in ``coding``: as small as can be for what is made ``once``, else quickly."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=11 if once else 5))
    return gzip.compress(body, 9 if once else 6, mtime=0)
