"""Every way out of every element, with the field it is set in: what rules, checks and the picture read."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from services.pbx.domain.config import (
    Action,
    AfterGreeting,
    Config,
    Element,
    Follow,
    Group,
    Line,
    Menu,
    MenuSide,
    PbxUser,
    ScheduleKind,
    Voicemail,
)
from services.pbx.domain.routing.directory import ref
from services.pbx.domain.routing.values import Kind, Ref
from services.pbx.domain.schedules import can_be_on
from shared.words import gettext as _

TRANSFERS = frozenset((Action.TRANSFER, Action.TRANSFER_ANNOUNCED, Action.OPERATOR))


class Exit(Struct, frozen=True):
    """A destination that is set and on. ``field``: its path in the element; ``key``: of a menu; ``night``:
    taken by the night mode only."""

    source: Ref
    field: str
    cause: str
    to: str
    key: str = ""
    side: str = ""
    night: bool = False


def company(config: Config) -> Ref:
    return Ref(Kind.COMPANY, "night", _("de nachtschakeling"))


def exits(config: Config) -> Iterator[Exit]:
    """All of them, the company's night mode first."""
    if can_be_on(config.night) or any(_takes_part(known) for known in config.elements()):
        yield Exit(company(config), "destination", _("Nachtschakeling"), config.night.destination, night=True)
    for element in config.elements():
        yield from exits_of(element)


def _takes_part(element: Element) -> bool:
    return not isinstance(element, Line) and element.night.mode is Follow.ON


def exits_of(element: Element) -> Iterator[Exit]:
    """The ways out of one element."""
    about = ref(element)
    if isinstance(element, Group):
        yield from _of_group(about, element)
    elif isinstance(element, Menu):
        yield from _of_side(about, "open", element.open)
        yield from _of_side(about, "closed", element.closed)
    else:
        yield from _of_person(about, element)
    if not isinstance(element, Line) and element.night.mode is not Follow.OFF and element.night.destination:
        yield Exit(about, "night.destination", _("Nachtschakeling"), element.night.destination, night=True)


def _of_person(about: Ref, owner: PbxUser | Line) -> Iterator[Exit]:
    causes = {
        "always": _("Direct doorschakelen"),
        "busy": _("Doorschakelen indien bezet"),
        "no_answer": _("Doorschakelen bij geen gehoor"),
        "offline": _("Doorschakelen indien geen internet"),
    }
    for name, cause in causes.items():
        forward = getattr(owner.forwards, name)
        if forward.on:
            yield Exit(about, f"forwards.{name}.to", cause, forward.to)
    if transfers(owner.voicemail):
        cause = _("Doorverbinden na de begroeting")
        yield Exit(about, "voicemail.transfer_to", cause, owner.voicemail.transfer_to)
    if isinstance(owner, Line) and owner.simring.on:
        for index, along in enumerate(owner.simring.numbers):
            yield Exit(about, f"simring.numbers.{index}.number", _("Simring"), along.number)


def transfers(box: Voicemail) -> bool:
    return box.on and box.after is AfterGreeting.TRANSFER


def _of_group(about: Ref, group: Group) -> Iterator[Exit]:
    if group.overflow_to or group.wait_on:
        yield Exit(about, "overflow_to", _("Doorschakelen na wachttijd"), group.overflow_to)
    if group.busy_to:
        yield Exit(about, "busy_to", _("Doorschakelen indien bezet"), group.busy_to)
    if group.offline_on:
        yield Exit(about, "offline_to", _("Doorschakelen indien geen internet"), group.offline_to)


def _of_side(about: Ref, name: str, side: MenuSide) -> Iterator[Exit]:
    for symbol, key in side.keys.items():
        if key.action in TRANSFERS:
            cause = _("Toets %(key)s", key=symbol)
            yield Exit(about, f"{name}.keys.{symbol}.to", cause, key.to, key=symbol, side=name)


def schedule_uses(config: Config) -> Iterator[tuple[Ref, str, str, ScheduleKind]]:
    """(where, field, schedule ID, kind that fits there) of every schedule that is chosen."""
    night, time, holiday = company(config), ScheduleKind.TIME, ScheduleKind.HOLIDAY
    if config.night.hours:
        yield night, "hours", config.night.hours, time
    if config.night.holidays:
        yield night, "holidays", config.night.holidays, holiday
    for menu in config.menus:
        yield ref(menu), "hours", menu.hours, time
        if menu.holidays:
            yield ref(menu), "holidays", menu.holidays, holiday
    owners: tuple[PbxUser | Line, ...] = (*config.users, *config.lines)
    for owner in owners:
        for rule in owner.blocks.rules:
            yield ref(owner), "blocks.rules", rule.schedule, time
