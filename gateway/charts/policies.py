"""Small pictures of how a group hands out its calls: who rings first, and who next.

Four members stand side by side; the filled one rings first. They are drawn for the eye only: the card
around the picture says the same in words.
"""

from __future__ import annotations

from markupsafe import Markup

from gateway.charts.svg import element
from gateway.words import gettext as _

WIDTH, HEIGHT = 148, 62
MEMBERS = (22, 58, 94, 130)
"""Where the members stand, from the left."""
LINE = 48
RADIUS = 12


def pictures() -> dict[str, Markup]:
    """The picture of each way, by its code."""
    return {
        "circular": _picture(_last_call(), _members((3, 4, 1, 2), first=(2,))),
        "regular": _picture(_along(), _members((1, 2, 3, 4), first=(0,))),
        "simultaneous": _picture(_to_all(), _telephones()),
        "uniform": _picture(_resting(), _members((2, 4, 1, 3), first=(2,))),
    }


def _picture(*inside: Markup) -> Markup:
    return element(
        "svg",
        *inside,
        class_="tk-policy",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        aria_hidden="true",
        focusable="false",
    )


def _members(places: tuple[int, ...], first: tuple[int, ...]) -> Markup:
    """A circle per member with the place in which it rings."""
    circles = [
        _circle(x, "tk-policy-first" if index in first else "tk-policy-member")
        + element("text", str(place), x=x, y=LINE + 4, text_anchor="middle", class_=_text(index in first))
        for index, (x, place) in enumerate(zip(MEMBERS, places, strict=True))
    ]
    return Markup("").join(circles)


def _telephones() -> Markup:
    """Everybody rings."""
    arcs = "M{0} {2}a5 5 0 0 1 10 0M{1} {3}a2 2 0 0 1 4 0"
    return Markup("").join(
        _circle(x, "tk-policy-first")
        + element("path", d=arcs.format(x - 5, x - 2, LINE + 2, LINE + 3), class_="tk-policy-ringing")
        for x in MEMBERS
    )


def _circle(x: int, kind: str) -> Markup:
    return element("circle", cx=x, cy=LINE, r=RADIUS, class_=kind)


def _text(first: bool) -> str:
    return "tk-policy-on-first" if first else "tk-policy-place"


def _last_call() -> Markup:
    """From who had the last call to the next in the list."""
    words = element("text", _("laatst"), x=MEMBERS[1], y=12, text_anchor="middle", class_="tk-policy-words")
    x, to = MEMBERS[1], MEMBERS[2]
    line = f"M{x} {LINE - 14}V20H{to}V{LINE - 16}M{to - 4} {LINE - 20}L{to} {LINE - 16}L{to + 4} {LINE - 20}"
    return words + element("path", d=line, class_="tk-policy-line")


def _along() -> Markup:
    """From the top of the list to its end."""
    end = MEMBERS[3]
    line = f"M{MEMBERS[0]} 22H{end}M{end - 5} 17L{end} 22L{end - 5} 27"
    return element("path", d=line, class_="tk-policy-line")


def _to_all() -> Markup:
    """One call to all."""
    down = "".join(f"M{x} 24V{LINE - 14}" for x in MEMBERS)
    line = f"M{(MEMBERS[0] + MEMBERS[3]) // 2} 12V24M{MEMBERS[0]} 24H{MEMBERS[3]}{down}"
    return element("path", d=line, class_="tk-policy-line")


def _resting() -> Markup:
    """How long each has had no call."""
    heights = (18, 6, 28, 12)
    return Markup("").join(
        element("rect", x=x - 4, y=32 - height, width=8, height=height, rx=2, class_="tk-policy-bar")
        for x, height in zip(MEMBERS, heights, strict=True)
    )
