"""The check of a number plan: what callers will run into, in plain words, with where to mend it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from services.pbx.domain.config import ALWAYS, Action, Config, Group, Line, Menu, MenuSide, PbxUser, Policy
from services.pbx.domain.exits import Exit, exits
from services.pbx.domain.loops import loops
from services.pbx.domain.routing.classes import is_blocked, is_outside, normalise, out_class
from services.pbx.domain.routing.directory import directory, label, ref
from services.pbx.domain.routing.groups import waiting_time
from services.pbx.domain.routing.trip import CLASS_NAMES
from services.pbx.domain.routing.values import Kind, Ref
from services.pbx.domain.rules import destination_problem
from services.pbx.domain.schedules import find
from shared.phone_numbers import party
from shared.words import gettext as _


class Code(StrEnum):
    """What kind of finding it is."""

    LOOP = "LOOP"
    DEAD_END = "DEAD_END"
    UNKNOWN_DESTINATION = "UNKNOWN_DESTINATION"
    UNREACHABLE_MEMBER = "UNREACHABLE_MEMBER"
    DUPLICATE_NUMBER = "DUPLICATE_NUMBER"
    FORWARD_BLOCKED = "FORWARD_BLOCKED"
    KEY_OVERLAPS_EXTENSION = "KEY_OVERLAPS_EXTENSION"
    NO_OVERFLOW = "NO_OVERFLOW"
    NO_COMPANY_NUMBER = "NO_COMPANY_NUMBER"
    NO_OPERATOR = "NO_OPERATOR"
    NO_NUMBER = "NO_NUMBER"
    NO_MEMBERS = "NO_MEMBERS"
    NIGHT_ENDS = "NIGHT_ENDS"
    UNUSED_NUMBER = "UNUSED_NUMBER"


class Severity(StrEnum):
    """An error forbids publishing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Struct, frozen=True):
    """``field``: where in the element it is mended, and ``mend``: the words of the link to it."""

    code: Code
    severity: Severity
    element: Ref
    sentence: str
    field: str = ""
    mend: str = ""


def check(
    config: Config,
    owned_numbers: Collection[str],
    now: datetime,
    registered: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """All findings, errors first. ``registered``: IDs of users and lines whose telephones are, if known."""
    found = [
        *_company(config, owned_numbers),
        *_duplicates(config),
        *_loops(config),
        *_destinations(config, frozenset(owned_numbers)),
        *_people(config, registered),
        *(finding for group in config.groups for finding in _group(config, group)),
        *(finding for menu in config.menus for finding in _menu(config, menu)),
        *_night(config, now),
        *_unused(config, owned_numbers),
    ]
    return tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))


def _company(config: Config, owned: Collection[str]) -> Iterator[Finding]:
    about = Ref(Kind.COMPANY, "company", _("het bedrijfsnummer"))
    number = config.company.number
    if not number:
        if config.users:
            sentence = _("Er is geen bedrijfsnummer ingesteld. Zonder bedrijfsnummer kan niemand bellen.")
            mend = _("Kies een bedrijfsnummer")
            yield Finding(Code.NO_COMPANY_NUMBER, Severity.ERROR, about, sentence, "number", mend)
    elif number in owned and directory(config).find(number)[0] is None:
        sentence = _("Wie het bedrijfsnummer %(number)s belt, bereikt niemand.", number=party(number))
        mend = _("Geef het aan een keuzemenu, belgroep of gebruiker")
        yield Finding(Code.DEAD_END, Severity.WARNING, about, sentence, "number", mend)


def _duplicates(config: Config) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for element in config.elements():
        for field, value in (("number", element.number), ("extension", element.extension)):
            if not value:
                continue
            key = normalise(value) if field == "number" else f"ext:{value}"
            if key in owners:
                shown = party(key) if field == "number" else value
                sentence = _(
                    "%(number)s is van %(first)s en ook van %(second)s.",
                    number=shown,
                    first=owners[key],
                    second=label(element),
                )
                mend = _("Kies een ander nummer")
                yield Finding(Code.DUPLICATE_NUMBER, Severity.ERROR, ref(element), sentence, field, mend)
            owners.setdefault(key, label(element))


def _loops(config: Config) -> Iterator[Finding]:
    for loop in loops(config):
        names = " → ".join(label(element) for element in (*loop, loop[0]))
        sentence = _("Een gesprek kan rond blijven gaan: %(names)s.", names=names)
        yield Finding(Code.LOOP, Severity.ERROR, ref(loop[0]), sentence, "", _("Verander een bestemming"))


