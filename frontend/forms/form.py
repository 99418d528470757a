"""A form: what it asks, what was typed, and what was wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from services.chassis.kernel.ids import new_id
from services.chassis.kernel.refusals import OutOfTime, Refusal, Unavailable, Unprocessable

KEY = "_key"
ETAG = "_etag"
_FOR_HEADERS = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question; ``pointer`` is where the API has the answer (RFC 6901)."""

    name: str
    label: str
    pointer: str = ""
    kind: str = "text"
    hint: str = ""
    options: tuple[Option, ...] = ()
    is_required: bool = True
    is_many: bool = False
    # Never written back into a page: passwords and one-time codes.
    is_secret: bool = False
    # May be kept on the device while a form is unfinished; never names, ids or phones.
    is_kept: bool = False
    autocomplete: str = "off"
    inputmode: str = ""
    max_length: int = 200
    width: str = "full"


@dataclass(frozen=True, slots=True)
class Bound:
    """A field in a page, with what was typed into it and what was wrong."""

    field: Field
    id: str
    values: tuple[str, ...]
    error: str
    options: tuple[Option, ...]

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def described_by(self) -> str:
        parts = [f"{self.id}-hint"] if self.field.hint else []
        return " ".join(parts + ([f"{self.id}-error"] if self.error else []))


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary, linked to its field."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Form:
    """Immutable: typing and refusing give a new one."""

    fields: tuple[Field, ...]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
    choices: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(new_id()))
    etag: str = ""
    way: Option | None = None

    def __getitem__(self, name: str) -> Bound:
        one = next(each for each in self.fields if each.name == name)
        values = () if one.is_secret else self.values.get(name, ())
        options = self.choices.get(name, one.options)
        return Bound(one, f"f-{name}", values, self.errors.get(name, ""), options)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The error summary, in the order of the form."""
        return tuple(
            Problem(f"#f-{each.name}", self.errors[each.name])
            for each in self.fields
            if each.name in self.errors
        )

    @property
    def is_refused(self) -> bool:
        return bool(self.detail or self.errors)

    def filled(self, **values: str | Iterable[str]) -> "Form":
        """The form with ``values`` already in it."""
        given = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in values.items()}
        return replace(self, values={**self.values, **given})

    def offering(self, choices: Mapping[str, tuple[Option, ...]]) -> "Form":
        """The form with what can be chosen, where only the service knows that."""
        return replace(self, choices={**self.choices, **choices})

    def typed(self, data: FormData) -> "Form":
        """The form as it came back from the browser; missing answers are marked."""
        values = {each.name: _strings(data, each.name) for each in self.fields}
        form = replace(
            self,
            values=values,
            key=carried(data, KEY) or self.key,
            etag=carried(data, ETAG) or self.etag,
        )
        return replace(form, errors=form.missing())

    def missing(self) -> dict[str, str]:
        """What must be answered and was not."""
        return {
            each.name: _please(each)
            for each in self.fields
            if each.is_required
            and each.kind != "file"
            and not any(v.strip() for v in self.values.get(each.name, ()))
        }

    def text(self, name: str) -> str:
        """What was typed into ``name``, without the spaces around it (secrets as they are)."""
        one = next(each for each in self.fields if each.name == name)
        raw = "".join(self.values.get(name, ())[:1])
        return raw if one.is_secret else raw.strip()

    def payload(self) -> dict[str, Any]:
        """The answers as the API wants them; what was left empty is left out."""
        body: dict[str, Any] = {}
        for each in self.fields:
            answers = tuple(v for v in self.values.get(each.name, ()) if v.strip())
            if each.pointer and answers:
                _put(body, each.pointer, list(answers) if each.is_many else self.text(each.name))
        return body

    def with_errors(self, **errors: str) -> "Form":
        """The form with what the page itself found wrong."""
        return replace(self, errors={**self.errors, **errors})

    def leading(self, url: str, label: str) -> "Form":
        """The refused form with a way out: where the thing is that stands against it."""
        return replace(self, way=Option(url, label))

    def refused(self, refusal: Refusal) -> "Form":
        """The same form with the service's words beside the fields they are about.

        A refusal that may yet have been carried out keeps the idempotency key; others change it,
        because another body under the same key would be refused.
        """
        errors: dict[str, str] = {}
        rest: list[str] = []
        for error in refusal.errors if isinstance(refusal, Unprocessable) else ():
            name = self._name_at(error.pointer)
            if name is None:
                rest.append(error.message)
            else:
                errors.setdefault(name, error.message)
        unsure = isinstance(refusal, (Unavailable, OutOfTime))
        return replace(
            self,
            errors=errors,
            detail="".join([refusal.detail, *rest]),
            key=self.key if unsure else str(new_id()),
        )

    def _name_at(self, pointer: str) -> str | None:
        wanted = pointer.removeprefix("/body")
        for each in self.fields:
            if each.pointer and (wanted + "/").startswith(each.pointer + "/"):
                return each.name
        return next((f.name for f in self.fields if f.pointer.startswith(wanted + "/")), None)


def _please(one: Field) -> str:
    chosen = one.kind in {"select", "radio", "checkboxes", "checkbox", "file"}
    return f"请{'选择' if chosen else '填写'}{one.label}。"


def _strings(data: FormData, name: str) -> tuple[str, ...]:
    return tuple(value for value in data.getlist(name) if isinstance(value, str))


def carried(data: FormData, name: str) -> str:
    """A hidden field that travels on as a header, so it may hold only what a header may."""
    value = data.get(name)
    return value if isinstance(value, str) and _FOR_HEADERS.fullmatch(value) else ""


def _put(body: dict[str, Any], pointer: str, value: Any) -> None:
    *parents, last = pointer.strip("/").split("/")
    for parent in parents:
        body = body.setdefault(parent, {})
    body[last] = value
