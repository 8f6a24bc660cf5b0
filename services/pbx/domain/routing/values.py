"""What the engine is asked and what it answers. All of it can be written as JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct, structs

from services.pbx.domain.config import Base


class Kind(StrEnum):
    """What an element of the number plan is."""

    USER = "user"
    GROUP = "group"
    MENU = "menu"
    LINE = "line"
    COMPANY = "company"
    NUMBER = "number"
    OUTSIDE = "outside"


class Ref(Struct, frozen=True):
    """An element by its kind and ID, and its name as users read it. Outside numbers are their own ID."""

    kind: Kind
    id: str
    name: str


class Direction(StrEnum):
    """From the public network, between the customer's own people, or by them to the public network."""

    IN = "in"
    INTERNAL = "internal"
    OUT = "out"


class Call(Base, frozen=True, kw_only=True):
    """A call as it comes to us.

    ``caller`` is a party as people or carriers write it, or ``user:ID`` / ``line:ID`` for somebody of the
    customer. ``key_presses``: what the caller presses at each invitation to press, in one go and without
    a pause (``("2",)``, ``("201",)``); ``""`` is silence, as is everything after the last.
    """

    caller: str
    called: str
    direction: Direction = Direction.IN
    key_presses: tuple[str, ...] = ()


class Full(Base, frozen=True, kw_only=True):
    """The customer may have no more calls abroad than the ``most`` that there are; None: how many there are
    could not be known."""

    most: int | None = None


class Present(Base, frozen=True, kw_only=True):
    """Who of a group can be reached, and who of them is in a call."""

    registered: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()


class State(Base, frozen=True, kw_only=True):
    """Who can be reached now, by IDs of users and lines, and how the groups' last calls went; ``full``: no
    call may go abroad now. ``offered``: members of a group that the caller waits for, as they were when the
    call was offered to them; what came before that group knows everybody as they were when the call came."""

    registered: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()
    last_answered: Mapping[str, str] = {}
    last_answered_at: Mapping[str, Mapping[str, datetime]] = {}
    full: Full | None = None
    offered: Mapping[str, Present] = {}

    def of(self, group_id: str) -> Present:
        """Who can be reached when this group is called."""
        return self.offered.get(group_id) or Present(registered=self.registered, busy=self.busy)

    def offering(self, group_id: str, members: Collection[str], now: State) -> State:
        """The same, but for a group with these members: that is as it is ``now``."""
        there = Present(registered=now.registered.intersection(members), busy=now.busy.intersection(members))
        last, at = dict(self.last_answered), dict(self.last_answered_at)
        if group_id in now.last_answered:
            last[group_id] = now.last_answered[group_id]
        if group_id in now.last_answered_at:
            at[group_id] = now.last_answered_at[group_id]
        return structs.replace(self, last_answered=last, last_answered_at=at, offered={group_id: there})


class Target(Base, frozen=True, kw_only=True):
    """One telephone that rings: a user's or line's, or an outside number. ``confirm``: whoever answers must
    press a key; ``waiting``: the user is in a call already and hears that another waits."""

    user: str | None = None
    number: str | None = None
    confirm: bool = False
    waiting: bool = False


class Step(Base, frozen=True, kw_only=True, tag_field="step"):
    """One thing that happens; the next happens if nobody answered. ``at``: seconds from the start."""

    at: int


class Ring(Step, frozen=True, kw_only=True, tag="ring"):
    """Telephones ring, all at once. ``shows``: where the call comes from, on their displays."""

    targets: tuple[Target, ...]
    seconds: int
    shows: str = ""
    group: str | None = None


class Wait(Step, frozen=True, kw_only=True, tag="wait"):
    """The caller hears music, and is offered to a member of the group who becomes free."""

    group: str
    seconds: int
    music: str | None = None


class Prompt(Step, frozen=True, kw_only=True, tag="prompt"):
    """A menu speaks. ``keys``: what each does; ``expects``: ``key``, ``extension``, ``name``, or ``choice``
    of the persons in ``names``; ``pressed``: what this caller pressed, None for silence."""

    menu: str
    side: str
    greeting: str | None
    keys: Mapping[str, str] = {}
    expects: str = "key"
    seconds: int = 0
    pressed: str | None = None
    names: tuple[str, ...] = ()


class Announce(Step, frozen=True, kw_only=True, tag="announce"):
    """The caller hears a text or an uploaded sound."""

    text: str = ""
    file: str | None = None
    seconds: int = 0


class Voicemail(Step, frozen=True, kw_only=True, tag="voicemail"):
    """A voicemail answers. Without ``record`` the caller only hears the greeting."""

    user: str
    greeting: str | None
    busy: bool
    record: bool


class Mailbox(Step, frozen=True, kw_only=True, tag="mailbox"):
    """The owner listens to a voicemail and speaks its greeting (1233)."""

    line: str


class Transfer(Step, frozen=True, kw_only=True, tag="transfer"):
    """The call goes to the public network. ``shown``: the number that is seen there, ``anon`` for none;
    ``name``: the name; ``on_behalf``: the customer's own number that pays."""

    to: str
    shown: str | None = None
    name: str = ""
    on_behalf: str | None = None


class HangUp(Step, frozen=True, kw_only=True, tag="hangup"):
    """An answered call ends."""


class Busy(Step, frozen=True, kw_only=True, tag="busy"):
    """The caller hears the busy tone (SIP 486)."""

    reason: str
    code: int = 486


class Reject(Step, frozen=True, kw_only=True, tag="reject"):
    """The call is refused with a SIP code, such as 480, 482 or 603."""

    code: int
    reason: str


AnyStep: TypeAlias = Ring | Wait | Prompt | Announce | Voicemail | Mailbox | Transfer | HangUp | Busy | Reject


class End(StrEnum):
    """How a call ends that nobody of the customer answers."""

    VOICEMAIL = "voicemail"
    MAILBOX = "mailbox"
    TRANSFER = "transfer"
    HANG_UP = "hangup"
    BUSY = "busy"
    REJECT = "reject"


class Trace(Struct, frozen=True):
    """One line of the story: what happened and why, in Dutch; not ``taken``: it was passed over.
    ``step`` is the index of the step that it is about, if any."""

    at: int
    what: str
    why: str
    element: Ref | None = None
    taken: bool = True
    step: int | None = None


class Plan(Base, frozen=True, kw_only=True):
    """Everything that happens when nobody answers, in order; ``code`` is the final SIP code (200: answered).
    ``path``: the elements the call went through, for the picture."""

    steps: tuple[AnyStep, ...]
    end: End
    code: int
    reason: str
    trace: tuple[Trace, ...]
    path: tuple[Ref, ...] = ()