def _destinations(config: Config, owned: frozenset[str]) -> Iterator[Finding]:
    book = directory(config)
    for way in exits(config):
        wrong = destination_problem(book, way)
        found, number = book.find(way.to)
        if wrong is not None:
            yield _destination(Code.UNKNOWN_DESTINATION, way, f"{_capital(way.source.name)}: {wrong}")
        elif found is None and number in owned:
            sentence = _(
                "%(name)s: %(cause)s leidt naar %(number)s, en dat nummer bereikt niemand.",
                **_of(way, number),
            )
            yield _destination(Code.UNKNOWN_DESTINATION, way, sentence)
        elif found is None and is_outside(number) and is_blocked(config.outgoing, number):
            sentence = _(
                "%(name)s: %(cause)s naar %(number)s werkt niet, want %(kind)s zijn geblokkeerd.",
                kind=CLASS_NAMES[out_class(number)],
                **_of(way, number),
            )
            yield _destination(Code.FORWARD_BLOCKED, way, sentence)


def _destination(code: Code, way: Exit, sentence: str) -> Finding:
    return Finding(code, Severity.ERROR, way.source, sentence, way.field, _("Kies een andere bestemming"))


def _of(way: Exit, number: str) -> dict[str, str]:
    return {"name": _capital(way.source.name), "cause": way.cause, "number": party(number)}


def _people(config: Config, registered: Collection[str] | None) -> Iterator[Finding]:
    voicemail = directory(config).company_voicemail
    for user in config.users:
        if not user.number and not user.extension:
            sentence = _(
                "%(name)s heeft geen telefoonnummer en geen extensie en kan niet bellen.", name=label(user)
            )
            mend = _("Geef een extensie")
            yield Finding(Code.NO_NUMBER, Severity.WARNING, ref(user), sentence, "extension", mend)
        if user is voicemail and not user.voicemail.on:
            sentence = _("De bedrijfsvoicemail staat uit: wie er komt, hoort niets.")
            mend = _("Zet voicemail aan")
            yield Finding(Code.DEAD_END, Severity.ERROR, ref(user), sentence, "voicemail.on", mend)
        elif user.number and user is not voicemail:
            yield from _dead_ends(user, registered, Severity.WARNING)
    for line in config.lines:
        yield from _dead_ends(line, registered, Severity.INFO)


def _dead_ends(
    owner: PbxUser | Line, registered: Collection[str] | None, severity: Severity
) -> Iterator[Finding]:
    """A number that leads to one telephone only: what if it is not there, or nobody answers?"""
    forwards, box = owner.forwards, owner.voicemail
    if forwards.always.on or (box.on and (box.always or box.no_answer)):
        return
    number = party(owner.number or "")
    values = {"name": owner.name or number, "number": number}
    if not forwards.offline.on:
        absent = registered is not None and owner.id not in registered
        sentence = _("%(name)s is onbereikbaar op %(number)s zolang het toestel niet is aangemeld.", **values)
        mend = _("Stel *Indien geen internet* in")
        severity_now = Severity.ERROR if absent and severity is Severity.WARNING else severity
        yield Finding(Code.DEAD_END, severity_now, ref(owner), sentence, "forwards.offline", mend)
    if not forwards.no_answer.on:
        sentence = _("Neemt %(name)s niet op, dan eindigt een gesprek naar %(number)s.", **values)
        mend = _("Zet voicemail aan of schakel door bij geen gehoor")
        yield Finding(Code.DEAD_END, severity, ref(owner), sentence, "forwards.no_answer", mend)


def _group(config: Config, group: Group) -> Iterator[Finding]:
    about, name = ref(group), _capital(label(group))
    if not group.number and not group.extension:
        yield _nameless(about, name)
    if not group.members:
        sentence = _("%(name)s heeft geen leden: er gaat niemand over.", name=name)
        yield Finding(Code.NO_MEMBERS, Severity.WARNING, about, sentence, "members", _("Voeg leden toe"))
    if not group.overflow_to:
        sentence = _("%(name)s: als niemand opneemt, eindigt het gesprek zonder antwoord.", name=name)
        mend = _("Stel *Doorschakelen na wachttijd* in")
        yield Finding(Code.NO_OVERFLOW, Severity.WARNING, about, sentence, "overflow_to", mend)
    yield from _late_members(config, group)


