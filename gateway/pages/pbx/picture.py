"""*Nummerplan*: the picture, the same as a list, and what the check says below it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import request

from gateway.charts.number_plan import drawn
from gateway.charts.week import WeekMap
from gateway.models.part import Part
from gateway.models.pbx import Pbx
from gateway.models.pbx_plans import Edge, Node, Picture
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.pages.pbx.links import picture_links, said
from gateway.pages.pbx.week import number_choices, this_week
from gateway.parts import parts
from gateway.words import gettext as _

TAB = "pbx.plan"
MODES = {"": "moment", "werktijd": "open", "nacht": "night"}
"""pbx's word for each ``?stand=``."""


@dataclass(frozen=True)
class Leaf:
    """One line of the list; ``causes`` say when a call comes here. ``again``: it is unfolded above."""

    node: Node
    href: str
    causes: str = ""
    active: bool = True
    again: bool = False
    leaves: tuple[Leaf, ...] = ()


@pages.get("/nummerplan")
@holders
def plan() -> Page:
    """As it is now, within working hours, or at night."""
    it = settings()
    chosen = request.args.get("stand", "")
    mode = chosen if chosen in MODES else ""
    client = parts().pbx_plans
    pictures = Part.ask(lambda: {known: client.picture(acting(), known) for known in MODES.values()})
    checks = Part.ask(lambda: said(client.checks(acting())))
    picture = pictures.value[MODES[mode]] if pictures.value else None
    ever = frozenset(
        node.id for known in (pictures.value or {}).values() for node in known.nodes if node.reachable
    )
    return page(
        "pbx/plan.html",
        it,
        TAB,
        None,
        None,
        mode=mode,
        modes={"": _("Nu"), "werktijd": _("Binnen werktijd"), "nacht": _("Nacht")},
        error=pictures.error,
        picture=picture,
        drawing=drawn(picture, ever) if picture else None,
        links=picture_links(picture) if picture else {},
        tree=tree(picture) if picture else (),
        apart=[n for n in picture.nodes if n.id not in ever and n.kind != "number"] if picture else [],
        free=[node.name for node in picture.nodes if _is_free(picture, node)] if picture else [],
        checks=checks,
        week=_week_of(it),
    )


def _week_of(it: Pbx) -> tuple[str, Part[WeekMap]] | None:
    """The company's number, or the first that is in use, and its week; None without any."""
    number = next(iter(number_choices(it)), "")
    return (number, Part.ask(lambda: this_week(number))) if number else None


def tree(picture: Picture) -> tuple[Leaf, ...]:
    """The numbers, and below each all that a call to it can come to; each box is unfolded once."""
    nodes = {node.id: node for node in picture.nodes}
    ways: dict[str, list[Edge]] = defaultdict(list)
    for edge in picture.edges:
        if edge.target in nodes:
            ways[edge.source].append(edge)
    links, unfolded = picture_links(picture), set[str]()

    def leaf(id: str, causes: str, active: bool) -> Leaf:
        again = id in unfolded and bool(ways[id])
        unfolded.add(id)
        return Leaf(nodes[id], links[id], causes, active, again, () if again else below(id))

    def below(id: str) -> tuple[Leaf, ...]:
        causes: dict[str, list[str]] = {}
        for edge in ways[id]:
            causes.setdefault(edge.target, []).append(edge.cause)
        active = {edge.target for edge in ways[id] if edge.active}
        return tuple(leaf(to, ", ".join(dict.fromkeys(why)), to in active) for to, why in causes.items())

    numbers = (node for node in picture.nodes if node.kind == "number" and ways[node.id])
    return tuple(leaf(node.id, "", node.reachable) for node in numbers)


def _is_free(picture: Picture, node: Node) -> bool:
    """A number that nothing has."""
    return node.kind == "number" and all(edge.source != node.id for edge in picture.edges)
