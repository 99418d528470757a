"""Reading pages in tests the way a person or a screen reader would: by what is there."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"input", "meta", "link", "br", "hr", "img", "use", "path", "circle", "rect"}


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: "list[Element | str]" = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, otherwise: str = "") -> str:
        return self.attributes.get(name, otherwise)

    @property
    def text(self) -> str:
        """Everything that is written inside, with single spaces."""
        parts = (c if isinstance(c, str) else c.text for c in self.children)
        return " ".join(" ".join(parts).split())

    def all(self, tag: str, **attributes: str) -> "list[Element]":
        """Every element below with this tag and these attributes (``class_`` matches one class)."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.tag == tag and all(child._has(k, v) for k, v in attributes.items()):
                    found.append(child)
                found.extend(child.all(tag, **attributes))
        return found

    def one(self, tag: str, **attributes: str) -> "Element":
        """The only such element; any other number is a failed test."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} × <{tag}> with {attributes}"
        return found[0]

    def hidden(self, name: str) -> str:
        """The value of the first hidden field called ``name``."""
        return self.all("input", name=name)[0]["value"]

    def fields(self) -> dict[str, str]:
        """What a browser would send of a form's inputs, without boxes that are not ticked."""
        values = {}
        for box in self.all("input"):
            if box.get("type") in {"checkbox", "radio"} and "checked" not in box.attributes:
                continue
            if box.get("name"):
                values[box["name"]] = box.get("value")
        for area in self.all("textarea"):
            values[area["name"]] = area.text
        for choice in self.all("select"):
            picked = [o for o in choice.all("option") if "selected" in o.attributes]
            values[choice["name"]] = picked[0].get("value") if picked else ""
        return values

    def _has(self, name: str, value: str) -> bool:
        if name == "class_":
            return value in self.get("class").split()
        return self.attributes.get(name.rstrip("_").replace("_", "-")) == value


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self._here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, self._here)
        self._here.children.append(element)
        if tag not in _VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, self._here)
        self._here.children.append(element)

    def handle_endtag(self, tag: str) -> None:
        here: Element | None = self._here
        while here is not None and here.tag != tag:
            here = here.parent
        if here is not None and here.parent is not None:
            self._here = here.parent

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._here.children.append(data)


def page(html: str) -> Element:
    """A page, or a fragment of one."""
    builder = _Builder()
    builder.feed(html)
    return builder.root
