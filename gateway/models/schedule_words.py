"""A schedule in words: ``ma t/m vr 08:30–17:30``."""

from __future__ import annotations

from gateway.formatters import day_short
from gateway.models.pbx_settings import HOLIDAY, Schedule, Slot
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

DAY_NAMES = (
    _l("maandag"),
    _l("dinsdag"),
    _l("woensdag"),
    _l("donderdag"),
    _l("vrijdag"),
    _l("zaterdag"),
    _l("zondag"),
)
SHORT_NAMES = (_l("ma"), _l("di"), _l("wo"), _l("do"), _l("vr"), _l("za"), _l("zo"))
MOST_DATES = 3

MANUAL_WEEK = (
    (6, _l("Z")),
    (0, _l("M")),
    (1, _l("D")),
    (2, _l("W")),
    (3, _l("D")),
    (4, _l("V")),
    (5, _l("Z")),
)
"""The days as the manual writes them, from Sunday."""


def in_words(schedule: Schedule) -> str:
    """All of it in one line; of many days of the year the first ones."""
    if schedule.kind == HOLIDAY:
        return _dates(schedule)
    return ", ".join(slot_in_words(slot) for slot in schedule.slots) or _("nog geen tijden")


def slot_in_words(slot: Slot) -> str:
    """``ma t/m vr 08:30–17:30``, ``za en zo de hele dag``."""
    days = days_in_words(slot.days)
    if slot.start is None:
        return _("%(days)s de hele dag", days=days)
    return f"{days} {slot.start}–{slot.end}"


def days_in_words(days: tuple[int, ...]) -> str:
    """``ma t/m vr``, ``ma, wo en vr``, ``elke dag``."""
    kept = sorted(set(days))
    if len(kept) == 7:
        return _("elke dag")
    names = [str(SHORT_NAMES[day]) for day in kept]
    if len(kept) > 2 and kept == list(range(kept[0], kept[-1] + 1)):
        return _("%(first)s t/m %(last)s", first=names[0], last=names[-1])
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s en %(last)s", names=", ".join(names[:-1]), last=names[-1])


def _dates(schedule: Schedule) -> str:
    if not schedule.dates:
        return _("nog geen dagen")
    shown = [
        " ".join(part for part in (one.name, f"({day_short(one.first)})") if part)
        for one in schedule.dates[:MOST_DATES]
    ]
    rest = len(schedule.dates) - len(shown)
    words = ", ".join(shown)
    return _("%(days)s en nog %(n)s", days=words, n=rest) if rest else words
