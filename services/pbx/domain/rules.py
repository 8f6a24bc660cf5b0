"""What a configuration must be to make sense: numbers and extensions used once, and references that exist.

Extensions have 2 to 4 digits and mean nothing else on the network (not 0…, 112, 113, 14xx, 18xx, 1233).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from services.pbx.domain.config import ALWAYS, Config, Element, Line, Schedule, ScheduleKind
from services.pbx.domain.exits import Exit, exits, schedule_uses
from services.pbx.domain.routing.classes import is_emergency, is_outside, reserved
from services.pbx.domain.routing.directory import Directory, directory, ref
from services.pbx.domain.routing.values import Kind, Ref
from shared.phone_numbers import party
from shared.words import gettext as _

_EXTENSION = re.compile(r"[1-9][0-9]{1,3}", re.ASCII)
_CHOICES = 3


class Problem(Struct, frozen=True):
    """What is wrong with one field, and values that would do. Only a ``blocking`` one forbids publishing;
    the others make an element useless."""

    where: Ref
    field: str
    sentence: str
    choices: tuple[str, ...] = ()
    blocking: bool = True


def problems(config: Config, owned_numbers: Collection[str]) -> list[Problem]:
    """Everything that is wrong, element by element; ``owned_numbers``: the customer's own, in E.164."""
    owned = frozenset(owned_numbers)
    return [
        *_company_problems(config, owned),
        *_extension_problems(config),
        *_number_problems(config, owned),
        *_unreachable(config),
        *_destination_problems(config),
        *_member_problems(config),
        *_schedule_problems(config),
    ]


def _company_problems(config: Config, owned: frozenset[str]) -> Iterator[Problem]:
    number = config.company.number
    if number and number not in owned:
        where = Ref(Kind.COMPANY, "company", _("het bedrijfsnummer"))
        yield Problem(where, "number", not_owned(number), _free_numbers(config, owned))


def _extension_problems(config: Config) -> Iterator[Problem]:
    owners: dict[str, Element] = {}
    for element in config.elements():
        extension = element.extension
        if not extension:
            continue
        wrong = extension_problem(extension)
        if wrong:
            yield Problem(ref(element), "extension", wrong, free_extensions(config, extension))
        elif extension in owners:
            free = free_extensions(config, extension)
            yield Problem(
                ref(element), "extension", taken(extension, ref(owners[extension]).name, free), free
            )
        owners.setdefault(extension, element)


def extension_problem(extension: str) -> str | None:
    """What is wrong with an extension by itself."""
    if not _EXTENSION.fullmatch(extension):
        return _("Een extensie heeft 2, 3 of 4 cijfers en begint niet met een 0.")
    if reserved(extension):
        return _("%(extension)s heeft op het telefoonnet al een betekenis.", extension=extension)
    return None


def taken(what: str, owner: str, free: tuple[str, ...]) -> str:
    """*209 is al van Receptie. Vrij zijn 210, 211 en 212.*"""
    said = _("%(number)s is al van %(owner)s.", number=what, owner=owner)
    if not free:
        return said
    if len(free) == 1:
        return _("%(said)s Vrij is %(free)s.", said=said, free=free[0])
    first, last = ", ".join(free[:-1]), free[-1]
    return _("%(said)s Vrij zijn %(first)s en %(last)s.", said=said, first=first, last=last)


def free_extensions(config: Config, near: str) -> tuple[str, ...]:
    """Three free extensions, as many digits long as the wanted one and the first above it."""
    used = {element.extension for element in config.elements()}
    length = min(max(len(near), 2), 4) if near.isascii() and near.isdecimal() else 3
    low, high = 10 ** (length - 1), 10**length
    start = int(near) if len(near) == length and near.isascii() and near.isdecimal() else low
    found: list[str] = []
    for number in (*range(max(start, low), high), *range(low, max(start, low))):
        text = str(number)
        if text not in used and not reserved(text):
            found.append(text)
            if len(found) == _CHOICES:
                break
    return tuple(found)


