"""Keys are copied to a medium of their own: whoever finds a backup must not find what opens it."""

import shutil
from pathlib import Path

from deploy.backup.settings import Source
from deploy.voice import Trouble


def copy_keys(source: Source, target: Path) -> int:
    """Copy every key file; a place inside the backup, or around it, is refused."""
    inside = target.resolve().is_relative_to(source.folder.resolve())
    around = source.folder.resolve().is_relative_to(target.resolve())
    if inside or around:
        raise Trouble(
            "密钥不能与数据放在同一份备份里 keys never lie in the same backup as the data: "
            "choose another medium."
        )
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = [path for path in sorted(source.keys.glob("*")) if path.is_file()]
    if not names:
        raise Trouble(f"没有密钥 there are no keys in {source.keys}: set BACKUP_KEYS.")
    for path in names:
        shutil.copyfile(path, target / path.name)
        (target / path.name).chmod(0o600)
    return len(names)
