"""An element gets another extension or number: what led to it goes on leading there.

Destinations are written as people write them, by extension or number (config.py). So whoever renumbers an
element changes, in the same step, every destination that names it by what it had.
"""

from __future__ import annotations

from services.pbx.domain import parts
from services.pbx.domain.config import (
    Config,
    Element,
    ElementNight,
    Forward,
    Group,
    Key,
    Night,
    SimNumber,
    Voicemail,
)
from services.pbx.domain.everywhere import Fields, mapped
from services.pbx.domain.parts import Part
from services.pbx.domain.routing.directory import directory, label
from services.pbx.domain.uses import used_where
from shared.errors import Invalid
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
