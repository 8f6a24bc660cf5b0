"""What a customer has set up: the whole of its telephony settings, as one value.

A version of it is a document; it is changed by making a new one. People are *users*, the short numbers
they dial inside are *extensions*, and a destination is written as people write it: an extension, or a
number in E.164. IDs are random; ``greeting`` and ``file`` name an uploaded sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

ALWAYS = "always"
"""The built-in schedule *Elke dag, de hele dag*; it cannot be deleted."""

COMPANY_VOICEMAIL = "999"
"""The extension of the company's voicemail, and where night mode leads when nothing else is chosen."""


class Base(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Values that are written without what stands at its default."""


class ScheduleKind(StrEnum):
    """What a schedule lists: hours of the week, or days of the year."""

    TIME = "time"
    HOLIDAY = "holiday"


class Slot(Base, frozen=True, kw_only=True):
    """Hours on some days of the week (0 is Monday), on the Dutch clock, half-open; without hours the whole
    day. An ``end`` before the ``start`` is on the next day, and belongs to the day of the start."""

    days: tuple[int, ...]
    start: str | None = None
    end: str | None = None


class DateRange(Base, frozen=True, kw_only=True):
    """Days of the year, both included."""

    first: date
    last: date
    name: str = ""


class Schedule(Base, frozen=True, kw_only=True):
    """A named time schedule (``slots``) or holiday schedule (``dates``)."""

    id: str
    name: str
    kind: ScheduleKind = ScheduleKind.TIME
    slots: tuple[Slot, ...] = ()
    dates: tuple[DateRange, ...] = ()


class ShownNumber(StrEnum):
    """Which number others see when a user calls them."""

    COMPANY = "company"
    PERSONAL = "personal"


class Company(Base, frozen=True, kw_only=True):
    """*Weergave*: without ``number`` nobody can call."""

    name: str = ""
    number: str | None = None
    show_name: bool = False
    shown_number: ShownNumber = ShownNumber.COMPANY


class OutgoingBlocks(Base, frozen=True, kw_only=True):
    """*Blokkeren uitgaand bellen*: classes that nobody of the customer may call. Emergency always passes."""

    international: bool = False
    mobile: bool = False
    service_0900: bool = False
    service_0906: bool = False
    service_0909: bool = False


class NightState(StrEnum):
    """*Nachtstand*; automatic is on outside the hours and during the holidays."""

    OFF = "off"
    ON = "on"
    AUTO = "auto"


class Night(Base, frozen=True, kw_only=True):
    """*Nachtschakeling* of the company. ``until``: when a state that was set by hand ends by itself."""

    state: NightState = NightState.OFF
    destination: str = COMPANY_VOICEMAIL
    hours: str | None = None
    holidays: str | None = None
    until: datetime | None = None
    then: NightState = NightState.AUTO


class Follow(StrEnum):
    """Whether one element takes part in the night mode."""

    COMPANY = "follow"
    ON = "on"
    OFF = "off"


class ElementNight(Base, frozen=True, kw_only=True):
    """``destination``: instead of the company's."""

    mode: Follow = Follow.COMPANY
    destination: str | None = None


class Forward(Base, frozen=True, kw_only=True):
    """A forward; ``rings`` counts only where nobody answers."""

    on: bool = False
    to: str = ""
    rings: int = 5


class Forwards(Base, frozen=True, kw_only=True):
    """*Doorschakelen*: direct, busy, no answer, no internet (not registered)."""

    always: Forward = Forward()
    busy: Forward = Forward()
    no_answer: Forward = Forward()
    offline: Forward = Forward()


class AfterGreeting(StrEnum):
    """What a voicemail does when its greeting has been played."""

    RECORD = "record"
    HANG_UP = "hangup"
    TRANSFER = "transfer"


class Voicemail(Base, frozen=True, kw_only=True):
    """*Voicemail*; preset: when there is no answer after 5 rings."""

    on: bool = False
    email: str = ""
    copy_email: str = ""
    always: bool = False
    busy: bool = False
    no_answer: bool = True
    rings: int = 5
    greeting_busy: str | None = None
    greeting_no_answer: str | None = None
    after: AfterGreeting = AfterGreeting.RECORD
    transfer_to: str = ""


class Callers(StrEnum):
    """Whom a block is about."""

    ANONYMOUS = "anonymous"
    UNAVAILABLE = "unavailable"
    NUMBERS = "numbers"


class BlockRule(Base, frozen=True, kw_only=True):
    """*Specifieke blokkering*: these callers, during this schedule."""

    id: str
    callers: Callers
    schedule: str = ALWAYS
    numbers: tuple[str, ...] = ()


class IncomingBlocks(Base, frozen=True, kw_only=True):
    """*Blokkeren inkomende nummers*."""

    all: bool = False
    anonymous: bool = False
    rules: tuple[BlockRule, ...] = ()


class PbxUser(Base, frozen=True, kw_only=True):
    """A person, or a thing that rings or answers as one: a fax, the company's voicemail (999)."""

    id: str
    username: str
    first_name: str = ""
    last_name: str = ""
    number: str | None = None
    extension: str | None = None
    device: str | None = None
    hide_number: bool = False
    call_waiting: bool = False
    voicemail: Voicemail = Voicemail()
    forwards: Forwards = Forwards()
    night: ElementNight = ElementNight()
    blocks: IncomingBlocks = IncomingBlocks()

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.username


class Policy(StrEnum):
    """*Gespreksverdeling*: in which order the members of a group are called."""

    CIRCULAR = "circular"
    REGULAR = "regular"
    SIMULTANEOUS = "simultaneous"
    UNIFORM = "uniform"


class Group(Base, frozen=True, kw_only=True):
    """A hunt group; ``members`` are IDs of users, in their order."""

    id: str
    name: str
    first_name: str = ""
    last_name: str = ""
    number: str | None = None
    extension: str | None = None
    members: tuple[str, ...] = ()
    policy: Policy = Policy.REGULAR
    next_on: bool = True
    next_rings: int = 3
    wait_on: bool = False
    wait_seconds: int = 60
    overflow_to: str = ""
    busy_to: str = ""
    offline_on: bool = False
    offline_to: str = ""
    busy_tone: bool = False
    night: ElementNight = ElementNight()


class Action(StrEnum):
    """What a key of a menu does, in the manual's order."""

    REPEAT = "repeat"
    TRANSFER_ANNOUNCED = "transfer_announced"
    TRANSFER = "transfer"
    OPERATOR = "operator"
    NAME = "name"
    EXTENSION = "extension"
    PLAY = "play"
    HANG_UP = "hangup"
    NONE = "none"


KEYS = tuple("0123456789*#")


class Key(Base, frozen=True, kw_only=True):
    """One key; ``to`` for transfers and the operator, ``file`` for a message."""

    action: Action = Action.NONE
    to: str = ""
    description: str = ""
    file: str | None = None


class MenuSide(Base, frozen=True, kw_only=True):
    """A menu within, or outside, its working hours."""

    greeting: str | None = None
    keys: Mapping[str, Key] = {}


class NameOrder(StrEnum):
    """*Naambellen*: how a caller spells a name."""

    LAST_FIRST = "last_first"
    FIRST_LAST = "first_last"


class Menu(Base, frozen=True, kw_only=True):
    """An auto attendant. ``extension_dialling``: an extension may be dialled at once, without a key for it;
    ``first_key_seconds``: silence that long (1 to 60) is no choice."""

    id: str
    name: str
    first_name: str = ""
    last_name: str = ""
    number: str | None = None
    extension: str | None = None
    name_order: NameOrder = NameOrder.LAST_FIRST
    extension_dialling: bool = False
    first_key_seconds: int = 10
    hours: str = ALWAYS
    holidays: str | None = None
    open: MenuSide = MenuSide()
    closed: MenuSide = MenuSide()
    night: ElementNight = ElementNight()


class SimNumber(Base, frozen=True, kw_only=True):
    """A number that rings along; with ``confirm`` whoever answers must press a key."""

    number: str
    confirm: bool = False


class SimRing(Base, frozen=True, kw_only=True):
    """*Simring*; ``during_call``: also while the line itself is in a call."""

    on: bool = False
    numbers: tuple[SimNumber, ...] = ()
    during_call: bool = False


class Line(Base, frozen=True, kw_only=True):
    """A telephone line without a PBX (*Telefoon*)."""

    id: str
    number: str
    name: str = ""
    main_number: str | None = None
    extension: str | None = None
    hide_number: bool = False
    voicemail: Voicemail = Voicemail()
    forwards: Forwards = Forwards()
    blocks: IncomingBlocks = IncomingBlocks()
    simring: SimRing = SimRing()


Element: TypeAlias = PbxUser | Group | Menu | Line


class Config(Base, frozen=True, kw_only=True):
    """Everything; ``revision`` grows with each version. ``ring_seconds``: how long one ring takes."""

    revision: int = 0
    ring_seconds: int = 6
    company: Company = Company()
    outgoing: OutgoingBlocks = OutgoingBlocks()
    night: Night = Night()
    schedules: tuple[Schedule, ...] = ()
    music: str | None = None
    users: tuple[PbxUser, ...] = ()
    groups: tuple[Group, ...] = ()
    menus: tuple[Menu, ...] = ()
    lines: tuple[Line, ...] = ()

    def elements(self) -> Iterator[Element]:
        """All that can have a number or an extension."""
        yield from self.users
        yield from self.groups
        yield from self.menus
        yield from self.lines
