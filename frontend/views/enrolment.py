"""An application as it stands, put back into the form in which it is corrected."""

from collections.abc import Mapping
from typing import Any

from frontend.views.reading import code, items, text


def as_typed(item: Mapping[str, Any], facts: Mapping[str, str], texts: list[Any]) -> dict[str, Any]:
    """The answers of the counter's form; ``facts`` are the full values that were disclosed."""
    return {
        "name": text(item, "person", "name"),
        "document_kind": code(item, "person", "document", "kind"),
        "document_number": facts.get("document", ""),
        "phone": facts.get("phone", ""),
        "address": facts.get("address", ""),
        "group_code": code(item, "group"),
        "platforms": "、".join(text(one) for one in items(item, "platforms")),
        "employer_name": text(item, "employer_name"),
        "union_id": text(item, "union", "id"),
        "consents": sorted(_given(item, texts)),
    }


def not_given(
    consents: list[dict[str, str]], item: Mapping[str, Any], texts: list[Any]
) -> list[dict[str, str]]:
    """Those that are new: nobody agrees twice to the same words."""
    given = _given(item, texts)
    return [one for one in consents if one["text_id"] not in given]


def _given(item: Mapping[str, Any], texts: list[Any]) -> set[str]:
    known = {(text(one, "purpose"), text(one, "version")) for one in items(item, "consents")}
    return {
        text(one, "id") for one in texts if (text(one, "purpose"), text(one, "version")) in known
    }
