"""The number plan as a picture: where its boxes and arrows are, in units of an SVG.

Boxes stand in columns, each as near as can be to what leads to it. What is drawn where is worked out here;
colours and words are the template's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gateway.models.pbx_plans import Edge, KeyRow, Node, Picture

WIDTH = 1184
TOP = 34
GAP = 14
BOX = 46
KEY = 26
KEYS_BELOW = 8
LABEL = 14
"""Room below a box for the words of its way out."""
MOST_IN_COLUMN = 60
"""A larger plan is read in the list."""

COLUMNS: Mapping[str, tuple[int, int]] = {
    "numbers": (16, 124),
    "menus": (200, 210),
    "groups": (476, 186),
    "users": (728, 190),
    "overflow": (990, 192),
}
"""Left edge and width of each."""

MEMBER_COLUMN = "users"


@dataclass(frozen=True)
class Row:
    """A key within the box of its menu; ``y`` is its top."""

    key: KeyRow
    y: float


@dataclass(frozen=True)
class Box:
    """``lost``: no number leads there at any time; ``idle``: not now. ``label``: its way out in words."""

    node: Node
    x: float
    y: float
    width: float
    height: float
    rows: tuple[Row, ...] = ()
    lost: bool = False
    label: str = ""

    @property
    def idle(self) -> bool:
        return not self.node.reachable

    @property
    def middle(self) -> float:
        return self.y + min(self.height, BOX) / 2

    def out(self, key: str) -> float:
        """Where an arrow leaves: at its key, else at the middle of the head."""
        return next((row.y + KEY / 2 - 2 for row in self.rows if row.key.key == key), self.middle)


@dataclass(frozen=True)
class Arrow:
    """``path`` is that of an SVG; ``words`` say what it is."""

    edge: Edge
    path: str
    words: str


@dataclass(frozen=True)
class Drawing:
    """``left_out`` boxes are in the list only."""

    columns: tuple[tuple[float, str], ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    height: float
    left_out: int = 0


def drawn(picture: Picture, ever: frozenset[str]) -> Drawing:
    """The drawing of a picture. ``ever``: boxes that some number leads to at some time."""
    boxes, left_out = _placed(picture, ever)
    arrows = [
        _arrow(edge, boxes[edge.source], boxes[edge.target], boxes.values())
        for edge in picture.edges
        if edge.source in boxes and edge.target in boxes
    ]
    height = max((box.y + box.height for box in boxes.values()), default=TOP) + LABEL + 8
    heads = tuple((COLUMNS[name][0], words) for name, words in picture.columns if name in COLUMNS)
    # What a call can come along lies on top of what it cannot.
    arrows.sort(key=lambda arrow: arrow.edge.active)
    return Drawing(heads, tuple(boxes.values()), tuple(arrows), height, left_out)


def _placed(picture: Picture, ever: frozenset[str]) -> tuple[dict[str, Box], int]:
    incoming: dict[str, list[Edge]] = defaultdict(list)
    outgoing: dict[str, list[Edge]] = defaultdict(list)
    for edge in picture.edges:
        incoming[edge.target].append(edge)
        outgoing[edge.source].append(edge)
    labels = _labels(picture)
    boxes: dict[str, Box] = {}
    left_out = 0
    for column in ("menus", "groups", "users", "overflow", "numbers"):
        nodes = [node for node in picture.nodes if node.column == column and not _free(node, outgoing)]
        # Numbers stand beside what they lead to, all others beside what leads to them.
        wanted = _towards(outgoing, boxes) if column == "numbers" else _from(incoming, boxes)
        shown, cut = _fitting(nodes, incoming)
        left_out += cut
        for box in _stacked(shown, wanted, ever, labels):
            boxes[box.node.id] = box
    return boxes, left_out


def _free(node: Node, outgoing: Mapping[str, list[Edge]]) -> bool:
    """A number that nothing has would be a box without arrows."""
    return node.kind == "number" and not outgoing[node.id]


def _fitting(nodes: list[Node], incoming: Mapping[str, list[Edge]]) -> tuple[list[Node], int]:
    """So many as can be looked at: those that something leads to first."""
    first = sorted(nodes, key=lambda node: not (node.reachable or incoming[node.id]))
    kept = {node.id for node in first[:MOST_IN_COLUMN]}
    return [node for node in nodes if node.id in kept], len(nodes) - len(kept)


def _from(incoming: Mapping[str, list[Edge]], boxes: Mapping[str, Box]) -> Callable[[Node], float | None]:
    def wanted(node: Node) -> float | None:
        known = [boxes[e.source].out(e.key) for e in incoming[node.id] if e.source in boxes]
        return sum(known) / len(known) if known else None

    return wanted


def _towards(outgoing: Mapping[str, list[Edge]], boxes: Mapping[str, Box]) -> Callable[[Node], float | None]:
    def wanted(node: Node) -> float | None:
        known = [boxes[e.target].middle for e in outgoing[node.id] if e.target in boxes]
        return sum(known) / len(known) if known else None

    return wanted


def _stacked(
    nodes: Iterable[Node],
    wanted: Callable[[Node], float | None],
    ever: frozenset[str],
    labels: Mapping[str, str],
) -> Iterable[Box]:
    """One column: in the order of where each wants to be, none over another; who wants nothing is last."""
    places = [(wanted(node), node) for node in nodes]
    places.sort(key=lambda place: (place[0] is None, place[0] or 0))
    y = float(TOP)
    for middle, node in places:
        x, width = COLUMNS[node.column]
        top = max(y, (middle or 0) - BOX / 2)
        rows = tuple(Row(key, top + BOX + index * KEY) for index, key in enumerate(node.keys))
        height = BOX + len(rows) * KEY + (KEYS_BELOW if rows else 0)
        label = labels.get(node.id, "")
        yield Box(node, x, top, width, height, rows, node.id not in ever, label)
        y = top + height + GAP + (LABEL if label else 0)


def _labels(picture: Picture) -> dict[str, str]:
    """What a group waits for before it sends a call on, below its box."""
    members = {node.id for node in picture.nodes if node.column == MEMBER_COLUMN}
    groups = {node.id for node in picture.nodes if node.column == "groups"}
    found: dict[str, str] = {}
    for edge in picture.edges:
        onward = edge.source in groups and not edge.night
        if onward and (edge.target not in members or not edge.rings_only):
            found.setdefault(edge.source, edge.cause)
    return found


def _arrow(edge: Edge, source: Box, target: Box, boxes: Iterable[Box]) -> Arrow:
    words = f"{source.node.name} → {target.node.name}: {edge.cause}"
    x, y, end_y = source.x + source.width, source.out(edge.key), target.middle
    if target.x <= source.x:  # back, or within its column: around the right side
        end_x = target.x + target.width + 2
        far = max(x, end_x) + 34
        return Arrow(
            edge, f"M{x:.1f} {y:.1f}C{far:.1f} {y:.1f} {far:.1f} {end_y:.1f} {end_x:.1f} {end_y:.1f}", words
        )
    path, between = f"M{x:.1f} {y:.1f}", [box for box in boxes if source.x < box.x < target.x]
    if between:
        lane = _lane(between, y if source.node.column == "numbers" else end_y)
        begin, end = min(box.x for box in between) - 8, max(box.x + box.width for box in between) + 8
        path += f"{_curve(x, y, begin, lane)}H{end:.1f}"
        x, y = end, lane
    return Arrow(edge, path + _curve(x, y, target.x - 2, end_y), words)


def _curve(x: float, y: float, end_x: float, end_y: float) -> str:
    middle = (x + end_x) / 2
    return f"C{middle:.1f} {y:.1f} {middle:.1f} {end_y:.1f} {end_x:.1f} {end_y:.1f}"


def _lane(between: Iterable[Box], wanted: float) -> float:
    """The height nearest to ``wanted`` at which an arrow passes no box: behind one it would seem to end."""
    taken = [(box.y - 6, box.y + box.height + (LABEL if box.label else 0) + 6) for box in between]
    ways = [wanted, *(edge for pair in taken for edge in pair)]
    free = [way for way in ways if not any(low < way < high for low, high in taken)]
    return min(free, key=lambda way: abs(way - wanted))
