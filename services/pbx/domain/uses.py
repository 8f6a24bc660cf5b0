"""Where something is used, so that it cannot be removed from under its users."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from services.pbx.domain.config import Config, Element, Line, MenuSide, PbxUser
from services.pbx.domain.exits import exits, schedule_uses
from services.pbx.domain.routing.directory import directory, kind_of, ref
from services.pbx.domain.routing.values import Kind, Ref
from shared.words import gettext as _


class Use(Struct, frozen=True):
    """An element that uses it, the field, and how, such as *Doorschakelen na wachttijd*."""

    where: Ref
    field: str
    how: str


def used_where(config: Config, kind: str, element_id: str) -> list[Use]:
    """Where a ``schedule``, ``file``, ``user``, ``group``, ``menu`` or ``line`` is used, each place once."""
    if kind == "schedule":
        found = _of_schedule(config, element_id)
    elif kind == "file":
        found = _of_file(config, element_id)
    else:
        found = _of_element(config, Kind(kind), element_id)
    return list(dict.fromkeys(found))


def refusal(name: str, uses: list[Use]) -> str:
    """Why it cannot be removed: *Werktijden is in gebruik bij keuzemenu Hoofdmenu en …*"""
    places = list(dict.fromkeys(use.where.name for use in uses))
    if len(places) == 1:
        return _(
            "%(name)s is in gebruik bij %(place)s. Kies daar eerst iets anders.", name=name, place=places[0]
        )
    first, last = ", ".join(places[:-1]), places[-1]
    return _(
        "%(name)s is in gebruik bij %(first)s en %(last)s. Kies daar eerst iets anders.",
        name=name,
        first=first,
        last=last,
    )


def _of_schedule(config: Config, schedule_id: str) -> Iterator[Use]:
    for where, field, used, _kind in schedule_uses(config):
        if used == schedule_id:
            yield Use(where, field, _("Schema"))


def _of_element(config: Config, kind: Kind, element_id: str) -> Iterator[Use]:
    book = directory(config)
    for way_out in exits(config):
        found = book.find(way_out.to)[0]
        if found is None or way_out.source == ref(found):
            continue
        if kind_of(found) is kind and found.id == element_id:
            yield Use(way_out.source, way_out.field, way_out.cause)
    for group in config.groups if kind is Kind.USER else ():
        if element_id in group.members:
            yield Use(ref(group), "members", _("Lid"))


def _of_file(config: Config, file_id: str) -> Iterator[Use]:
    if config.music == file_id:
        yield Use(Ref(Kind.COMPANY, "music", _("de wachtmuziek")), "music", _("Wachtmuziek"))
    for element in config.elements():
        for field, used in _files(element):
            if used == file_id:
                yield Use(ref(element), field, _("Geluid"))


def _files(element: Element) -> Iterator[tuple[str, str | None]]:
    if isinstance(element, PbxUser | Line):
        yield "voicemail.greeting_busy", element.voicemail.greeting_busy
        yield "voicemail.greeting_no_answer", element.voicemail.greeting_no_answer
    for name in ("open", "closed"):
        side = getattr(element, name, None)
        if isinstance(side, MenuSide):
            yield f"{name}.greeting", side.greeting
            for symbol, key in side.keys.items():
                yield f"{name}.keys.{symbol}.file", key.file
