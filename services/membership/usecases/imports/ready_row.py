"""A judged row of a sheet, or of another system's batch, as the application that it becomes."""

from typing import Any

import orjson

from services.chassis.data.tx import Tx
from services.chassis.kernel.identifiers import DocumentKind, resident_id_facts
from services.membership.domain.enrolment import CODED_DETAILS, platform_names
from services.membership.domain.import_rows import situation_of, split_platforms, way_of
from services.membership.domain.person import SELF_TELLING, UNKNOWN_SEX
from services.membership.store.import_submissions import Ready
from services.membership.store.reference import code_book
from services.membership.store.tables import Union


def ready_row(
    tx: Tx, union: Union, number: int, document_key: bytes, values: dict[str, str]
) -> Ready:
    kind, document = values["document_kind"] or DocumentKind.RESIDENT_ID, values["document"]
    tells = kind in SELF_TELLING and len(document) == 18
    facts = resident_id_facts(document) if tells else None
    return Ready(
        number=number,
        document_key=document_key,
        name=values["name"],
        document_kind=kind,
        document=document,
        phone=values["phone"],
        birth=facts.birth.isoformat() if facts else "",
        sex=str(facts.sex) if facts else UNKNOWN_SEX,
        address=values["address"],
        columns=_columns(tx, union, values),
    )


def _columns(tx: Tx, union: Union, values: dict[str, str]) -> dict[str, Any]:
    way = way_of(values, union.kind, union.employer_name or "")
    situation = situation_of(values, union.kind, union.employer_name or "")
    details = {name: values[name] for name in (*CODED_DETAILS, "started_on") if values.get(name)}
    return {
        "group_code": values["group_code"],
        "platforms": platform_names(split_platforms(values["platforms"]), code_book(), tx.today),
        "employer_name": values["employer_name"] or None,
        "relation": str(situation.relation),
        "join_path": str(way.path),
        "join_rule": way.rule,
        "details": orjson.dumps(details).decode(),
    }
