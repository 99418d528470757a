"""What counts as taking something away from those who call us (OPS-06)."""

import json
from copy import deepcopy
from typing import Any

import pytest

from deploy import openapi
from deploy.compatible import breaks

BODY = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 50},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "below": {"$ref": "#/components/schemas/Node"},
    },
}
NODE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"type": "string", "enum": ["open", "closed"]},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
    },
}
DOCUMENT: dict[str, Any] = {
    "info": {"version": "1"},
    "paths": {
        "/things": {
            "post": {
                "operationId": "make",
                "security": [],
                "parameters": [{"in": "query", "name": "q", "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": BODY}}},
                "responses": {
                    "201": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Node"}}
                        }
                    }
                },
            }
        }
    },
    "components": {"schemas": {"Node": NODE}},
}


def changed(*at: Any, to: Any = None) -> dict[str, Any]:
    """The document with something else at one place; ``None`` takes it away."""
    document = deepcopy(DOCUMENT)
    here: Any = document
    for step in at[:-1]:
        here = here[step]
    if to is None:
        del here[at[-1]]
    else:
        here[at[-1]] = to
    return document


POST = ("paths", "/things", "post")
SENT = (*POST, "requestBody", "content", "application/json", "schema")
FIELDS = (*SENT, "properties")
SEEN = ("components", "schemas", "Node", "properties")
TAKEN_AWAY = [
    (changed("paths", "/things"), "POST /things: gone"),
    (changed(*POST, "security", to=[{"bearer": []}]), "POST /things: asks for a log-in now"),
    (changed(*POST, "operationId", to="create"), "POST /things: operationId is create"),
    (changed(*POST, "parameters", to=[]), "POST /things: parameter q gone"),
    (changed(*POST, "responses", "201"), "POST /things: no longer answers 201"),
    (changed(*FIELDS, "kind"), "POST /things body.kind: gone"),
    (changed(*SENT, "required", to=["name", "kind"]), "POST /things body.kind: required now"),
    (changed(*FIELDS, "kind", "enum", to=["a"]), "POST /things body.kind: no longer takes b"),
    (changed(*FIELDS, "name", "maxLength", to=20), "POST /things body.name: maxLength 20"),
    (changed(*FIELDS, "name", "type", to="integer"), "POST /things body.name: no longer string"),
    (changed(*SEEN, "state"), "POST /things 201.state: gone"),
    (changed(*SEEN, "id", "type", to="integer"), "POST /things 201.id: also integer"),
    (changed("components", "schemas", "Node", "required", to=[]), "POST /things 201.id: may be"),
]
ADDED = [
    changed("paths", "/others", to={}),
    changed(*FIELDS, "note", to={"type": "string"}),
    changed(*FIELDS, "name", "maxLength", to=80),
    changed(*FIELDS, "kind", "enum", to=["a", "b", "c"]),
    changed(*SEEN, "note", to={"type": "string"}),
    changed(*POST, "responses", "202", to={}),
]


@pytest.mark.parametrize(("new", "told"), TAKEN_AWAY, ids=[told for _, told in TAKEN_AWAY])
def test_what_is_taken_away_is_told(new, told):
    assert [line[: len(told)] for line in breaks(DOCUMENT, new) if line.startswith(told)] == [told]


@pytest.mark.parametrize("new", ADDED, ids=range(len(ADDED)))
def test_what_is_added_is_free(new):
    assert breaks(DOCUMENT, new) == []


def test_what_the_code_serves_keeps_what_the_committed_document_promised():
    old, new = json.loads(openapi.PATH.read_text()), json.loads(openapi.page())

    assert old["info"]["version"] != new["info"]["version"] or breaks(old, new) == []
