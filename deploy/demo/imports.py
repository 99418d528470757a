"""What a clerk does with any sheet, and how its rows are read back."""

from collections.abc import Iterator
from pathlib import Path

from deploy.demo.office import CONSENT, Desk, Json
from deploy.demo.stage import expect

IMPORTS = "/membership/v1/imports"
APPLICATIONS = "/membership/v1/applications"
PAGE = 100


def dry_run(clerk: Desk, sheet: Path, union_id: str) -> Json:
    """Upload, and wait until every row was looked at."""
    made = clerk.upload(sheet, union_id)
    checked = clerk.wait(
        f"{IMPORTS}/{made['id']}", lambda found: found["state"] in ("checked", "failed")
    )
    expect(f"{sheet.name} 的检查", checked["state"], "checked")
    return checked


def confirm(clerk: Desk, checked: Json) -> str:
    """Everybody on the sheet has signed; the path of the import is answered."""
    path = f"{IMPORTS}/{checked['id']}"
    clerk.send("PUT", f"{path}/confirmation", {"evidence": CONSENT}, checked["version"])
    return path


def apply(clerk: Desk, checked: Json) -> Json:
    return clerk.wait(confirm(clerk, checked), lambda found: found["state"] == "applied")


def rows_of(desk: Desk, import_id: str, *states: str) -> list[Json]:
    """All rows of a sheet in these states."""
    return list(all_pages(desk, f"{IMPORTS}/{import_id}/rows", show=list(states)))


def applications_of(desk: Desk, import_id: str, state: str) -> list[Json]:
    """All applications that one sheet brought, in this state."""
    return list(all_pages(desk, APPLICATIONS, batch=import_id, state=state))


def all_pages(desk: Desk, path: str, **query: str | list[str]) -> Iterator[Json]:
    after: dict[str, str] = {}
    while True:
        page = desk.get(path, limit=PAGE, **query, **after)
        yield from page["items"]
        if not page["next"]:
            return
        after = {"after": page["next"]}
