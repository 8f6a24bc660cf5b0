"""The number plan as a picture: who can reach whom, in five columns from left to right."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, structs

from services.pbx.domain.config import (
    COMPANY_VOICEMAIL,
    Action,
    Config,
    Element,
    Group,
    Line,
    Menu,
    MenuSide,
    NightState,
    PbxUser,
)
from services.pbx.domain.exits import exits_of
from services.pbx.domain.routing.classes import is_outside
from services.pbx.domain.routing.directory import directory, kind_of, label
from services.pbx.domain.routing.values import Kind, Plan, Ring
from services.pbx.domain.schedules import (
    company_is_closed,
    company_night,
    find,
    in_words,
    is_open,
    night_is_on,
)
from shared.phone_numbers import party
from shared.words import gettext as _
from shared.words import lazy_gettext as _l


class Mode(StrEnum):
    """The picture of one moment, within working hours, or at night."""

    MOMENT = "moment"
    OPEN = "open"
    NIGHT = "night"


class Column(StrEnum):
    """The picture's columns, from left to right."""

    NUMBERS = "numbers"
    MENUS = "menus"
    GROUPS = "groups"
    USERS = "users"
    OVERFLOW = "overflow"


COLUMN_NAMES = {
    Column.NUMBERS: _l("Nummers"),
    Column.MENUS: _l("Keuzemenu en toetsen"),
    Column.GROUPS: _l("Belgroepen"),
    Column.USERS: _l("Gebruikers"),
    Column.OVERFLOW: _l("Overloop"),
}


class KeyRow(Struct, frozen=True):
    """One key of a menu as it is drawn."""

    key: str
    action: Action
    text: str


class Node(Struct, frozen=True):
    """One box. ``follows_night``: it takes part in the night mode; ``open``: which side of a menu this is."""

    id: str
    kind: Kind
    element: str
    name: str
    detail: str
    column: Column
    reachable: bool
    follows_night: bool = False
    open: bool = True
    keys: tuple[KeyRow, ...] = ()


class Edge(Struct, frozen=True):
    """One arrow; ``key``: of a menu; ``active``: a call to one of the numbers can come along it now;
    ``rings_only``: to a member of a group, whose own forwards do not apply."""

    source: str
    target: str
    cause: str
    key: str = ""
    night: bool = False
    active: bool = True
    rings_only: bool = False


