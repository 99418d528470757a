"""Whose signature is believed: a part's own key, and the public keys of all parts.

Both are files which an operator replaces whole; they are read again without a restart.
"""

import json
from pathlib import Path
from typing import Any, Protocol

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from services.chassis.edge.watched import Watched


class Keys(Protocol):
    """Whose signature to believe."""

    def find(self, kid: str) -> OKPKey | None:
        """The public key of this name, while it may be believed."""


class SigningKey:
    """A part's own key; ``part`` is its name, with which the key's ``kid`` begins."""

    def __init__(self, part: str, key: OKPKey, file: Watched[OKPKey] | None = None) -> None:
        self.part = part
        self._key = key
        self._file = file

    @property
    def key(self) -> OKPKey:
        """The key of the moment: a replaced file is read again."""
        return self._file.value() if self._file else self._key


class Trust:
    """The public keys of all parts; a part has several while its keys rotate."""

    def __init__(self, file: Watched[dict[str, OKPKey]]) -> None:
        self._file = file

    def find(self, kid: str) -> OKPKey | None:
        """A key that was not there a moment ago is looked for at once."""
        return self._file.value().get(kid) or self._file.newest().get(kid)

    @property
    def keys(self) -> dict[str, tuple[OKPKey, ...]]:
        """By part name."""
        found: dict[str, tuple[OKPKey, ...]] = {}
        for kid, key in self._file.value().items():
            part = part_of(kid)
            found[part] = (*found.get(part, ()), key)
        return found


def load_key(path: Path) -> SigningKey:
    """Read a part's private JWK; raises ValueError when it is not an Ed25519 key with a kid."""
    file = Watched(path, _private_key)
    return SigningKey(part_of(str(file.value().kid)), file.value(), file)


def load_trust(path: Path) -> Trust:
    """Read the JWKS of all parts; a kid is ``part`` or ``part#anything``."""
    return Trust(Watched(path, _public_keys))


def public_keys(content: Any) -> dict[str, OKPKey]:
    """The Ed25519 keys of a JWKS by their kid; raises ValueError when it is none."""
    try:
        keys = KeySet.import_key_set(content).keys if content["keys"] else []
    except (JoseError, KeyError, TypeError) as error:
        raise ValueError("not a set of keys") from error
    return {key.kid: key for key in keys if isinstance(key, OKPKey) and key.kid}


def part_of(kid: str) -> str:
    return kid.partition("#")[0]


def _private_key(path: Path) -> OKPKey:
    try:
        key = OKPKey.import_key(json.loads(path.read_text()))
    except JoseError as error:
        raise ValueError(f"{path} is not an Ed25519 key") from error
    if key.kid is None or not key.is_private:
        raise ValueError(f"{path} is not a private key with a kid")
    return key


def _public_keys(path: Path) -> dict[str, OKPKey]:
    return public_keys(json.loads(path.read_text()))
