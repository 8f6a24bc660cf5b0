"""What can have a number or an extension: users, hunt groups, menus and lines (pbx's answers)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from gateway.models.pbx_settings import ALWAYS, ElementNight, Value

KEYS = tuple("0123456789*#")


class Forward(Value, frozen=True, kw_only=True):
    """A forward; ``rings`` counts only where nobody answers."""

    on: bool = False
    to: str = ""
    rings: int = 5


class Forwards(Value, frozen=True, kw_only=True):
    """*Doorschakelen*: direct, busy, no answer, no internet."""

    always: Forward = Forward()
    busy: Forward = Forward()
    no_answer: Forward = Forward()
    offline: Forward = Forward()


class Voicemail(Value, frozen=True, kw_only=True):
    """*Voicemail*; ``after`` the greeting: record, hangup or transfer."""

    on: bool = False
    email: str = ""
    copy_email: str = ""
    always: bool = False
    busy: bool = False
    no_answer: bool = True
    rings: int = 5
    greeting_busy: str | None = None
    greeting_no_answer: str | None = None
    after: str = "record"
    transfer_to: str = ""


class BlockRule(Value, frozen=True, kw_only=True):
    """*Specifieke blokkering*: ``callers`` is anonymous, unavailable or numbers."""

    id: str
    callers: str
    schedule: str = ALWAYS
    numbers: tuple[str, ...] = ()


class IncomingBlocks(Value, frozen=True, kw_only=True):
    """*Blokkeren inkomende nummers*."""

    all: bool = False
    anonymous: bool = False
    rules: tuple[BlockRule, ...] = ()


class PbxUser(Value, frozen=True, kw_only=True):
    """A person or a thing that rings as one; 999 is the company's voicemail."""

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


class Group(Value, frozen=True, kw_only=True):
    """*Belgroep*; ``members`` are users' IDs in their order, ``policy`` is circular, regular, simultaneous or
    uniform."""

    id: str
    name: str
    first_name: str = ""
    last_name: str = ""
    number: str | None = None
    extension: str | None = None
    members: tuple[str, ...] = ()
    policy: str = "regular"
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


class Key(Value, frozen=True, kw_only=True):
    """One key of a menu."""

    action: str = "none"
    to: str = ""
    description: str = ""
    file: str | None = None


class MenuSide(Value, frozen=True, kw_only=True):
    """A menu within, or outside, its working hours; keys of :data:`KEYS`."""

    greeting: str | None = None
    keys: Mapping[str, Key] = {}


class Menu(Value, frozen=True, kw_only=True):
    """*Keuzemenu*; ``name_order`` is last_first or first_last."""

    id: str
    name: str
    first_name: str = ""
    last_name: str = ""
    number: str | None = None
    extension: str | None = None
    name_order: str = "last_first"
    extension_dialling: bool = False
    first_key_seconds: int = 10
    hours: str = ALWAYS
    holidays: str | None = None
    open: MenuSide = MenuSide()
    closed: MenuSide = MenuSide()
    night: ElementNight = ElementNight()


class SimNumber(Value, frozen=True, kw_only=True):
    """A number that rings along; with ``confirm`` whoever answers presses a key."""

    number: str
    confirm: bool = False


class SimRing(Value, frozen=True, kw_only=True):
    """*Simring*; ``during_call``: also while the line itself is in a call."""

    on: bool = False
    numbers: tuple[SimNumber, ...] = ()
    during_call: bool = False


class Line(Value, frozen=True, kw_only=True):
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
