"""Where to go after a form: only to an address within the portal."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import url_for

# A path of printable ASCII. Not //host, nor /\host, which browsers read as another site.
OUR_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def safe_target(wanted: str | None) -> str:
    """``wanted`` when it is a path of ours, else the front door."""
    if wanted and OUR_PATH.fullmatch(wanted) and not urlsplit(wanted).netloc:
        return wanted
    return url_for("home.first_page")
