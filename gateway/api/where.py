"""Which requests are a program's."""

from __future__ import annotations

from flask import request

PREFIX = "/api/v1"


def is_programs() -> bool:
    """Whether this request is for the API: it goes by a token, and every answer to it is JSON."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")
