"""Where the elements that pbx speaks of are set up: the links of findings, problems and the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from gateway.models.pbx_plans import Checks, Picture

ANCHORS = {
    "members": "leden",
    "overflow_to": "geavanceerd",
    "wait_seconds": "geavanceerd",
    "offline_to": "geavanceerd",
    "forwards": "doorschakelen",
    "voicemail": "voicemail",
    "night": "nachtschakeling",
    "extension": "algemeen",
    "number": "algemeen",
    "first_name": "algemeen",
    "name": "algemeen",
    "hours": "algemeen",
    "policy": "algemeen",
    "device": "toestel",
}
"""The part of an element's page that a field stands in, by the field's first word."""

SIDES = {"open": "onder-werktijd", "closed": "buiten-werktijd"}
GENERAL = {
    "night": "pbx.night",
    "outgoing": "pbx.outgoing",
    "music": "pbx.music",
    "schedules": "pbx.schedules",
}
"""Parts of *Algemeen*; the others are on its first page."""

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class Said:
    """One line of the check: ``severity`` is error, warning or info; ``mend`` the words of the link to
    ``href``, which is empty where there is no such page."""

    severity: str
    sentence: str
    mend: str = ""
    href: str = ""


def element_link(kind: str, id: str, field: str = "") -> str:
    """The page of an element, at the part with this field; empty for what has no page."""
    first = field.partition(".")[0]
    anchor: dict[str, Any] = {"_anchor": ANCHORS[first]} if first in ANCHORS else {}
    if kind == "user":
        return url_for("pbx.user", pbx_user_id=id, **anchor)
    if kind == "group":
        return url_for("pbx.group", group_id=id, **anchor)
    if kind == "menu":
        if first in SIDES:
            return url_for("pbx.menu_side", menu_id=id, side=SIDES[first])
        return url_for("pbx.menu", menu_id=id, **anchor)
    if kind == "line":
        return url_for("phone.account", line_id=id)
    if kind == "schedule":
        return url_for("pbx.schedule", schedule_id=id)
    if kind in ("company", *GENERAL):
        return url_for(GENERAL.get(id if kind == "company" else kind, "pbx.display"))
    return ""


def picture_links(picture: Picture) -> dict[str, str]:
    """The page of each box of the number plan; a number's is that of what it leads to."""
    found = {node.id: element_link(node.kind, node.element) for node in picture.nodes}
    owners = {
        edge.source: found.get(edge.target, "") for edge in picture.edges if edge.source[:7] == "number:"
    }
    return found | owners


def said(checks: Checks) -> list[Said]:
    """All that the check says, each sentence once, errors first."""
    lines = [
        Said(
            "error" if problem.blocking else "warning",
            problem.sentence,
            "",
            element_link(problem.where.kind, problem.where.id, problem.field),
        )
        for problem in checks.problems
    ]
    lines += [
        Said(
            found.severity,
            found.sentence,
            found.mend,
            element_link(found.element.kind, found.element.id, found.field),
        )
        for found in checks.findings
    ]
    by_sentence: dict[str, Said] = {}
    for line in lines:
        known = by_sentence.get(line.sentence)
        if known is None or not known.mend:  # a problem may be found again, with the words of its link
            by_sentence[line.sentence] = line
    return sorted(by_sentence.values(), key=lambda line: SEVERITIES.index(line.severity))
