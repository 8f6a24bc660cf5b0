"""The syntaxes of configuration files. They alone escape, end lines and refuse what could break a file, so
that no profile and no name of a person can write a line of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.provisioning.domain.emitters import lines, markup
from services.provisioning.domain.emitters.entry import Entry

Emitter = Callable[[Sequence[Entry], Mapping[str, str]], str]
"""Entries in their order, and what the family says of the file's head; the file's text."""

EMITTERS: Mapping[str, Emitter] = {
    "yealink": lines.yealink,
    "colon": lines.colon,
    "panasonic": lines.panasonic,
    "elements": markup.elements,
    "grandstream": markup.grandstream,
    "attributes": markup.attributes,
    "params": markup.params,
    "paths": markup.paths,
}

MEDIA_TYPES = {
    name: "text/plain; charset=utf-8"
    if name in ("yealink", "colon", "panasonic")
    else "text/xml; charset=utf-8"
    for name in EMITTERS
}

__all__ = ["EMITTERS", "MEDIA_TYPES", "Emitter", "Entry"]
