"""The API's own description: the OpenAPI document, and a page that people read."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, render_template

from gateway.access import anyone
from gateway.api.document import METHODS, document
from gateway.api.where import PREFIX

pages = Blueprint("api", __name__)


@pages.get(f"{PREFIX}/openapi.json")
@anyone
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return Response(msgspec.json.encode(document()), mimetype="application/json")


@pages.get("/api")
@anyone
def show() -> str:
    """What one can ask, for people."""
    found = document()
    groups = [(tag, _operations(found, tag["name"])) for tag in found["tags"]]
    return render_template("pages/api.html", groups=groups, prefix=PREFIX)


def _operations(found: dict[str, Any], tag: str) -> list[tuple[str, str, str]]:
    """Method, path and what it does, of one group."""
    return [
        (method.upper(), path, operation["summary"])
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
        if method in METHODS and tag in operation["tags"]
    ]
