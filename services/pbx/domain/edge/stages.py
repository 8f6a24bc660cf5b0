"""What the SIP proxy is told: stages of branches, one after the other, and whose call each branch is."""

from __future__ import annotations

from msgspec import Struct, structs

MOST_LEGS = 28
"""A SIP transaction of the proxy has 30 branches at most, over all its stages."""


class Bill(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who pays for a leg that leaves the house, in the carriers' notation (docs/carriers.md)."""

    charged: str
    sender: str
    receiver: str
    direction: str


class Leg(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whom a branch of a call is for: ``who`` is ``user:ID``, ``line:ID`` or an outside number. The proxy
    gives it back when that branch answered."""

    customer: str
    who: str
    stage: str
    caller: str = ""
    group: str = ""
    bill: Bill | None = None


class Branch(Struct, frozen=True, kw_only=True):
    """``kind`` phone: ``to`` is a SIP user; trunk: ``to`` is a number; media: ``to`` is the position
    (position.py) from which the media server speaks to the caller."""

    kind: str
    to: str
    leg: Leg


class Stage(Struct, frozen=True, kw_only=True):
    """Telephones that ring together for ``ms`` milliseconds; ``name`` (``anonymous`` hides) and ``number``
    are what they show."""

    id: str
    ms: int
    targets: tuple[Branch, ...]
    name: str = ""
    number: str = ""
    step: int = 0

    @property
    def rings(self) -> frozenset[str]:
        return frozenset(branch.leg.who for branch in self.targets)


class Order(Struct, frozen=True, kw_only=True):
    """``own``: the number that a caller of ours calls with."""

    call: str
    stages: tuple[Stage, ...] = ()
    code: int = 480
    reason: str = ""
    own: str = ""


def bounded(stages: list[Stage], ms: int) -> list[Stage]:
    """The stages that begin within so many milliseconds, of which the last one ends then."""
    kept: list[Stage] = []
    for stage in stages:
        if ms <= 0:
            break
        kept.append(structs.replace(stage, ms=min(stage.ms, ms)))
        ms -= stage.ms
    return kept


def fitted(stages: list[Stage], most: int) -> list[Stage]:
    """At most so many legs: rounds that are too many become one last ring of all who would still have had a
    turn, for as long as those rounds took. What leaves the house after them stays the last stage."""
    if sum(len(stage.targets) for stage in stages) <= most:
        return stages
    last = [s for s in stages[-1:] if s.targets[0].kind == "trunk"]
    rounds = stages[: len(stages) - len(last)]
    room = most - len(last)
    for kept in range(len(rounds) - 1, -1, -1):
        rest = rounds[kept:]
        together = {branch.to: branch for stage in rest for branch in stage.targets}
        spent = sum(len(stage.targets) for stage in rounds[:kept])
        if spent + len(together) <= room or kept == 0:
            merged = Stage(
                id="",
                ms=sum(stage.ms for stage in rest),
                targets=tuple(together.values())[: max(room - spent, 0)],
                name=rest[0].name,
                number=rest[0].number,
                step=rest[0].step,
            )
            return [*rounds[:kept], *([merged] if merged.targets else []), *last]
    return last
