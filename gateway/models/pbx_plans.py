"""What pbx says of a number plan: the check, what publishing changes, versions, tried calls, the picture."""

from __future__ import annotations

from datetime import datetime

from gateway.models.pbx import Problem
from gateway.models.pbx_settings import Value


class Ref(Value, frozen=True, kw_only=True):
    """An element: ``kind`` is user, group, menu, line, company, number or outside."""

    kind: str
    id: str
    name: str = ""


class Finding(Value, frozen=True, kw_only=True):
    """What callers will run into. ``severity`` is error, warning or info; ``mend``: the words of the link to
    where it is mended, in ``field`` of the element."""

    code: str
    severity: str
    element: Ref
    sentence: str
    field: str = ""
    mend: str = ""


class Checks(Value, frozen=True, kw_only=True):
    """Findings come errors first; a blocking problem or an error forbids publishing."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


class Difference(Value, frozen=True, kw_only=True):
    """One change for callers of ``number`` (empty: for one's own people); ``hours`` of the week."""

    number: str = ""
    when: str = ""
    before: str = ""
    after: str = ""
    sentence: str = ""
    hours: float = 0


class Version(Value, frozen=True, kw_only=True):
    """What was published: ``kind`` is publish, roll_back or at_once; ``by`` a person's name."""

    revision: int
    kind: str = "publish"
    at: datetime | None = None
    by: str = ""
    note: str = ""


class Line(Value, frozen=True, kw_only=True):
    """One line of a call's story; not ``taken`` was passed over. ``at`` in seconds from the start."""

    at: int
    what: str
    why: str = ""
    element: Ref | None = None
    taken: bool = True


class Plan(Value, frozen=True, kw_only=True):
    """Everything that happens to a call that nobody answers."""

    trace: tuple[Line, ...] = ()
    reason: str = ""
    code: int = 200


class Heard(Value, frozen=True, kw_only=True):
    """How it ends for the caller; ``lines``: how many of the story's lines have happened by then."""

    sentence: str
    at: int = 0
    lines: int = 0
    answered: bool = False


class Stop(Value, frozen=True, kw_only=True):
    """A line of the story on its box of the picture; ``number`` counts from 1."""

    number: int
    node: str
    taken: bool = True


class Tried(Value, frozen=True, kw_only=True):
    """A call that was tried at the moment ``at``; ``reached``: tokens of all that it comes past when nobody
    answers, which a saved test can expect."""

    at: datetime
    plan: Plan
    heard: Heard
    route: tuple[Stop, ...] = ()
    reached: tuple[str, ...] = ()

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Where the call was by the time somebody answered, or at its end."""
        return tuple(stop for stop in self.route if stop.number <= self.heard.lines)


class KeyRow(Value, frozen=True, kw_only=True):
    """One key of a menu."""

    key: str
    action: str
    text: str = ""


class Node(Value, frozen=True, kw_only=True):
    """A box of the picture; ``element`` is the ID of what it is."""

    id: str
    kind: str
    element: str
    name: str
    column: str
    detail: str = ""
    reachable: bool = True
    follows_night: bool = False
    open: bool = True
    keys: tuple[KeyRow, ...] = ()


class Edge(Value, frozen=True, kw_only=True):
    """An arrow; ``active``: a call to one of the numbers can come along it; ``key`` of a menu;
    ``rings_only``: to a member of a group."""

    source: str
    target: str
    cause: str = ""
    key: str = ""
    night: bool = False
    active: bool = True
    rings_only: bool = False


class Picture(Value, frozen=True, kw_only=True):
    """The number plan; ``night`` says in words what the night mode does, ``closed`` that it is on."""

    columns: tuple[tuple[str, str], ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    closed: bool = False
    night: str = ""
