"""Settings that hold for all of a customer's telephony (pbx's answers): schedules, night mode, blocks."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

ALWAYS = "always"
"""The built-in schedule *Elke dag, de hele dag*: it is in no list and cannot be deleted."""

TIME, HOLIDAY = "time", "holiday"


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """What is absent on the bus stands at its default."""


class Slot(Value, frozen=True, kw_only=True):
    """Hours (``08:30``) on some days of the week, 0 is Monday; without hours the whole day."""

    days: tuple[int, ...]
    start: str | None = None
    end: str | None = None


class DateRange(Value, frozen=True, kw_only=True):
    """Days of the year, both included."""

    first: date
    last: date
    name: str = ""


class Schedule(Value, frozen=True, kw_only=True):
    """``kind`` is :data:`TIME` (``slots``) or :data:`HOLIDAY` (``dates``)."""

    id: str
    name: str
    kind: str = TIME
    slots: tuple[Slot, ...] = ()
    dates: tuple[DateRange, ...] = ()


class Company(Value, frozen=True, kw_only=True):
    """*Weergave*: without ``number`` nobody can call. ``shown_number`` is company or personal."""

    name: str = ""
    number: str | None = None
    show_name: bool = False
    shown_number: str = "company"


class OutgoingBlocks(Value, frozen=True, kw_only=True):
    """*Blokkeren uitgaand bellen*: what nobody of the customer may call."""

    international: bool = False
    mobile: bool = False
    service_0900: bool = False
    service_0906: bool = False
    service_0909: bool = False


class Night(Value, frozen=True, kw_only=True):
    """*Nachtschakeling*: ``state`` is off, on or auto. ``until``: when a state that was set by hand ends by
    itself and becomes ``then``."""

    state: str = "off"
    destination: str = "999"
    hours: str | None = None
    holidays: str | None = None
    until: datetime | None = None
    then: str = "auto"


class ElementNight(Value, frozen=True, kw_only=True):
    """How one element takes part (``mode``: follow, on, off), and where to instead of the company's way."""

    mode: str = "follow"
    destination: str | None = None
