"""A browser for tests: follows our forms' rules and reads pages as a person would."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass
class Element:
    """An element with its attributes and the text within it."""

    tag: str
    attrs: dict[str, str]
    text: str = ""


class Page(HTMLParser):
    """The elements of a page, in order. Fails on tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {[e.tag for e in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1].tag == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attrs: str) -> list[Element]:
        """Elements of a tag; ``class_`` matches one of the classes, other attributes exactly."""
        wanted_class = attrs.pop("class_", "")
        return [
            element
            for element in self.elements
            if element.tag == tag
            and (not wanted_class or wanted_class in element.attrs.get("class", "").split())
            and all(element.attrs.get(name) == value for name, value in attrs.items())
        ]

    def one(self, tag: str, **attrs: str) -> Element:
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag} {attrs}"
        return found[0]

    def field(self, name: str) -> Element:
        """The form field of this name."""
        return next(e for e in self.elements if e.tag in ("input", "select") and e.attrs.get("name") == name)

    def error_of(self, name: str) -> str:
        """The error sentence that the field points at."""
        assert self.field(name).attrs.get("aria-invalid") == "true", f"{name} is not marked"
        return words(self.one("p", id=f"{name}-fout").text)

    def link(self, text: str) -> str:
        """The address of the link with these words."""
        return next(e.attrs["href"] for e in self.all("a") if words(e.text) == text)

    @property
    def text(self) -> str:
        return words("".join(e.text for e in self.elements if e.tag == "body"))

    def rows(self, class_: str) -> list[list[str]]:
        """The rows of a table's body as lists of cell texts."""
        rows: list[list[str]] = []
        inside = False
        for element in self.elements:
            if element.tag == "table":
                inside = class_ in element.attrs.get("class", "").split()
            elif inside and element.tag == "tr":
                rows.append([])
            elif inside and element.tag in ("td", "th"):
                rows[-1].append(words(element.text))
        return rows


def words(text: str) -> str:
    """Text with its white space as one space each (a no-break space stays what it is)."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


@dataclass
class Browser:
    """Visits pages, keeps cookies, sends forms with their token."""

    client: FlaskClient

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, **kwargs)

    def page(self, path: str, status: int = 200) -> Page:
        response = self.get(path)
        assert response.status_code == status, f"{path} answered {response.status_code}"
        return Page(response.text)

    def token(self) -> str:
        """The CSRF token of the page that has a form now (the login page, or any page's user menu)."""
        response = self.client.get("/inloggen", follow_redirects=True)
        return Page(response.text).all("input", name="csrf_token")[0].attrs["value"]

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, **kwargs)

    def log_in(self, **more: str) -> TestResponse:
        form = {"gebruikersnaam": "sanne.dewit", "wachtwoord": "juist paard batterij niet", **more}
        return self.post("/inloggen", form)

    def cookie(self, name: str = "tikker") -> str | None:
        found = self.client.get_cookie(name)
        return found.value if found else None
