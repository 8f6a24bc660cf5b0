"""What one element needs to be whole, beside what :mod:`services.pbx.domain.rules` says of all together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, structs

from services.pbx.domain.config import (
    Action,
    AfterGreeting,
    BlockRule,
    Callers,
    IncomingBlocks,
    Line,
    MenuSide,
    Night,
    NightState,
    PbxUser,
    Schedule,
    ScheduleKind,
    SimRing,
)
from services.pbx.domain.schedules import can_be_on, states
from shared.words import gettext as _

_FILES = frozenset(("greeting", "greeting_busy", "greeting_no_answer", "file"))

Missing = Iterator[tuple[str, str]]
"""Dotted field and sentence."""


def demands(element: Any) -> dict[str, str]:
    """What is missing, by dotted field."""
    match element:
        case PbxUser():
            return dict([*_voicemail(element), *_blocks(element.blocks)])
        case Line():
            return dict([*_blocks(element.blocks), *_simring(element.simring)])
        case Schedule():
            return dict(_schedule(element))
        case Night():
            return dict(_night(element))
        case MenuSide():
            return dict(_keys(element))
    return {}


def _voicemail(user: PbxUser) -> Missing:
    """A user's messages go by mail only; without a message there is nothing to mail."""
    box = user.voicemail
    if box.on and box.after is AfterGreeting.RECORD and not box.email:
        yield "voicemail.email", _("Vul een e-mailadres in: daar gaan de berichten heen.")


def _blocks(blocks: IncomingBlocks) -> Missing:
    for index, rule in enumerate(blocks.rules):
        if _lists_nobody(rule):
            yield f"blocks.rules.{index}.numbers", _("Vul een of meer nummers in.")


def _lists_nobody(rule: BlockRule) -> bool:
    return rule.callers is Callers.NUMBERS and not rule.numbers


def _simring(simring: SimRing) -> Missing:
    if simring.on and not simring.numbers:
        yield "simring.numbers", _("Vul een of meer nummers in die mee overgaan.")


def _schedule(schedule: Schedule) -> Missing:
    if schedule.kind is ScheduleKind.HOLIDAY:
        for index, span in enumerate(schedule.dates):
            if span.last < span.first:
                yield f"dates.{index}.last", _("De laatste dag ligt voor de eerste.")
        return
    if not schedule.slots:
        yield "slots", _("Kies op welke dagen dit schema geldt.")
    for index, slot in enumerate(schedule.slots):
        if (slot.start is None) != (slot.end is None):
            missing = "start" if slot.start is None else "end"
            yield f"slots.{index}.{missing}", _("Vul een begin en een einde in, of kies de hele dag.")
        elif slot.start is not None and slot.start == slot.end:
            yield f"slots.{index}.end", _("Het einde is gelijk aan het begin. Kies dan de hele dag.")


def _night(night: Night) -> Missing:
    if can_be_on(night) and not night.destination:
        yield "destination", _("Vul in waar gesprekken heen gaan als de nachtstand aan is.")
    if NightState.AUTO in states(night) and not night.hours:
        yield "hours", _("Kies de werktijden: daarbuiten staat de nachtstand aan.")


def _keys(side: MenuSide) -> Missing:
    for symbol, key in side.keys.items():
        if key.action is Action.PLAY and not key.file:
            yield f"keys.{symbol}.file", _("Kies het bericht dat u wilt afspelen.")


def files_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(dotted field, ID) of every uploaded sound that a value names."""
    if isinstance(value, Struct):
        for field in structs.fields(value):
            inner = getattr(value, field.name)
            here = f"{path}.{field.name}".strip(".")
            if field.name in _FILES:
                if inner:
                    yield here, inner
            else:
                yield from files_in(inner, here)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from files_in(inner, f"{path}.{name}")
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from files_in(inner, f"{path}.{index}")
