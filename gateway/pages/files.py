"""Handing on a file of a service, piece by piece: never more than one piece of it is in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from flask import Response

from shared.logging import get_logger

log = get_logger(__name__)
UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def handed_on(pieces: Iterator[bytes], name: str, media_type: str, size: int | None = None) -> Response:
    """A download. The first piece is here before the answer begins, so what goes wrong is still a page."""
    response = Response(_logged(chain([next(pieces)], pieces), name))
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{UNSAFE.sub("_", name)}"'
    if size is not None:  # with its length known, a browser sees that a file broke off
        response.headers["Content-Length"] = str(size)
    return response


def _logged(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The pieces. One that does not come breaks the download off, which the browser shows."""
    try:
        yield from pieces
    except Exception as problem:
        log.warning("a download broke off", file=name, reason=f"{type(problem).__name__}: {problem}")
        raise
