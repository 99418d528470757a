"""Writes what the documentation can know from the code: lifecycles, events, refusals, the API.

``python -m deploy.docs`` writes; the structure tests compare what is committed with what it says.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import services
from deploy import asyncapi, bill, openapi, settings_reference
from services.chassis.edge.problems import status_of
from services.chassis.kernel.events import Event
from services.chassis.kernel.lifecycle import Lifecycle
from services.chassis.kernel.refusals import Refusal

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
T = TypeVar("T")
# Modules that are commands or child processes: nothing that the documentation asks for.
COMMANDS = {"child", "verify_audit", "bootstrap", "seed_demo", "worker"}


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    modules = list(_modules())
    written = {DOCS / "events.md": _events(), DOCS / "refusals.md": _refusals()}
    written |= settings_reference.pages() | bill.pages()
    written[openapi.PATH] = openapi.page()
    written[asyncapi.PATH] = asyncapi.page()
    for module in modules:
        for name, lifecycle in vars(module).items():
            if isinstance(lifecycle, Lifecycle) and _is_drawn_in(module, name):
                _, service, *_, thing = module.__name__.split(".")
                suffix = "" if name == "LIFECYCLE" else f"-{name.lower()}"
                path = DOCS / "lifecycles" / f"{service}-{thing}{suffix}.md"
                written[path] = _lifecycle(module, lifecycle)
    return written


def main() -> None:
    wanted = pages()
    openapi.refuse_breaks(wanted[openapi.PATH])
    for old in (DOCS / "lifecycles").glob("*.md"):
        if old not in wanted:
            old.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(services.__path__, "services."):
        if not COMMANDS.intersection(found.name.split(".")):
            yield importlib.import_module(found.name)


def _is_drawn_in(module: ModuleType, name: str) -> bool:
    """The table stands in this module; others only import it."""
    return ".domain." in module.__name__ and f"\n{name} = Lifecycle(" in inspect.getsource(module)


def _lifecycle(module: ModuleType, lifecycle: Lifecycle[Any, Any]) -> str:
    first = (module.__doc__ or "").strip().splitlines()[0]
    words = "\n".join(f"| `{w}` | {label} |" for w, label in lifecycle.labels.items())
    table = f"\n| word | 中文 |\n|---|---|\n{words}\n" if words else ""
    return (
        f"# {first}\n\nFrom `{module.__name__}`.\n\n```mermaid\n{lifecycle.mermaid()}\n```\n{table}"
    )


def _events() -> str:
    kinds = {
        kind.topic: kind
        for kind in _below(Event)
        if "topic" in vars(kind) and kind.__module__.startswith("services.")
    }
    rows = [
        f"| `{topic}` | {_sentence(kind)} | {_data(kind)} |"
        for topic, kind in sorted(kinds.items())
    ]
    head = (
        "# Events\n\nCloudEvents 1.0, signed as Standard Webhooks says; "
        "`subject` is the id of what changed.\n"
    )
    return f"{head}\n| topic | what happened | data |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _sentence(kind: type[Event]) -> str:
    """The docstring that somebody wrote; a dataclass without one has its signature there."""
    written = (kind.__doc__ or "").strip()
    return "" if written.startswith(f"{kind.__name__}(") else written.splitlines()[0]


def _data(kind: type[Event]) -> str:
    return ", ".join(f"`{field.name}`" for field in fields(kind) if field.name != "subject")


def _refusals() -> str:
    kinds = {
        kind.code: kind
        for kind in _below(Refusal)
        if "code" in vars(kind) and kind.__module__.startswith("services.")
    }
    rows = [
        f"| `/problems/{code}` | {status_of(_bare(kind))} | {kind.title} |"
        for code, kind in sorted(kinds.items())
    ]
    head = "# Refusals\n\nEvery problem type that the API answers with (RFC 9457).\n"
    return f"{head}\n| type | status | title |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _bare(kind: type[Refusal]) -> Refusal:
    return kind.__new__(kind)


def _below(kind: type[T]) -> Iterator[type[T]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _below(sub)


if __name__ == "__main__":
    main()
