"""Applications written down one by one at the counter, so that every state can be seen."""

from itertools import islice
from typing import Any

from deploy.demo.office import Desk, Json
from deploy.demo.people import Courier, couriers

SEED = 20260302
# How far each application gets: the actions taken on it after it was written down.
JOURNEYS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("submit",),
    ("submit",),
    ("submit",),
    ("submit", "return"),
    ("submit", "return", "submit"),
    ("submit", "refuse"),
    ("submit", "admit"),
    ("submit", "admit"),
    ("withdraw",),
    ("submit", "withdraw"),
)
PATH = "/membership/v1/applications"


def load_single_applications(clerk: Desk, reviewer: Desk, union_id: str) -> None:
    consents = agreed(clerk)
    for person, journey in zip(islice(couriers(SEED), len(JOURNEYS)), JOURNEYS, strict=True):
        made = clerk.post(PATH, application_of(person, union_id, consents))
        for action in journey:
            made = _take(action, clerk, reviewer, made)


def _take(action: str, clerk: Desk, reviewer: Desk, made: Json) -> Json:
    path, version = f"{PATH}/{made['id']}", made["version"]
    match action:
        case "submit":
            return clerk.send("PUT", f"{path}/submission", None, version)
        case "return":
            body = {"reason": "手机号与本人登记不一致，请核对后重新提交。"}
            return reviewer.send("PUT", f"{path}/return", body, version)
        case "withdraw":
            body = {"reason": "本人要求撤回。"}
            return clerk.send("PUT", f"{path}/withdrawal", body, version)
        case "admit":
            body = {"outcome": "admitted", "reason": "材料齐全，符合入会条件。"}
            return reviewer.send("PUT", f"{path}/decision", body, version)
        case "refuse":
            body = {"outcome": "refused", "reason": "经核实本人已在外省入会，请办理转会。"}
            return reviewer.send("PUT", f"{path}/decision", body, version)
        case _:
            raise ValueError(action)


def application_of(person: Courier, union_id: str, consents: list[Json]) -> dict[str, Any]:
    """What a clerk at the counter fills in."""
    return {
        "union_id": union_id,
        "person": {
            "name": person.name,
            "document": {"kind": "111", "number": person.id_number},
            "phone": person.phone,
            "address": person.address,
        },
        "group_code": person.group_code,
        "platforms": [person.platform],
        "situation": {"relation": "partial"},
        "consents": consents,
    }


def agreed(desk: Desk) -> list[Json]:
    """All consents that are in force, given on paper."""
    texts = desk.get("/membership/v1/consent-texts")["items"]
    return [
        {"text_id": text["id"], "version": text["version"], "evidence": "窗口纸质签字"}
        for text in texts
    ]
