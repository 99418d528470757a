"""The document of events is whole: every topic, every reference, and examples that fit."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from deploy import openapi
from gateway.asyncapi import asyncapi
from services.membership.domain.events import EVENTS

CHANNEL = {"address", "description", "messages"}
OPERATION = {"action", "channel", "summary", "messages"}
MESSAGE = {"name", "title", "summary", "contentType", "headers", "payload", "examples"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return asyncapi(openapi.document())


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for below in value.values():
            yield from references(below)
    elif isinstance(value, list):
        for below in value:
            yield from references(below)


def at(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_the_document_has_what_asyncapi_3_asks_for(document):
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(document["info"])
    assert set(document) == {
        *("asyncapi", "info", "defaultContentType", "channels", "operations", "components"),
    }
    for channel in document["channels"].values():
        assert set(channel) == CHANNEL
    for operation in document["operations"].values():
        assert set(operation) == OPERATION
        assert operation["action"] in {"send", "receive"}
        where = operation["channel"]["$ref"]
        allowed = {f"{where}/messages/{name}" for name in at(document, where)["messages"]}
        assert {message["$ref"] for message in operation["messages"]} <= allowed


def test_every_reference_leads_somewhere(document):
    for reference in references(document):
        assert at(document, reference), reference


def test_every_event_is_there_thin_for_others_and_full_for_us(document):
    topics = {event.topic for event in EVENTS}

    assert set(document["channels"]["webhooks"]["messages"]) == topics
    assert set(document["channels"]["parts"]["messages"]) == {f"{topic}.full" for topic in topics}


def test_every_example_fits_its_schema(document):
    for name, message in document["components"]["messages"].items():
        assert set(message) == MESSAGE
        assert message["summary"], name
        jsonschema.Draft202012Validator.check_schema(message["payload"])
        for example in message["examples"]:
            jsonschema.validate(
                example["payload"],
                message["payload"],
                format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
            )


def test_what_others_are_pushed_holds_no_data(document):
    for name in document["channels"]["webhooks"]["messages"]:
        payload = document["components"]["messages"][name]["payload"]

        assert set(payload["properties"]["data"]["properties"]) == {"union_id", "link"}
