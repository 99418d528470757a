"""Reference data that ships with the service: code lists, divisions, parameters, consent texts."""

import csv
import json
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from services.membership.domain.codes import Code, CodeBook


@cache
def code_book() -> CodeBook:
    """Every shipped list; read once, since the files are part of the release."""
    lists: dict[str, list[Code]] = defaultdict(list)
    for row in _csv("codes.csv"):
        lists[row["list"]].append(_code(row))
    for row in _csv("divisions.csv"):
        lists["divisions"].append(_code(row | {"note": "GB/T 2260"}))
    return CodeBook(lists)


@cache
def parameter_defaults() -> dict[str, list[tuple[date, Any]]]:
    """For each parameter the shipped values with the day each begins, newest first."""
    found: dict[str, list[tuple[date, Any]]] = defaultdict(list)
    for row in json.loads(_text("parameters.json")):
        found[row["key"]].append((date.fromisoformat(row["valid_from"]), row["value"]))
    for values in found.values():
        values.sort(key=lambda value: value[0], reverse=True)
    return dict(found)


def _code(row: dict[str, str]) -> Code:
    return Code(
        code=row["code"],
        label=row["label"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        note=row["note"],
    )


def _csv(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(name).splitlines()))


def _text(name: str) -> str:
    return (files("services.membership") / "data" / name).read_text(encoding="utf-8")
