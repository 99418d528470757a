"""Anchors of the audit, noted outside the database: one signed line each, only ever added.

Whoever cuts the audit off, or writes it anew from some point on, contradicts a line that was
copied elsewhere (PII-06).
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from services.chassis.edge.trust import Keys, SigningKey, part_of

TYPE = "audit-anchor+jws"
ALGORITHM = "Ed25519"


class AnchorForged(Exception):
    """A line of the file was not written by the part whose audit it vouches for."""


def anchor_file(data_dir: Path, schema: str) -> Path:
    return data_dir / "audit-anchors" / f"{schema}.log"


def note_anchor(path: Path, key: SigningKey, schema: str, anchor: str, at: datetime) -> bool:
    """Add a line, unless the last one says the same; whether one was added."""
    lines = path.read_text().splitlines() if path.exists() else []
    if lines and _content(lines[-1]).get("anchor") == anchor:
        return False
    said = {"schema": schema, "anchor": anchor, "at": at.isoformat()}
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": str(key.key.kid)}
    line = jws.serialize_compact(header, json.dumps(said), key.key, algorithms=[ALGORITHM])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(f"{line}\n")
    return True


def read_anchors(lines: Iterable[str], trust: Keys, schema: str) -> list[str]:
    """The anchors of a file whose every line the schema's own part has signed."""
    return [_verified(number, line, trust, schema) for number, line in enumerate(lines, 1)]


def _verified(number: int, line: str, trust: Keys, schema: str) -> str:
    try:
        parts = jws.extract_compact(line.strip().encode())
        header = parts.headers()
        key = trust.find(str(header.get("kid")))
        if key is None or header.get("typ") != TYPE or part_of(str(key.kid)) != schema:
            raise AnchorForged(f"第 {number} 行不是由 {schema} 签发的。")
        jws.deserialize_compact(line.strip(), key, algorithms=[ALGORITHM])
        said = json.loads(parts.payload)
    except (JoseError, ValueError, KeyError) as error:
        raise AnchorForged(f"第 {number} 行的签名不对。") from error
    if said.get("schema") != schema:
        raise AnchorForged(f"第 {number} 行属于另一个服务。")
    return str(said["anchor"])


def _content(line: str) -> dict[str, Any]:
    """What a line of ours says; a line cut off by a power failure says nothing."""
    try:
        said = json.loads(jws.extract_compact(line.strip().encode()).payload)
    except (JoseError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
