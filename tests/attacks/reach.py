"""Who reaches too far, and the ids with which they try: in the address, the query, the body."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import httpx

from tests.attacks.operations import Operation
from tests.attacks.things import system
from tests.attacks.world import STAFF_ROLES, staff
from tests.people import DING, OTHER_TOWN, OTHER_TOWN_PATH
from tests.service.membership_rig import STATION, STATION_PATH

# They hold every role that there is: only the place of their union stands in their way.
BESIDE = staff(*STAFF_ROLES, union=OTHER_TOWN, path=OTHER_TOWN_PATH)
BELOW = staff(*STAFF_ROLES, union=STATION, path=STATION_PATH)
ELSEWHERE = system(0xB00, OTHER_TOWN, OTHER_TOWN_PATH)
OUTSIDERS = (BESIDE, BELOW, ELSEWHERE, DING)


def id_fields(operation: Operation, schema: dict[str, Any] | None = None) -> Iterator[str]:
    """The body's own fields that hold one id or a list of ids."""
    schema = operation.body if schema is None else schema
    for name, described in schema.get("properties", {}).items():
        one = operation.resolved(described)
        if _is_id(one) or _is_id(operation.resolved(one.get("items", {}))):
            yield name


def id_queries(operation: Operation) -> list[str]:
    """The query's fields that hold an id."""
    return [
        one["name"]
        for one in operation.parameters("query")
        if _is_id(operation.resolved(one["schema"]))
    ]


def with_id(operation: Operation, body: Any, name: str, value: str) -> Any:
    """The body with another id in one place."""
    changed = deepcopy(body)
    is_list = operation.resolved(operation.body["properties"][name]).get("type") == "array"
    changed[name] = [value] if is_list else value
    return changed


def _is_id(schema: dict[str, Any]) -> bool:
    return schema.get("format") == "uuid"


def told(answer: httpx.Response) -> tuple[int, Any, str | None]:
    """What a caller learns from an answer."""
    is_json = answer.headers.get("content-type", "").startswith(
        ("application/json", "application/problem")
    )
    return answer.status_code, answer.json() if is_json else answer.text, answer.headers.get("etag")