class Graph(Struct, frozen=True):
    """The picture; ``closed``: the company's night mode is on; ``night``: what it does, in words."""

    columns: tuple[tuple[str, str], ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    closed: bool
    night: str


def graph(config: Config, owned_numbers: Collection[str], now: datetime, mode: Mode = Mode.MOMENT) -> Graph:
    """The picture at a moment, or as it is within working hours or at night."""
    view = _View(_in_mode(config, mode), now, mode)
    numbers = view.numbers(owned_numbers)
    edges = [*numbers, *view.edges()]
    reached, entered = _reached(edges, {edge.source for edge in numbers})
    drawn = [structs.replace(edge, active=edge.source in entered) for edge in edges]
    nodes = [
        *(_number(number, reached) for number in sorted(set(owned_numbers))),
        *(view.node(element, reached) for element in config.elements()),
        *_outside(drawn, reached),
    ]
    columns = tuple((column.value, str(name)) for column, name in COLUMN_NAMES.items())
    closed = company_is_closed(view.config, now)
    return Graph(columns, tuple(nodes), tuple(drawn), closed, night_in_words(config, now))


def _in_mode(config: Config, mode: Mode) -> Config:
    """The configuration with the night mode as this picture has it."""
    if mode is Mode.MOMENT:
        return config
    state = NightState.ON if mode is Mode.NIGHT else NightState.OFF
    return structs.replace(config, night=structs.replace(config.night, state=state, until=None))


class _View:
    """A configuration as it works in one picture."""

    def __init__(self, config: Config, now: datetime, mode: Mode) -> None:
        self.config = config
        self.now = now
        self.mode = mode
        self.book = directory(config)

    def side(self, menu: Menu) -> tuple[bool, MenuSide]:
        """(whether it is within its hours, what callers hear then)."""
        inside = is_open(self.config, menu.hours, menu.holidays, self.now)
        if self.mode is not Mode.MOMENT:
            inside = self.mode is Mode.OPEN
        return inside, menu.open if inside else menu.closed

    def numbers(self, owned: Collection[str]) -> list[Edge]:
        found = ((number, self.book.find(number)[0]) for number in sorted(set(owned)))
        return [
            Edge(f"number:{number}", _id(element), _("Hoort bij"))
            for number, element in found
            if element is not None
        ]

    def edges(self) -> Iterator[Edge]:
        for element in self.config.elements():
            if not isinstance(element, Line) and night_is_on(self.config, element.night, self.now):
                target = self._target(element.night.destination or self.config.night.destination)
                if target and target != _id(element):
                    yield Edge(_id(element), target, _("Nachtschakeling"), night=True)
                    continue
            yield from self._ways(element)

    def _ways(self, element: Element) -> Iterator[Edge]:
        if isinstance(element, Group):
            for member in element.members:
                if member in self.book.users:
                    yield Edge(_id(element), f"user:{member}", _("Lid"), rings_only=True)
        side = ("open" if self.side(element)[0] else "closed") if isinstance(element, Menu) else ""
        for way in exits_of(element):
            target = self._target(way.to)
            if target and not way.night and way.side == side:
                cause = way.cause
                if isinstance(element, Group) and way.field == "overflow_to" and element.wait_on:
                    cause = _("na %(seconds)s s", seconds=element.wait_seconds)
                yield Edge(_id(element), target, cause, key=way.key)

    def _target(self, to: str) -> str:
        found, number = self.book.find(to)
        if found is not None:
            return _id(found)
        return f"outside:{number}" if is_outside(number) else ""

    def node(self, element: Element, reached: frozenset[str]) -> Node:
        inside, side = self.side(element) if isinstance(element, Menu) else (True, MenuSide())
        return Node(
            id=_id(element),
            kind=kind_of(element),
            element=element.id,
            name=element.name or label(element),
            detail=self._detail(element),
            column=_column(element),
            reachable=_id(element) in reached,
            follows_night=not isinstance(element, Line) and element.night.mode != "off",
            open=inside,
            keys=tuple(self._key_rows(side)),
        )

    def _detail(self, element: Element) -> str:
        reach = [element.extension or "", party(element.number) if element.number else ""]
        if isinstance(element, Menu):
            hours = find(self.config, element.hours)
            reach.append(hours.name if hours is not None else _("Elke dag, de hele dag"))
        return ", ".join(part for part in reach if part)

    def _key_rows(self, side: MenuSide) -> Iterator[KeyRow]:
        for symbol, key in side.keys.items():
            if key.action is not Action.NONE:
                found = self.book.find(key.to)[0] if key.to else None
                text = key.description or (found.name if found is not None else key.to)
                yield KeyRow(symbol, key.action, text)


def _id(element: Element) -> str:
    return f"{kind_of(element).value}:{element.id}"


def _column(element: Element) -> Column:
    if isinstance(element, Menu):
        return Column.MENUS
    if isinstance(element, Group):
        return Column.GROUPS
    alone = isinstance(element, PbxUser) and element.extension == COMPANY_VOICEMAIL
    return Column.OVERFLOW if alone else Column.USERS


def _number(number: str, reached: frozenset[str]) -> Node:
    node = f"number:{number}"
    return Node(node, Kind.NUMBER, number, party(number), "", Column.NUMBERS, node in reached)


def _outside(edges: list[Edge], reached: frozenset[str]) -> Iterator[Node]:
    targets = dict.fromkeys(edge.target for edge in edges if edge.target.startswith("outside:"))
    for node in targets:
        number = node.removeprefix("outside:")
        yield Node(node, Kind.OUTSIDE, number, party(number), _("buiten"), Column.OVERFLOW, node in reached)


def _reached(edges: list[Edge], starts: set[str]) -> tuple[frozenset[str], frozenset[str]]:
    """(the boxes that a call to one of the numbers can come to, those that can send it on)."""
    ways: dict[str, list[Edge]] = {}
    for edge in edges:
        ways.setdefault(edge.source, []).append(edge)
    queue = sorted(starts)
    reached = set(queue)
    entered = set(queue)
    for here in queue:
        for edge in ways.get(here, ()):
            reached.add(edge.target)
            # A member of a group only rings: its own forwards do not apply.
            if not edge.rings_only and edge.target not in entered:
                entered.add(edge.target)
                queue.append(edge.target)
    return frozenset(reached), frozenset(entered)


def night_in_words(config: Config, now: datetime) -> str:
    """What the company's night mode does then: *Buiten Werktijden (ma–vr 08:30–17:30) naar 999.*"""
    night = config.night
    found, number = directory(config).find(night.destination)
    to = label(found) if found is not None else party(number) if number else night.destination
    state = company_night(night, now)
    if state is NightState.OFF:
        return _("De nachtschakeling staat uit.")
    if state is NightState.ON:
        return _("De nachtschakeling staat aan: alles gaat naar %(to)s.", to=to)
    hours, holiday = find(config, night.hours), find(config, night.holidays)
    name = hours.name if hours is not None else _("Elke dag, de hele dag")
    values = {"hours": name, "when": in_words(hours), "to": to}
    if holiday is None:
        return _("Buiten %(hours)s (%(when)s) gaat alles naar %(to)s.", **values)
    values["holidays"] = holiday.name
    return _("Buiten %(hours)s (%(when)s) en op %(holidays)s gaat alles naar %(to)s.", **values)


class Stop(Struct, frozen=True):
    """A line of the story on its box: ``number`` counts from 1, as the timeline does."""

    number: int
    node: str
    taken: bool


def route(plan: Plan) -> tuple[Stop, ...]:
    """Where the lines of a plan's story stand in the picture."""
    stops = []
    for number, line in enumerate(plan.trace, 1):
        if line.element is not None:
            stops.append(Stop(number, f"{line.element.kind.value}:{line.element.id}", line.taken))
        step = plan.steps[line.step] if line.step is not None else None
        if isinstance(step, Ring) and len(step.targets) > 1:  # all of them ring, the line is the group's
            stops += [Stop(number, f"user:{target.user}", True) for target in step.targets if target.user]
    return tuple(stops)
