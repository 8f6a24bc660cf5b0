"""Forwards and other ways out to what nobody of the customer may call."""

from __future__ import annotations

from collections.abc import Iterator

from services.pbx.domain.config import Config
from services.pbx.domain.exits import exits
from services.pbx.domain.routing.classes import is_blocked, is_outside, out_class
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.routing.trip import CLASS_NAMES
from services.pbx.domain.rules import Problem
from shared.phone_numbers import party
from shared.words import gettext as _


def blocked_ways(config: Config) -> Iterator[Problem]:
    """Ways out to what *Blokkeren uitgaand bellen* forbids, said beside the field that they are set in."""
    book = directory(config)
    for way in exits(config):
        found, number = book.find(way.to)
        if found is None and is_outside(number) and is_blocked(config.outgoing, number):
            sentence = _(
                "%(number)s kan niet: bellen naar %(kind)s is geblokkeerd. Kies een ander nummer.",
                number=party(number),
                kind=CLASS_NAMES[out_class(number)],
            )
            yield Problem(way.source, way.field, sentence)
