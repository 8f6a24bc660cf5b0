"""A call for a menu: what each press of a key does, and what silence does.

Silence is no choice: the operator answers, where there is one. Three silent or wrong inputs lead to the
operator too, or else end the call. Where extensions may be dialled at once the longest extension that fits
goes before a key. After a message the caller is back in the menu.
"""

from __future__ import annotations

import unicodedata

from services.pbx.domain.config import Action, Key, Menu, MenuSide, NameOrder, PbxUser
from services.pbx.domain.routing.directory import label
from services.pbx.domain.routing.trip import Trip, Way
from services.pbx.domain.routing.values import Announce, Prompt
from services.pbx.domain.schedules import find, in_words, is_holiday, is_open
from shared.days import ZONE
from shared.words import gettext as _

MISTAKES = 3
PRESS_SECONDS = 8
"""How long a caller takes to press a key: about a greeting. For the story only."""
ANNOUNCE_SECONDS = 3
MESSAGE_SECONDS = 10
PLAYS = 20
"""After so many inputs in one menu the call ends, whatever is pressed."""

_KEYPAD = {
    letter: key
    for key, letters in zip(
        "23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True
    )
    for letter in letters
}


class Session:
    """A caller in one menu."""

    def __init__(self, trip: Trip, menu: Menu) -> None:
        self.trip = trip
        self.menu = menu
        self.open = is_open(trip.config, menu.hours, menu.holidays, trip.now)
        self.side: MenuSide = menu.open if self.open else menu.closed
        self.mistakes = 0

    def press(self) -> str:
        """What the caller presses next, in one go; ``""`` is silence."""
        return self.trip.presses.pop(0) if self.trip.presses else ""

    def keep(self, rest: str) -> None:
        """What was pressed in the same go is for the next invitation."""
        if rest:
            self.trip.presses.insert(0, rest)

    def prompt(self, expects: str, pressed: str, names: tuple[str, ...] = ()) -> None:
        seconds = PRESS_SECONDS if pressed else min(max(self.menu.first_key_seconds, 1), 60)
        keys = {key: value.action.value for key, value in self.side.keys.items()} if expects == "key" else {}
        self.trip.add(
            Prompt(
                at=self.trip.seconds,
                menu=self.menu.id,
                side="open" if self.open else "closed",
                greeting=self.side.greeting if expects == "key" else None,
                keys=keys,
                expects=expects,
                seconds=seconds,
                pressed=pressed or None,
                names=names,
            ),
            seconds,
        )

    def operator(self) -> Key | None:
        """The key that leads to the reception, wherever it is; the lowest of several."""
        keys = (self.side.keys[key] for key in sorted(self.side.keys))
        return next((key for key in keys if key.action is Action.OPERATOR), None)


def answer(trip: Trip, menu: Menu) -> Way | None:
    """All that happens to a call for a menu; a way on, or None when it ended."""
    session = Session(trip, menu)
    trip.tell(label(menu)[:1].upper() + label(menu)[1:], why_side(trip, menu, session.open), menu)
    for _play in range(PLAYS):
        pressed = session.press()
        session.prompt("key", pressed)
        way = _silence(session) if not pressed else _chosen(session, pressed)
        if way is not None or trip.ended:
            return way
    trip.hang_up(_("De beller bleef in het menu."), menu)
    return None


def why_side(trip: Trip, menu: Menu, is_open_now: bool) -> str:
    """Which of the two menus is heard, and why."""
    hours, closed = find(trip.config, menu.hours), find(trip.config, menu.holidays)
    if is_open_now:
        return _("Binnen werktijd: %(hours)s.", hours=in_words(hours))
    if closed is not None and is_holiday(closed, trip.now.astimezone(ZONE).date()):
        return _("Buiten werktijd: vandaag staat in %(name)s.", name=closed.name)
    return _("Buiten werktijd: het is nu niet %(hours)s.", hours=in_words(hours))


def _silence(session: Session) -> Way | None:
    trip, operator = session.trip, session.operator()
    if operator is not None:
        way = trip.way(operator.to, _("Doorschakelen naar receptie"), session.menu)
        if way is not None:
            trip.tell(
                _("Geen toets: naar receptie, %(name)s", name=way.name), _silent_for(session), session.menu
            )
            return way
    return _mistake(session, _("Geen toets"), _silent_for(session))


def _silent_for(session: Session) -> str:
    return _("De beller koos niets binnen %(seconds)s seconden.", seconds=session.menu.first_key_seconds)


def _mistake(session: Session, what: str, why: str) -> Way | None:
    """A wrong or silent input; the third leads to the operator, else ends the call."""
    trip, menu = session.trip, session.menu
    session.mistakes += 1
    trip.skip(what, why, menu)
    if session.mistakes < MISTAKES:
        return None
    operator = session.operator()
    way = trip.way(operator.to, _("Doorschakelen naar receptie"), menu) if operator is not None else None
    if way is None:
        trip.hang_up(_("Drie keer niets of iets verkeerds gekozen, en er is geen receptie."), menu)
        return None
    why = _("Drie keer niets of iets verkeerds gekozen.")
    trip.tell(_("Naar receptie: %(name)s", name=way.name), why, menu)
    return way


def _chosen(session: Session, pressed: str) -> Way | None:
    if session.menu.extension_dialling:
        way = _dialled_at_once(session, pressed)
        if way is not None:
            return way
    symbol = pressed[0]
    session.keep(pressed[1:])
    return _act(session, symbol, session.side.keys.get(symbol, Key()))


