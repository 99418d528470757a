"""Change the key with which a part signs, without a restart and without a failed request.

``python -m deploy.rotate_part_key rotate gateway --keys DIRECTORY``   publish, wait, sign
``python -m deploy.rotate_part_key withdraw gateway --keys DIRECTORY`` later: the old one goes

Where parts run on several machines, take the steps one after another and copy the files in
between: ``publish`` (all machines get trust.jwks), ``sign`` (the part gets its new key),
``withdraw`` (all machines get trust.jwks). Each step may be repeated, so one that was
interrupted is taken again. For a key that leaked, withdraw at once.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from deploy.keys import KEY_HOLDERS
from deploy.private import write_private
from services.chassis.edge.watched import PAUSE
from services.chassis.kernel.ids import new_id

# Every process looks at the file once a second; this is several times that.
SETTLED = 5 * PAUSE
# What the old key signed lives no longer: a membership card's code is what lives longest.
OVERLAP_MINUTES = 10


def publish(folder: Path, part: str) -> None:
    """The next key is made, and everybody may learn its public half."""
    waiting = folder / f"{part}.next.jwk"
    if not waiting.exists():
        kid = f"{part}#{new_id().hex}"
        key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": "Ed25519"})
        write_private(waiting, json.dumps(key.as_dict(private=True)))
    ours = _read(waiting)
    others = [key for key in _trusted(folder) if key["kid"] != ours["kid"]]
    _trust(folder, [*others, _public(ours)])


def sign(folder: Path, part: str) -> None:
    """The part signs with the next key from now on."""
    waiting = folder / f"{part}.next.jwk"
    if waiting.exists():
        waiting.replace(folder / f"{part}.jwk")


def withdraw(folder: Path, part: str) -> None:
    """Only the key with which the part signs is believed any longer."""
    kid = _read(folder / f"{part}.jwk")["kid"]
    kept = [k for k in _trusted(folder) if k["kid"].partition("#")[0] != part or k["kid"] == kid]
    _trust(folder, kept)


def rotate(folder: Path, part: str) -> None:
    publish(folder, part)
    time.sleep(SETTLED)
    sign(folder, part)


STEPS = {"rotate": rotate, "publish": publish, "sign": sign, "withdraw": withdraw}


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="deploy.rotate_part_key", description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("part", choices=KEY_HOLDERS)
    parser.add_argument("--keys", type=Path, default=Path(".local/keys"))
    asked = parser.parse_args(words)
    STEPS[asked.step](asked.keys, asked.part)
    if asked.step in {"rotate", "sign"}:
        print(f"{OVERLAP_MINUTES} 分钟后可撤下旧密钥 the old key may go: withdraw {asked.part}")
    return 0


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _trusted(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _read(folder / "trust.jwks")["keys"]
    return found


def _trust(folder: Path, keys: list[dict[str, Any]]) -> None:
    write_private(folder / "trust.jwks", json.dumps({"keys": keys}))


def _public(key: dict[str, Any]) -> dict[str, Any]:
    return dict(OKPKey.import_key(key).as_dict(private=False))


if __name__ == "__main__":
    sys.exit(main())
