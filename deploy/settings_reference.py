"""Tells every setting from the classes that read them: ``docs/settings.md``, ``env.example``.

What a setting is for stands in the comment above it; settings one below another share one.
"""

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from deploy.backup.settings import Settings as Backup
from frontend.settings import Settings as Frontend
from gateway.settings import Settings as Gateway
from services.identity.settings import Settings as Identity
from services.membership.settings import Settings as Membership

ROOT = Path(__file__).resolve().parent.parent
PARTS: dict[str, type[BaseSettings]] = {
    "gateway": Gateway,
    "frontend": Frontend,
    "identity": Identity,
    "membership": Membership,
    "backup": Backup,
}
# What a whole run or a container is told, besides its parts.
RUN = {
    "PORT": ("8000", "The gateway's port; frontend, identity and membership have the next three."),
    "HOST": ("127.0.0.1", "Where the gateway of a local run answers."),
    "NIANGJIA_LISTEN": ("", "Where a part alone in its container answers, usually 0.0.0.0."),
    "NIANGJIA_HOME": (".local", "Where a local run keeps everything; a container needs little."),
    "NIANGJIA_DATABASE": ("niangjia", "The name of the local run's database."),
    "NIANGJIA_PG": ("any", "Which PostgreSQL programs to use: any, system or pip."),
    "NIANGJIA_DEMO": ("1", "0: load no demonstration data."),
    "SMALL": ("0", "1: all parts in one process."),
    "DATABASE_URL": ("", "An administrator's log-in, only for the local run to prepare databases."),
    "IDENTITY_MIGRATION_URL": ("", "The schema owner's log-in; `deploy.part migrate` uses it."),
    "MEMBERSHIP_MIGRATION_URL": ("", "The same for membership."),
}


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    kind: str
    default: str | None  # None: it must be given
    told: str


def pages() -> dict[Path, str]:
    return {
        ROOT / "docs" / "settings.md": _table(),
        ROOT / "deploy" / "env.example": _example(),
    }


def settings_of(kind: type[BaseSettings]) -> Iterator[Setting]:
    """In the order in which the classes declare them, the shared ones first."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    told = {name: text for base in reversed(kind.__mro__) for name, text in _comments(base)}
    for name, field in kind.model_fields.items():
        known = field.description or told.get(name, "")
        yield Setting(f"{prefix}{name}".upper(), _kind(field), _default(field), known)


def _comments(kind: type) -> Iterator[tuple[str, str]]:
    if not issubclass(kind, BaseSettings) or kind is BaseSettings:
        return
    source = textwrap.dedent(inspect.getsource(kind))
    lines = source.splitlines()
    body = ast.parse(source).body[0]
    shared = ""
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            shared = _above(lines, node.lineno - 1) or shared
            yield node.target.id, shared


def _above(lines: list[str], line: int) -> str:
    found: list[str] = []
    while line > 0 and lines[line - 1].strip().startswith("# "):
        line -= 1
        found.insert(0, lines[line].strip()[2:])
    return " ".join(found)


def _kind(field: FieldInfo) -> str:
    kind: Any = field.annotation
    name = kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)
    return name.replace("typing.", "").replace("pathlib.", "").replace("_local.", "")


def _default(field: FieldInfo) -> str | None:
    if field.is_required():
        return None
    value = field.get_default(call_default_factory=True)
    if value is None:
        return ""
    if isinstance(value, dict | tuple):
        return json.dumps(value)
    if isinstance(value, Path) and value.is_absolute():
        return str(value.relative_to(ROOT))
    return str(value)


def _table() -> str:
    head = (
        "# 设置 Settings\n\n"
        "每个部件只读取以自己名字开头的环境变量；没有默认值的必须给出。由 `make fix` 从代码生成。\n"
        "Each part reads the variables that begin with its name; one without default is needed.\n"
    )
    run = [
        f"| `{name}` | `{default}` | {told} |" if default else f"| `{name}` | | {told} |"
        for name, (default, told) in RUN.items()
    ]
    parts = [_part(name, kind) for name, kind in PARTS.items()]
    rule = "| name | default | what for |\n|---|---|---|\n"
    return f"{head}\n## run\n\n{rule}" + "\n".join(run) + "\n" + "".join(parts)


def _part(name: str, kind: type[BaseSettings]) -> str:
    rows = [
        f"| `{one.name}` | `{one.kind.replace('|', '·')}` | {_shown(one)} | {one.told} |"
        for one in settings_of(kind)
    ]
    rule = "| name | type | default | what for |\n|---|---|---|---|\n"
    return f"\n## {name}\n\n{rule}" + "\n".join(rows) + "\n"


def _shown(one: Setting) -> str:
    if one.default is None:
        return "**必须 needed**"
    return f"`{one.default}`" if one.default else ""


def _example() -> str:
    lines = [
        "# 每个部件的环境变量；由 `make fix` 从代码生成。说明见 docs/settings.md。",
        "# Without a value: must be set. Commented out: shows the default.",
    ]
    for name, kind in PARTS.items():
        lines += ["", f"# --- {name}"]
        for one in settings_of(kind):
            lines += [*(f"# {line}" for line in textwrap.wrap(one.told, 96)), _line(one)]
    return "\n".join(lines) + "\n"


def _line(one: Setting) -> str:
    return f"{one.name}=" if one.default is None else f"#{one.name}={one.default}"