def _dialled_at_once(session: Session, pressed: str) -> Way | None:
    """The longest extension with which the input begins."""
    for length in range(min(len(pressed), 4), 1, -1):
        way = _extension(session, pressed[:length])
        if way is not None:
            session.keep(pressed[length:])
            session.trip.tell(
                _("Extensie %(digits)s: %(name)s", digits=pressed[:length], name=way.name),
                _("De langste extensie die past gaat voor een toets."),
                session.menu,
            )
            return way
    return None


def _extension(session: Session, digits: str) -> Way | None:
    found = session.trip.book.by_party.get(f"ext:{digits}")
    return Way(found, f"ext:{digits}", session.menu) if found is not None else None


def _act(session: Session, symbol: str, key: Key) -> Way | None:
    trip, menu = session.trip, session.menu
    match key.action:
        case Action.TRANSFER | Action.TRANSFER_ANNOUNCED | Action.OPERATOR:
            return _transfer(session, symbol, key)
        case Action.REPEAT:
            trip.tell(_("Toets %(key)s: herhaal menu", key=symbol), "", menu)
        case Action.PLAY:
            return _play_message(session, symbol, key)
        case Action.HANG_UP:
            trip.hang_up(_("Toets %(key)s: verbinding verbreken.", key=symbol), menu)
        case Action.EXTENSION:
            return _extension_dialling(session, symbol)
        case Action.NAME:
            return _name_dialling(session, symbol)
        case _:
            return _mistake(session, _("Toets %(key)s", key=symbol), _("Deze toets doet niets."))
    return None


def _transfer(session: Session, symbol: str, key: Key) -> Way | None:
    trip, menu = session.trip, session.menu
    way = trip.way(key.to, _("Doorschakelen"), menu)
    if way is None:
        why = _("Deze toets leidt nergens heen.")
        return _mistake(session, _("Toets %(key)s", key=symbol), why)
    named = key.description or way.name
    why = _("Doorschakelen zonder melding naar %(name)s.", name=way.name)
    if key.action is Action.OPERATOR:
        why = _("Doorschakelen naar receptie: %(name)s.", name=way.name)
    if key.action is Action.TRANSFER_ANNOUNCED:
        why = _("Doorschakelen met melding: de beller hoort “U wordt nu doorgeschakeld”.")
    trip.tell(_("Toets %(key)s, %(name)s", key=symbol, name=named), why, menu)
    if key.action is Action.TRANSFER_ANNOUNCED:
        text = _("U wordt nu doorgeschakeld.")
        trip.add(Announce(at=trip.seconds, text=text, seconds=ANNOUNCE_SECONDS), ANNOUNCE_SECONDS)
    return way


def _play_message(session: Session, symbol: str, key: Key) -> Way | None:
    """A message, then the menu again."""
    trip = session.trip
    trip.tell(_("Toets %(key)s: bericht", key=symbol), _("Daarna terug naar het menu."), session.menu)
    trip.add(Announce(at=trip.seconds, file=key.file, seconds=MESSAGE_SECONDS), MESSAGE_SECONDS)
    return None


def _extension_dialling(session: Session, symbol: str) -> Way | None:
    trip = session.trip
    trip.tell(
        _("Toets %(key)s: extensiebellen", key=symbol), _("De beller kiest een extensie."), session.menu
    )
    digits = session.press()
    session.prompt("extension", digits)
    way = _extension(session, digits.rstrip("#"))
    if way is None:
        why = _("De beller koos geen extensie.") if not digits else _("Deze extensie bestaat niet.")
        return _mistake(session, _("Extensie %(digits)s", digits=digits or "–"), why)
    trip.tell(_("Extensie %(digits)s: %(name)s", digits=digits.rstrip("#"), name=way.name), "", session.menu)
    return way


def _name_dialling(session: Session, symbol: str) -> Way | None:
    """The caller spells a name on the keys; of several who fit one is chosen by a digit."""
    trip, menu = session.trip, session.menu
    trip.tell(_("Toets %(key)s: naambellen", key=symbol), _("De beller spelt een naam."), menu)
    digits = session.press().rstrip("#")
    session.prompt("name", digits)
    found = named(trip.config.users, menu.name_order, digits) if digits else []
    if len(found) > 1:
        names = tuple(user.name for user in found[:9])
        choice = session.press()
        session.prompt("choice", choice, names)
        found = [found[int(choice) - 1]] if choice in tuple("123456789"[: len(names)]) else []
    if not found:
        return _mistake(session, _("Naam %(digits)s", digits=digits or "–"), _("Zo heet niemand."))
    trip.tell(_("Naam %(digits)s: %(name)s", digits=digits, name=label(found[0])), "", menu)
    return Way(found[0], f"user:{found[0].id}", menu)


def named(users: tuple[PbxUser, ...], order: NameOrder, digits: str) -> list[PbxUser]:
    """Who can be called and whose name, in this order, begins with these keys; by name. Whoever is spelled
    in full goes before longer names."""
    fitting = [
        user
        for user in users
        if (user.number or user.extension)
        and (user.first_name or user.last_name)
        and keypad(user, order).startswith(digits)
    ]
    whole = [user for user in fitting if keypad(user, order) == digits]
    return sorted(whole or fitting, key=lambda user: (user.last_name, user.first_name, user.id))


def keypad(user: PbxUser, order: NameOrder) -> str:
    """The keys that spell a name; accents and what is no letter do not count."""
    parts = (user.last_name, user.first_name)
    text = "".join(parts if order is NameOrder.LAST_FIRST else reversed(parts))
    plain = unicodedata.normalize("NFKD", text).lower()
    return "".join(_KEYPAD[letter] for letter in plain if letter in _KEYPAD)
