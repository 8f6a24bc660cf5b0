"""Pages of long work, whose progress renews itself in place."""

from __future__ import annotations

from flask import request


def whole_when_done(going: bool) -> dict[str, str]:
    """Headers for the part that asks again: once the work has ended there is more to see than its box."""
    return {} if going or "HX-Request" not in request.headers else {"HX-Refresh": "true"}
