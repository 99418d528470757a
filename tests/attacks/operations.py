"""Every operation of every service, read from the documents that the services give themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.structure.test_operations import SERVICES, app_of, operations

Schemas = Mapping[str, Any]
JSON = "application/json"
FORM = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path of one service, with what its document says."""

    service: str
    method: str
    path: str
    spec: dict[str, Any]
    schemas: Schemas

    @property
    def name(self) -> str:
        """As the access matrix calls it, without the service."""
        return f"{self.method} {self.path}"

    def __str__(self) -> str:
        return f"{self.service} {self.name}"

    @property
    def is_public(self) -> bool:
        return bool(self.spec["security"] == [])

    @property
    def is_safe(self) -> bool:
        return self.method in {"GET", "HEAD"}

    def parameters(self, where: str) -> list[dict[str, Any]]:
        return [one for one in self.spec.get("parameters", ()) if one["in"] == where]

    def takes(self, header: str) -> bool:
        return any(one["name"].lower() == header for one in self.parameters("header"))

    @property
    def media(self) -> str:
        """The kind of body that it takes, or nothing."""
        return next(iter(self.spec.get("requestBody", {}).get("content", {})), "")

    @property
    def body(self) -> dict[str, Any]:
        """The schema of its body."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return self.resolved(content[self.media]["schema"]) if self.media else {}

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema itself, behind references and beside ``null``."""
        if "$ref" in schema:
            found: dict[str, Any] = self.schemas[schema["$ref"].rpartition("/")[2]]
            return found
        for one in schema.get("anyOf", ()):
            if one.get("type") != "null":
                return self.resolved(one)
        return schema


def of_service(service: str, keys: Path) -> Iterator[Operation]:
    document = app_of(service, keys).openapi()
    for method, path, spec in operations(document):
        yield Operation(service, method, path, spec, document["components"]["schemas"])


def every(keys: Path) -> list[Operation]:
    return [one for service in SERVICES for one in of_service(service, keys)]
