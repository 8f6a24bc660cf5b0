"""Style sheets, script and pictures: a closed list, read once, each under the hash of its content.

Libraries come from the packages that carry them, and of those only the files named here can be
reached. No other host is involved.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, abort, make_response, request, url_for
from flask.wrappers import Response

from gateway.access import anyone

HERE = Path(__file__).parent / "static"
ICON_NAMES = Path(__file__).parent / "icons.txt"
FOREVER = "public, max-age=31536000, immutable"
SMALLEST_TO_PACK = 1024

STYLE_SHEETS = (
    "roles",
    "base",
    "components",
    "forms",
    "calls",
    "people",
    "programs",
    "log",
    "login",
    "elements",
    "beheer",
    "rates",
    "plans",
    "invoices",
    "charts",
    "states",
    "overview",
    "centrale",
    "devices",
    "mobile",
    "nummerplan",
    "planning",
    "print",
)
pages = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """A file in memory, as it is and packed."""

    content: bytes
    packed: bytes
    kind: str
    digest: str


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Every file that a page may ask for."""
    bootstrap = _package("flask_bootstrap") / "static/bootstrap5"
    own = {path.name: path.read_bytes() for path in HERE.iterdir() if path.is_file()}
    sheets = [(HERE / "css" / f"{name}.css").read_bytes() for name in STYLE_SHEETS]
    files = own | {
        "tikker.css": b"\n".join(sheets),
        "dark.css": (HERE / "css/dark.css").read_bytes(),
        "bootstrap.css": _without_map((bootstrap / "css/bootstrap.min.css").read_bytes()),
        "htmx.js": (_package("django_htmx") / "static/django_htmx/htmx-2.min.js").read_bytes(),
        "icons.svg": _icons((bootstrap / "icons/bootstrap-icons.svg").read_text("utf-8")),
    }
    return {name: _asset(name, content) for name, content in files.items()}


def asset_url(name: str) -> str:
    """The address of a file, which changes with its content. Raises KeyError for a file not listed."""
    return url_for("assets.file", digest=assets()[name].digest, name=name)


@pages.get("/static/<digest>/<name>")
@anyone
def file(digest: str, name: str) -> Response:
    """One of the listed files; for ever cacheable under its own hash."""
    asset = assets().get(name)
    if asset is None:
        abort(404)
    pack = bool(request.accept_encodings["gzip"]) and len(asset.content) >= SMALLEST_TO_PACK
    response = make_response(asset.packed if pack else asset.content)
    response.headers["Content-Type"] = asset.kind
    response.headers["Cache-Control"] = FOREVER if digest == asset.digest else "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    if pack:
        response.headers["Content-Encoding"] = "gzip"
    return response


KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def _asset(name: str, content: bytes) -> Asset:
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content, gzip.compress(content, mtime=0), KINDS[Path(name).suffix], digest)


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {name} is not installed")
    return Path(spec.origin).parent


def _without_map(content: bytes) -> bytes:
    """Without the reference to a source map, which is not reachable."""
    return re.sub(rb"/\*# sourceMappingURL=[^*]*\*/", b"", content)


def _icons(sprite: str) -> bytes:
    """The icons of icons.txt, out of the two thousand of Bootstrap Icons (MIT licence)."""
    symbols = dict(re.findall(r'(?s)<symbol[^>]*\bid="([^"]+)"[^>]*>(.*?)</symbol>', sprite))
    kept = [
        f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{symbols[name]}</symbol>'
        for name in ICON_NAMES.read_text("utf-8").split()
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(kept)}</svg>'.encode()
