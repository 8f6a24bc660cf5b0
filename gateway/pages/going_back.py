"""Where to go after a form: only to an address within the portal."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import request, url_for

# A path of printable ASCII. Not //host, nor /\host, which browsers read as another site.
OUR_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def safe_target(wanted: str | None) -> str:
    """``wanted`` when it is a path of ours, else the front door."""
    if wanted and OUR_PATH.fullmatch(wanted) and not urlsplit(wanted).netloc:
        return wanted
    return url_for("home.first_page")


def page_before() -> str:
    """The page of ours that this request came from, else the front door."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return safe_target(None)
    return safe_target(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
