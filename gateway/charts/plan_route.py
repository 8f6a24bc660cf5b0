"""The route of a tried call in the picture of the number plan: its boxes and arrows, and the numbers of the
timeline."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.charts.number_plan import Box, Drawing
from gateway.models.pbx_plans import Edge, Stop

DIGIT = 7
"""How wide a digit of a mark is."""
ROUND = 18
"""A mark with one digit is a circle of this width."""

OVERLAP = 7
"""How far a mark lies over its box: the name in it stays free."""

ArrowKey = tuple[str, str, str]


@dataclass(frozen=True)
class Mark:
    """The numbers of a box's lines of the story, on its left edge; ``passed``: the call did not stop there;
    ``last``: there it ends."""

    x: float
    y: float
    words: str
    width: int
    passed: bool = False
    last: bool = False


@dataclass(frozen=True)
class Route:
    """``boxes`` by their node, ``arrows`` by :func:`arrow_key`; ``passed`` are boxes and arrows that the call
    did not take."""

    boxes: frozenset[str]
    arrows: frozenset[ArrowKey]
    passed: frozenset[str]
    passed_arrows: frozenset[ArrowKey]
    marks: tuple[Mark, ...]


def arrow_key(edge: Edge) -> ArrowKey:
    """What tells an arrow from the others."""
    return edge.source, edge.target, edge.key


def routed(drawing: Drawing, stops: Sequence[Stop], keys: Collection[str] = ()) -> Route:
    """The route of a call that came past ``stops``; ``keys``: what its caller pressed."""
    boxes = {box.node.id: box for box in drawing.boxes}
    known = [stop for stop in stops if stop.node in boxes]
    taken = {stop.node for stop in known if stop.taken}
    passed = {stop.node for stop in known} - taken
    ways: dict[str, ArrowKey] = {}
    visited: list[str] = []
    for stop in known:
        if stop.node not in visited:
            edge = _edge_to(stop.node, visited, (arrow.edge for arrow in drawing.arrows), keys)
            if edge is not None:
                ways[stop.node] = arrow_key(edge)
            visited.append(stop.node)
    return Route(
        frozenset(taken),
        frozenset(key for node, key in ways.items() if node in taken),
        frozenset(passed),
        frozenset(key for node, key in ways.items() if node in passed),
        tuple(_marks(boxes, known, passed)),
    )


def _edge_to(node: str, visited: Sequence[str], edges: Iterable[Edge], keys: Collection[str]) -> Edge | None:
    """The arrow that the call came along: from where it was last, by the key that was pressed."""
    into = [edge for edge in edges if edge.target == node and edge.source in visited]
    return max(into, key=lambda edge: (visited.index(edge.source), edge.key in keys), default=None)


def _marks(boxes: Mapping[str, Box], stops: Sequence[Stop], passed: Collection[str]) -> Iterable[Mark]:
    numbers: dict[str, list[int]] = {}
    for stop in stops:
        numbers.setdefault(stop.node, []).append(stop.number)
    for node, found in numbers.items():
        words = _in_short(found)
        width = max(ROUND, len(words) * DIGIT + 8)
        box, last = boxes[node], node == stops[-1].node
        yield Mark(box.x + OVERLAP - width / 2, box.middle, words, width, node in passed, last)


def _in_short(numbers: Sequence[int]) -> str:
    """``2–3``, ``4, 8``: of three or more that do not follow each other the first and the last."""
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 1:
        return str(first)
    if last - first == len(numbers) - 1:
        return f"{first}–{last}"
    return f"{first}, {last}" if len(numbers) == 2 else f"{first}…{last}"
