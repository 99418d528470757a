"""What an OpenAPI document takes away from those who call by an older one.

Adding is free: a path, an operation, an answer's field, a body's optional field. Not free:
what is no longer there, what must be sent from now on, and what is narrower than it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch", "head")
# A value that was taken must stay within these; a value that is answered may not leave them.
LOWER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")
HIGHER = ("minLength", "minimum", "exclusiveMinimum", "minItems")
DEEPEST = 12


def breaks(old: Document, new: Document) -> list[str]:
    """One line for each promise that ``new`` does not keep."""
    return sorted(set(_Comparison(old, new).all()))


@dataclass
class _Comparison:
    old: Document
    new: Document
    met: set[tuple[str, str, bool]] = field(default_factory=set)

    def all(self) -> Iterator[str]:
        for path, item in self.old["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                where = f"{method.upper()} {path}"
                operation = self.new["paths"].get(path, {}).get(method)
                if operation is None:
                    yield f"{where}: gone"
                else:
                    yield from self._operation(where, item[method], operation)

    def _operation(self, where: str, old: Document, new: Document) -> Iterator[str]:
        if old.get("security") == [] and new.get("security") != []:
            yield f"{where}: asks for a log-in now"
        if old.get("operationId") != new.get("operationId"):
            yield f"{where}: operationId is {new.get('operationId')}"
        yield from self._parameters(where, old, new)
        yield from self._body(where, old.get("requestBody"), new.get("requestBody"))
        for status, answer in old["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in new["responses"]:
                yield f"{where}: no longer answers {status}"
                continue
            told = new["responses"][status].get("content", {})
            for media, shown in answer.get("content", {}).items():
                if media not in told:
                    yield f"{where} {status}: no longer {media}"
                else:
                    place = f"{where} {status}"
                    one, other = shown.get("schema", {}), told[media].get("schema", {})
                    yield from self._answered(place, one, other)

    def _parameters(self, where: str, old: Document, new: Document) -> Iterator[str]:
        known = {(p["in"], p["name"].lower()): p for p in old.get("parameters", ())}
        still = {(p["in"], p["name"].lower()): p for p in new.get("parameters", ())}
        for key, parameter in known.items():
            if key not in still:
                yield f"{where}: parameter {key[1]} gone"
            else:
                place = f"{where} ?{key[1]}"
                yield from self._taken(place, parameter["schema"], still[key]["schema"])
        for key, parameter in still.items():
            was_required = known.get(key, {}).get("required", False)
            if parameter.get("required") and not was_required:
                yield f"{where}: parameter {key[1]} required now"

    def _body(self, where: str, old: Document | None, new: Document | None) -> Iterator[str]:
        if new and new.get("required") and not (old and old.get("required")):
            yield f"{where}: body required now"
        for media, shown in (old or {}).get("content", {}).items():
            told = (new or {}).get("content", {})
            if media not in told:
                yield f"{where}: takes no {media} any more"
            else:
                yield from self._taken(f"{where} body", shown["schema"], told[media]["schema"])

    def _taken(self, where: str, old: Document, new: Document) -> Iterator[str]:
        """What callers send: everything that was taken still has to be."""
        yield from self._compared(where, old, new, is_answer=False)

    def _answered(self, where: str, old: Document, new: Document) -> Iterator[str]:
        """What callers read: everything that was there still has to be."""
        yield from self._compared(where, old, new, is_answer=True)

    def _compared(
        self, where: str, old: Document, new: Document, *, is_answer: bool
    ) -> Iterator[str]:
        key = (str(old.get("$ref", "")), str(new.get("$ref", "")), is_answer)
        if any(key[:2]):
            if key in self.met:
                return
            self.met.add(key)
        before, after = _resolved(self.old, old), _resolved(self.new, new)
        yield from _of_kind(where, before, after, is_answer=is_answer)
        yield from self._fields(where, before, after, is_answer=is_answer)
        if "items" in before and "items" in after:
            yield from self._compared(
                f"{where}[]", before["items"], after["items"], is_answer=is_answer
            )

    def _fields(
        self, where: str, old: Document, new: Document, *, is_answer: bool
    ) -> Iterator[str]:
        fields = new.get("properties", {})
        for name, shown in old.get("properties", {}).items():
            if name not in fields:
                yield f"{where}.{name}: gone"
            else:
                yield from self._compared(
                    f"{where}.{name}", shown, fields[name], is_answer=is_answer
                )
        was, now = set(old.get("required", ())), set(new.get("required", ()))
        if is_answer:
            yield from (f"{where}.{name}: may be missing now" for name in (was - now) & set(fields))
        else:
            yield from (f"{where}.{name}: required now" for name in now - was)


def _resolved(document: Document, schema: Document) -> Document:
    """The schema behind references; ``null`` beside it becomes one of its types."""
    for _ in range(DEEPEST):
        if "$ref" in schema:
            kind, _, name = schema["$ref"].removeprefix("#/components/").partition("/")
            schema = document["components"][kind][name]
        elif "anyOf" in schema:
            others = [one for one in schema["anyOf"] if one.get("type") != "null"]
            if len(others) != 1:
                return schema
            found = _resolved(document, others[0])
            return found | {"type": [*_types(found), "null"]}
        else:
            return schema
    return schema


def _of_kind(where: str, old: Document, new: Document, *, is_answer: bool) -> Iterator[str]:
    """Types, closed lists and bounds: narrower where one sends, wider where one reads."""
    before, after = set(_types(old)), set(_types(new))
    lost = (after - before) if is_answer else (before - after)
    if before and after and lost:
        yield f"{where}: {'also ' if is_answer else 'no longer '}{', '.join(sorted(lost))}"
    values, still = old.get("enum"), new.get("enum")
    if is_answer and values and still is None:
        yield f"{where}: no longer one of a closed list"
    if not is_answer and still is not None:
        gone = [str(one) for one in (values or ()) if one not in still]
        if gone or values is None:
            yield f"{where}: no longer takes {', '.join(gone) or 'what is not listed'}"
    if old.get("format") != new.get("format") and (new.get("format") or is_answer):
        yield f"{where}: format {new.get('format')}"
    if not is_answer:
        yield from _narrower(where, old, new)


def _narrower(where: str, old: Document, new: Document) -> Iterator[str]:
    for name in LOWER:
        if name in new and new[name] < old.get(name, float("inf")):
            yield f"{where}: {name} {new[name]}"
    for name in HIGHER:
        if name in new and new[name] > old.get(name, float("-inf")):
            yield f"{where}: {name} {new[name]}"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"{where}: another pattern"


def _types(schema: Document) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)
