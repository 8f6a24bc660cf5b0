"""A customer's telephony as pbx answers it: everything that is set up, and what of it is still a draft."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gateway.models.pbx_elements import Element, Group, Line, Menu, PbxUser
from gateway.models.pbx_settings import ALWAYS, Company, Night, OutgoingBlocks, Schedule, Value


class Config(Value, frozen=True, kw_only=True):
    """Everything that is set up; ``revision`` grows with each change."""

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

    def line(self, id: str) -> Line | None:
        return next((line for line in self.lines if line.id == id), None)

    def user(self, id: str) -> PbxUser | None:
        return next((user for user in self.users if user.id == id), None)

    def group(self, id: str) -> Group | None:
        return next((group for group in self.groups if group.id == id), None)

    def menu(self, id: str) -> Menu | None:
        return next((menu for menu in self.menus if menu.id == id), None)

    def schedule(self, id: str) -> Schedule | None:
        return next((schedule for schedule in self.schedules if schedule.id == id), None)

    def schedules_of(self, kind: str) -> list[Schedule]:
        """Those of one kind but for the built-in one, by name."""
        found = [one for one in self.schedules if one.kind == kind and one.id != ALWAYS]
        return sorted(found, key=lambda one: one.name.casefold())


class Place(Value, frozen=True, kw_only=True):
    """An element: ``kind`` is user, group, menu, line, company, …"""

    kind: str
    id: str
    name: str = ""


class Problem(Value, frozen=True, kw_only=True):
    """What is wrong with one field of the draft, and values that would do. Only a ``blocking`` one forbids
    publishing."""

    sentence: str
    where: Place
    field: str = ""
    choices: tuple[str, ...] = ()
    blocking: bool = True


class Draft(Value, frozen=True, kw_only=True):
    """What is changed and not published yet."""

    changes: int = 0
    problems: tuple[Problem, ...] = ()


class OwnNumber(Value, frozen=True, kw_only=True):
    """One of the customer's own numbers, E.164; ``used_by`` None is free."""

    number: str
    used_by: Place | None = None


class FraudBlock(Value, frozen=True, kw_only=True):
    """A class of outgoing calls (a call type) that the watch over fraud blocks until a person lifts it."""

    call_class: str
    since: datetime


class Sound(Value, frozen=True, kw_only=True):
    """An uploaded file; ``kind`` is greeting or music, ``used_by`` where it is played."""

    id: str
    name: str
    kind: str = "greeting"
    seconds: int = 0
    size: int = 0
    used_by: tuple[Place, ...] = ()


class Progress(Value, frozen=True, kw_only=True):
    """How far the checklist is: of what is required."""

    done: int = 0
    total: int = 0


class Pbx(Value, frozen=True, kw_only=True):
    """What a page of the area draws, and the revision that its forms are about. ``enabled``: the customer's
    PBX is there."""

    config: Config
    revision: int
    enabled: bool = True
    draft: Draft | None = None
    numbers: tuple[OwnNumber, ...] = ()
    files: tuple[Sound, ...] = ()
    fraud_blocks: tuple[FraudBlock, ...] = ()
    checklist: Progress | None = None

    def free_numbers(self, own: str | None = None) -> list[str]:
        """Numbers that nothing has, and the one that the element itself has."""
        return [one.number for one in self.numbers if one.used_by is None or one.number == own]

    def sounds(self, kind: str) -> list[Sound]:
        return [one for one in self.files if one.kind == kind]