def _number_problems(config: Config, owned: frozenset[str]) -> Iterator[Problem]:
    owners: dict[str, Element] = {}
    for element in config.elements():
        number = element.number
        if not number:
            continue
        if number not in owned and isinstance(element, Line):
            # Staff alone can mend it: until they do, the customer publishes everything else.
            yield Problem(ref(element), "number", _lost(number), blocking=False)
        elif number not in owned:
            yield Problem(ref(element), "number", not_owned(number), _free_numbers(config, owned))
        elif number in owners:
            free = _free_numbers(config, owned)
            sentence = taken(party(number), ref(owners[number]).name, tuple(map(party, free)))
            yield Problem(ref(element), "number", sentence, free)
        owners.setdefault(number, element)


def not_owned(number: str) -> str:
    """For who chooses a number."""
    return _("%(number)s is nu geen nummer van u. Kies een van uw eigen nummers.", number=party(number))


def _lost(number: str) -> str:
    return _(
        "%(number)s is nu geen nummer van u. Vraag uw leverancier om een ander nummer voor deze telefoon.",
        number=party(number),
    )


def _free_numbers(config: Config, owned: frozenset[str]) -> tuple[str, ...]:
    used = {element.number for element in config.elements()}
    return tuple(sorted(owned - used))[:_CHOICES]


def _unreachable(config: Config) -> Iterator[Problem]:
    """Groups and menus that nobody can call; a user without either can be in use all the same."""
    elements: tuple[Element, ...] = (*config.groups, *config.menus)
    for element in elements:
        if element.number or element.extension:
            continue
        sentence = _(
            "%(name)s heeft geen telefoonnummer en geen extensie: kies een van beide.",
            name=_capital(ref(element).name),
        )
        yield Problem(ref(element), "extension", sentence, free_extensions(config, ""), blocking=False)


def _destination_problems(config: Config) -> Iterator[Problem]:
    book = directory(config)
    for way_out in exits(config):
        wrong = destination_problem(book, way_out)
        if wrong:
            yield Problem(way_out.source, way_out.field, wrong)


def destination_problem(book: Directory, way_out: Exit) -> str | None:
    """What is wrong with where a way out leads."""
    found, number = book.find(way_out.to)
    if not way_out.to.strip():
        return _("%(cause)s heeft geen bestemming. Vul een nummer of extensie in.", cause=way_out.cause)
    if is_emergency(number):
        return _("Naar een noodnummer kan niet worden doorgeschakeld.")
    if found is not None or is_outside(number):
        return None
    return _(
        "%(cause)s: %(to)s bestaat niet in uw telefooncentrale en is geen telefoonnummer.",
        cause=way_out.cause,
        to=way_out.to,
    )


def _member_problems(config: Config) -> Iterator[Problem]:
    users = directory(config).users
    for group in config.groups:
        for member in group.members:
            user = users.get(member)
            if user is None:
                yield Problem(ref(group), "members", _("Een lid van deze groep bestaat niet meer."))
            elif not user.number and not user.extension:
                sentence = _(
                    "%(name)s heeft geen telefoonnummer en geen extensie en kan daarom geen lid zijn.",
                    name=user.name,
                )
                yield Problem(ref(group), "members", sentence)
        if len(set(group.members)) < len(group.members):
            yield Problem(ref(group), "members", _("Een gebruiker is maar één keer lid van een groep."))


def _schedule_problems(config: Config) -> Iterator[Problem]:
    known = {schedule.id: schedule for schedule in config.schedules}
    for where, field, schedule_id, kind in schedule_uses(config):
        wrong = _schedule_problem(known.get(schedule_id), kind)
        if schedule_id != ALWAYS and wrong:
            yield Problem(where, field, wrong)


def _schedule_problem(schedule: Schedule | None, kind: ScheduleKind) -> str | None:
    if schedule is None:
        return _("Dit schema bestaat niet meer. Kies een ander.")
    if schedule.kind is kind:
        return None
    if kind is ScheduleKind.TIME:
        return _("%(name)s is een vakantieschema. Kies hier een tijdschema.", name=schedule.name)
    return _("%(name)s is een tijdschema. Kies hier een vakantieschema.", name=schedule.name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
