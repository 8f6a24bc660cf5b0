"""An element gets another extension or number: what led to it goes on leading there.

Destinations are written as people write them, by extension or number (config.py). So whoever renumbers an
element changes, in the same step, every destination that names it by what it had. A version that comes back
has other extensions and numbers than today: there too, all leads to whom it led to where it was written.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from services.pbx.domain import parts
from services.pbx.domain.config import (
    Config,
    Element,
    ElementNight,
    Forward,
    Group,
    Key,
    Line,
    Night,
    NightState,
    SimNumber,
    Voicemail,
)
from services.pbx.domain.everywhere import Fields, mapped
from services.pbx.domain.exits import exits
from services.pbx.domain.parts import Part
from services.pbx.domain.routing.directory import Directory, directory, kind_of, label
from services.pbx.domain.uses import used_where
from shared.errors import Conflict, Invalid
from shared.words import gettext as _

DESTINATIONS: Fields = {
    Night: ("destination",),
    ElementNight: ("destination",),
    Forward: ("to",),
    Voicemail: ("transfer_to",),
    Group: ("overflow_to", "busy_to", "offline_to"),
    Key: ("to",),
    SimNumber: ("number",),
}
"""The fields in which a configuration names an extension or a number to go to."""

NUMBERED = frozenset((Part.USER, Part.GROUP, Part.MENU, Part.LINE))


def followed(old: Config, new: Config, part: Part, element_id: str | None) -> Config:
    """``new``, in which this element was changed, with all that led to it leading to it still.

    Raises Invalid (field ``extension``) when it is in use and cannot be called any more.
    """
    if part not in NUMBERED:
        return new
    before, after = parts.element(old, part, element_id), parts.element(new, part, element_id)
    if (before.extension, before.number) == (after.extension, after.number):
        return new
    address = after.extension or after.number
    if not address:
        _refuse_in_use(old, part, before)
        return new
    book, now = directory(old), directory(new)

    def led(to: str) -> str:
        return address if book.find(to)[0] is before and now.find(to)[0] is not after else to

    rewritten: Config = mapped(new, DESTINATIONS, led)
    return rewritten


def _refuse_in_use(config: Config, part: Part, element: Element) -> None:
    places = list(dict.fromkeys(use.where.name for use in used_where(config, part.value, element.id)))
    if places:
        sentence = _(
            "%(name)s is in gebruik bij %(places)s en moet te bellen zijn: kies een extensie of een nummer.",
            name=label(element),
            places=", ".join(places),
        )
        raise Invalid(fields={"extension": [sentence]})


def put_together(mixed: Config, version: Config, now: Config) -> Config:
    """``mixed``, which has its lines, where its night mode leads and the users that the ``version`` does not
    know from ``now``: every destination leads to whom it led to where it comes from, by the address that has
    in ``mixed``. A night mode that is not on leads where the version's did when whom it leads to is not
    there: else nobody could go back from what a file brought.

    Raises Conflict when somebody to whom one leads is not in it or cannot be called.
    """
    book, of_old, of_now = directory(mixed), directory(version), directory(now)
    of_night = of_now
    if mixed.night.state is not NightState.ON and _is_gone(of_now.find(mixed.night.destination)[0], book):
        night = structs.replace(mixed.night, destination=version.night.destination)
        mixed, of_night = structs.replace(mixed, night=night), of_old
    _refuse_gone(mixed, book, of_old, of_now, of_night)
    by_version, by_now = _readdressed(of_old, book), _readdressed(of_now, book)
    return structs.replace(
        mixed,
        night=mapped(mixed.night, DESTINATIONS, by_now if of_night is of_now else by_version),
        users=tuple(
            mapped(user, DESTINATIONS, by_version if user.id in of_old.users else by_now)
            for user in mixed.users
        ),
        groups=mapped(mixed.groups, DESTINATIONS, by_version),
        menus=mapped(mixed.menus, DESTINATIONS, by_version),
        lines=mapped(mixed.lines, DESTINATIONS, by_now),
    )


def put_back(mixed: Config, away: Config) -> Config:
    """``mixed``, which has all but its lines from the PBX that was put ``away``: every destination of that
    leads to whom it led, and is empty when there is nobody to call there any more. Left as it was written, it
    might lead to somebody else."""
    led = _readdressed(directory(away), directory(mixed), is_kept=False)
    found: Config = mapped(structs.replace(mixed, lines=()), DESTINATIONS, led)
    return structs.replace(found, lines=mixed.lines)


def _readdressed(source: Directory, target: Directory, is_kept: bool = True) -> Callable[[str], str]:
    """Destinations of one configuration as those of another; whom one cannot call there is kept as it was
    written, or left out."""

    def led(to: str) -> str:
        known = source.find(to)[0]
        there = _the_same(known, target)
        if known is None or (there is not None and target.find(to)[0] is there):
            return to
        address = (there.extension or there.number) if there is not None else None
        return address or (to if is_kept else "")

    return led


def _the_same(known: Element | None, target: Directory) -> Element | None:
    return target.by_id.get(f"{kind_of(known)}:{known.id}") if known is not None else None


def _is_gone(known: Element | None, book: Directory) -> bool:
    there = _the_same(known, book)
    return known is not None and (there is None or not (there.extension or there.number))


def _refuse_gone(
    mixed: Config, book: Directory, of_old: Directory, of_now: Directory, of_night: Directory
) -> None:
    for way in exits(mixed):
        source = book.by_id.get(f"{way.source.kind}:{way.source.id}")
        if source is None:  # the company's night mode is no element
            written = of_night
        else:
            is_kept = isinstance(source, Line) or _the_same(source, of_old) is None
            written = of_now if is_kept else of_old
        known = written.find(way.to)[0]
        if known is not None and _is_gone(known, book):
            raise Conflict(
                _(
                    "Bij %(name)s leidt *%(cause)s* naar %(to)s, en dat is er na het terugzetten niet. "
                    "Verander die bestemming, of kies een andere versie.",
                    name=way.source.name,
                    cause=way.cause,
                    to=label(known),
                )
            )
