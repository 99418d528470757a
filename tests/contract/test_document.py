"""The merged document is valid OpenAPI, and says of each operation what a caller needs (OPS-06)."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy import openapi

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What the gateway or the framework may answer to anything.
EVERYWHERE = {"400", "401", "403", "405", "413", "415", "422", "429", "503", "504"}
Operation = tuple[str, dict[str, Any]]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document()


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[Operation]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_it_is_valid(document):
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_operation_has_a_name_of_its_own_and_says_in_chinese_what_it_does(operations):
    names = [operation["operationId"] for _, operation in operations]

    assert len(set(names)) == len(names)
    assert [
        where for where, operation in operations if not CHINESE.search(operation["summary"])
    ] == []
    assert [where for where, operation in operations if not operation["tags"]] == []


def test_every_answer_that_may_come_is_documented_and_refusals_are_problems(operations):
    oauth = "/oauth/token"
    for where, operation in operations:
        answers = operation["responses"]
        assert set(answers) >= EVERYWHERE, where
        assert any(status.startswith("2") for status in answers), where
        refusals = [a for status, a in answers.items() if status >= "400"]
        kinds = {kind for answer in refusals for kind in answer.get("content", {})}
        assert kinds == {"application/problem+json"} or where.endswith(oauth), where


def test_every_operation_says_who_may_call_it(document, operations):
    known = set(document["components"]["securitySchemes"])

    for where, operation in operations:
        assert {name for way in operation["security"] for name in way} <= known, where


def test_every_example_is_what_its_schema_allows(document):
    """Of what goes in; what comes out may show less than all of its fields."""
    wrong = []
    for name, schema in document["components"]["schemas"].items():
        whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        is_sent = schema.get("additionalProperties") is False
        for example in schema.get("examples", ()) if is_sent else ():
            found = jsonschema_rs.validator_for(whole).iter_errors(example)
            wrong += [f"{name}: {error.message}" for error in found]

    assert wrong == []


def test_every_field_of_an_example_is_as_it_is_described(document):
    """Of what comes out, too: it may leave fields out, and says nothing wrong in the others."""
    wrong = []
    for name, schema in document["components"]["schemas"].items():
        fields = schema.get("properties", {})
        for example in schema.get("examples", ()) if fields else ():
            wrong += [f"{name}.{field}: not described" for field in example.keys() - fields.keys()]
            shown = {field: fields[field] for field in example.keys() & fields.keys()}
            whole = {"properties": shown, "components": document["components"]}
            wrong += [
                f"{name}{error.instance_path}: {error.message}"
                for error in jsonschema_rs.validator_for(whole).iter_errors(example)
                if "is a required property" not in error.message
            ]

    assert wrong == []


def test_every_reference_leads_somewhere(document):
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    assert set(_references(document)) <= names


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for below in value.values():
            yield from _references(below)
    elif isinstance(value, list):
        for below in value:
            yield from _references(below)
