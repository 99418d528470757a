"""Files from outside, kept on disk under names that we make and that say nothing (INP-06)."""

import asyncio
import hashlib
import os
import unicodedata
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import filetype
from sqlalchemy import insert

from services.chassis.data.tx import Tx
from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import TooLarge, Unprocessable

MEBIBYTE = 1024 * 1024
PIECE = 1 << 20
LONGEST_NAME = 200
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"


class Upload(Protocol):
    """What arrives: a name that is not to be believed, and bytes."""

    @property
    def filename(self) -> str | None: ...

    async def read(self, size: int = -1) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Attachment:
    id: UUID
    sha256: bytes
    size: int
    media_type: str
    original_name: str
    path: Path


class Attachments:
    """A folder of files; ``receive`` streams into it, ``keep`` makes the row."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def receive(self, upload: Upload, largest: int) -> Attachment:
        """Write an upload to disk piece by piece; nothing stays when it is too large."""
        id_ = new_id()
        path = self._place(id_)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            size, digest = await _stream(upload, path, largest)
        except BaseException:
            with suppress(FileNotFoundError):
                path.unlink()
            raise
        kind = await asyncio.to_thread(_sniff, path)
        return Attachment(id_, digest, size, kind, safe_name(upload.filename or ""), path)

    async def keep(self, tx: Tx, attachment: Attachment) -> None:
        """The row that says what the file is; without it the file is swept away some day."""
        row = insert(tx.store.tables.attachments).values(
            id=attachment.id,
            sha256=attachment.sha256,
            size=attachment.size,
            media_type=attachment.media_type,
            original_name=attachment.original_name,
            path=self.stored(attachment),
            created_at=tx.now,
            created_by=tx.actor.id,
        )
        await tx.session.execute(row)

    def stored(self, attachment: Attachment) -> str:
        """Where a file lies inside the folder, as rows remember it."""
        return str(attachment.path.relative_to(self.root))

    def discard(self, attachment: Attachment) -> None:
        """Remove a file that was refused."""
        with suppress(FileNotFoundError):
            attachment.path.unlink()

    def where(self, stored: str) -> Path:
        """The file of a row; a row that points outside the folder is never followed."""
        path = (self.root / stored).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise Unprocessable("附件的存放位置无效，请联系管理员。")
        return path

    def _place(self, id_: UUID) -> Path:
        """Spread over folders by the random end of the id."""
        return self.root / id_.hex[-2:] / id_.hex


async def _stream(upload: Upload, path: Path, largest: int) -> tuple[int, bytes]:
    size = 0
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while piece := await upload.read(PIECE):
            size += len(piece)
            if size > largest:
                raise TooLarge(f"文件超过 {largest // MEBIBYTE} MB，请拆成几个文件后再上传。")
            digest.update(piece)
            await asyncio.to_thread(file.write, piece)
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
    return size, digest.digest()


def _sniff(path: Path) -> str:
    """By content: known magic numbers, else text if it reads as text."""
    found = filetype.guess_mime(str(path))
    if found is not None:
        return str(found)
    with path.open("rb") as file:
        head = file.read(4096)
    return UNKNOWN if any(byte < 32 and byte not in (9, 10, 13) for byte in head) else TEXT


def safe_name(name: str) -> str:
    """A name fit to be shown and offered again: no folders, no control or direction marks."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    stem, dot, ending = kept.strip(" .").rpartition(".")
    if len(kept) > LONGEST_NAME and dot:
        kept = stem[: LONGEST_NAME - len(ending[:20]) - 1] + "." + ending[:20]
    return kept.strip(" .")[:LONGEST_NAME] or "未命名"


async def pieces(path: Path) -> AsyncIterator[bytes]:
    """A stored file, streamed."""
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
