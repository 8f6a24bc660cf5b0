"""Ways through the number plan that come back to where they were."""

from __future__ import annotations

from collections.abc import Iterator

from services.pbx.domain.config import Config, Element, Follow, Line
from services.pbx.domain.exits import exits_of
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.schedules import can_be_on


def loops(config: Config) -> list[tuple[Element, ...]]:
    """The elements of each loop, in the order in which a call goes round; each loop once.

    The night mode moves a call once only, so that a loop has one such step at most.
    """
    edges = _edges(config)
    elements = {id(element): element for element in config.elements()}
    found: dict[frozenset[int], tuple[int, ...]] = {}
    for cycle in (*_cycles(edges), *_through_the_night(config, edges)):
        found.setdefault(frozenset(cycle), cycle)
    return [tuple(elements[key] for key in cycle) for cycle in found.values()]


def _edges(config: Config) -> dict[int, list[int]]:
    book = directory(config)
    edges: dict[int, list[int]] = {}
    for element in config.elements():
        ways = (way for way in exits_of(element) if not way.night and not way.field.startswith("simring"))
        targets = (book.find(way.to)[0] for way in ways)
        edges[id(element)] = list(dict.fromkeys(id(target) for target in targets if target is not None))
    return edges


def _cycles(edges: dict[int, list[int]]) -> Iterator[tuple[int, ...]]:
    """A cycle for every edge that leads back to where a walk came from."""
    done: set[int] = set()
    for start in edges:
        path: list[int] = []
        stack: list[tuple[int, Iterator[int]]] = []
        if start not in done:
            path, stack = [start], [(start, iter(edges[start]))]
        while stack:
            following = next(stack[-1][1], None)
            if following is None:
                done.add(stack.pop()[0])
                path.pop()
            elif following in path:
                yield tuple(path[path.index(following) :])
            elif following not in done:
                path.append(following)
                stack.append((following, iter(edges[following])))


def _through_the_night(config: Config, edges: dict[int, list[int]]) -> Iterator[tuple[int, ...]]:
    """Where the destination of an element's night mode leads back to the element."""
    book = directory(config)
    off = not can_be_on(config.night)
    for element in config.elements():
        if isinstance(element, Line) or element.night.mode is Follow.OFF:
            continue
        if element.night.mode is Follow.COMPANY and off:
            continue
        target = book.find(element.night.destination or config.night.destination)[0]
        if target is None or target is element:
            continue
        path = _path(edges, id(target), id(element))
        if path:
            yield (id(element), *path[:-1])


def _path(edges: dict[int, list[int]], start: int, goal: int) -> tuple[int, ...]:
    """The shortest way from start to goal, both included; empty when there is none."""
    before: dict[int, int] = {start: start}
    queue = [start]
    for here in queue:
        for following in edges[here]:
            if following not in before:
                before[following] = here
                queue.append(following)
    if goal not in before:
        return ()
    path = [goal]
    while path[-1] != start:
        path.append(before[path[-1]])
    return tuple(reversed(path))