def _nameless(about: Ref, name: str) -> Finding:
    sentence = _("%(name)s heeft geen nummer en geen extensie en staat niet in dit plan.", name=name)
    return Finding(Code.NO_NUMBER, Severity.WARNING, about, sentence, "extension", _("Geef een extensie"))


def _late_members(config: Config, group: Group) -> Iterator[Finding]:
    """Members whose turn comes when the waiting time is over."""
    if group.policy is not Policy.REGULAR or not group.wait_on or not group.next_on:
        return
    users = directory(config).users
    members = [users[member] for member in group.members if member in users]
    each = max(group.next_rings * config.ring_seconds, 1)
    for place, member in enumerate(members):
        if place * each >= waiting_time(group) > 0:
            sentence = _(
                "%(member)s komt in %(name)s nooit aan de beurt: de wachttijd van %(seconds)s seconden is"
                " dan om.",
                member=label(member),
                name=label(group),
                seconds=waiting_time(group),
            )
            mend = _("Maak de wachttijd langer")
            yield Finding(
                Code.UNREACHABLE_MEMBER, Severity.WARNING, ref(group), sentence, "wait_seconds", mend
            )


def _menu(config: Config, menu: Menu) -> Iterator[Finding]:
    about, name = ref(menu), _capital(label(menu))
    if not menu.number and not menu.extension:
        yield _nameless(about, name)
    sides = {"open": menu.open}
    if menu.hours != ALWAYS or menu.holidays:
        sides["closed"] = menu.closed
    for field, side in sides.items():
        if not any(key.action is Action.OPERATOR for key in side.keys.values()):
            yield _no_operator(about, name, field)
    if menu.extension_dialling:
        yield from _overlaps(config, menu, sides)


def _no_operator(about: Ref, name: str, field: str) -> Finding:
    when = _("onder werktijd") if field == "open" else _("buiten werktijd")
    sentence = _(
        "%(name)s heeft %(when)s geen *Doorschakelen naar receptie*: wie niets kiest, wordt verbroken.",
        name=name,
        when=when,
    )
    mend = _("Kies een toets voor de receptie")
    return Finding(Code.NO_OPERATOR, Severity.WARNING, about, sentence, f"{field}.keys", mend)


def _overlaps(config: Config, menu: Menu, sides: dict[str, MenuSide]) -> Iterator[Finding]:
    extensions = sorted(element.extension for element in config.elements() if element.extension)
    for field, side in sides.items():
        for symbol in sorted(key for key in side.keys if side.keys[key].action is not Action.NONE):
            alike = [extension for extension in extensions if extension.startswith(symbol)]
            if alike:
                sentence = _(
                    "%(name)s: met toets %(key)s begint ook extensie %(extension)s. Na deze toets wacht het"
                    " menu of er meer cijfers komen.",
                    name=_capital(label(menu)),
                    key=symbol,
                    extension=alike[0],
                )
                yield Finding(
                    Code.KEY_OVERLAPS_EXTENSION,
                    Severity.INFO,
                    ref(menu),
                    sentence,
                    f"{field}.keys.{symbol}",
                    _("Kies een andere toets"),
                )


def _night(config: Config, now: datetime) -> Iterator[Finding]:
    """An automatic night mode whose holidays are all in the past."""
    about = Ref(Kind.COMPANY, "night", _("de nachtschakeling"))
    holiday = find(config, config.night.holidays)
    if holiday is not None and all(known.last < now.date() for known in holiday.dates):
        sentence = _("%(name)s heeft geen dagen meer die nog komen.", name=holiday.name)
        mend = _("Vul de feestdagen in")
        yield Finding(Code.NIGHT_ENDS, Severity.WARNING, about, sentence, "holidays", mend)


def _unused(config: Config, owned: Collection[str]) -> Iterator[Finding]:
    book = directory(config)
    for number in sorted(owned):
        if book.find(number)[0] is None and number != config.company.number:
            sentence = _("%(number)s bereikt niemand.", number=party(number))
            mend = _("Geef het aan een keuzemenu, belgroep of gebruiker")
            about = Ref(Kind.NUMBER, number, party(number))
            yield Finding(Code.UNUSED_NUMBER, Severity.INFO, about, sentence, "number", mend)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
