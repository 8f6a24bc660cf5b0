"""A plan of the engine as an order for the SIP proxy: stages of telephones that ring, one after the other.

There is no media server yet, so nothing speaks to callers: menus count as silence, which is what the engine
planned with when no key was pressed, music is not waited for, and a voicemail is *temporarily unavailable*
(docs/decisions says why).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from services.pbx.domain.config import Config, Line, PbxUser
from services.pbx.domain.routing.classes import ANONYMOUS, normalise
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.routing.trip import shown_as
from services.pbx.domain.routing.values import (
    Busy,
    Call,
    Direction,
    End,
    Plan,
    Reject,
    Ring,
    Target,
    Transfer,
)

MOST_LEGS = 28
"""A SIP transaction of the proxy has 30 branches at most, over all its stages."""
ANSWER_SECONDS = 180
"""How long the other side of the trunk may take: it gives up long before."""
LONGEST_NAME = 60
REASONS = {
    403: "Forbidden",
    404: "Not Found",
    480: "Temporarily Unavailable",
    482: "Loop Detected",
    486: "Busy Here",
    603: "Decline",
}
AS_ANSWERED = 0
"""Code of an order whose last leg decides what the caller hears."""


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
    """``kind`` phone: ``to`` is a SIP user; trunk: ``to`` is a number."""

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


class Maker:
    """Makes stages of one customer's plans. ``phones``: the SIP users of ``user:ID`` and ``line:ID``."""

    def __init__(
        self, config: Config, customer_id: str, call: Call, phones: Callable[[str], tuple[str, ...]]
    ) -> None:
        self.config = config
        self.book = directory(config)
        self.customer_id = customer_id
        self.call = call
        self.phones = phones
        found = self.book.find(call.caller)[0] if call.direction is not Direction.IN else None
        self.caller = found if isinstance(found, PbxUser | Line) else None
        self.sender = self._party()

    def _party(self) -> str:
        """The caller as others outside see them: E.164, or ``anon``."""
        if self.caller is not None:
            return shown_as(self.config, self.caller)[0] or ANONYMOUS
        party = normalise(self.call.caller)
        return party if party.startswith("+") else ANONYMOUS

    @property
    def own(self) -> str:
        """The number of a caller of ours, hidden or not, or ``""``."""
        return (shown_as(self.config, self.caller, emergency=True)[0] or "") if self.caller else ""

    def order(self, call_id: str, plan: Plan, first: int = 0, used: int = 0) -> Order:
        """The order of a plan; ``first``: how many stages were given before, for their IDs; ``used``: legs
        of this call that are spent."""
        stages = fitted(list(self._stages(plan)), MOST_LEGS - used)
        numbered = tuple(self._named(stage, first + index) for index, stage in enumerate(stages))
        code = _code(plan)
        return Order(
            call=call_id, stages=numbered, code=code, reason=REASONS.get(code, "Refused"), own=self.own
        )

    def _named(self, stage: Stage, index: int) -> Stage:
        name = f"s{index}"
        targets = tuple(
            Branch(kind=b.kind, to=b.to, leg=Leg(**{**_fields(b.leg), "stage": name})) for b in stage.targets
        )
        return Stage(
            id=name, ms=stage.ms, targets=targets, name=stage.name, number=stage.number, step=stage.step
        )

    def _stages(self, plan: Plan) -> Iterator[Stage]:
        for index, step in enumerate(plan.steps):
            if isinstance(step, Ring):
                targets = tuple(b for t in step.targets for b in self._branches(plan, index, step, t))
                if targets:
                    yield Stage(
                        id="",
                        ms=max(step.seconds, 1) * 1000,
                        targets=targets,
                        name=_display(step.shows) or self._name(),
                        number=self._number(),
                        step=index,
                    )
            elif isinstance(step, Transfer):
                yield self._out(index, step)

    def _branches(self, plan: Plan, index: int, step: Ring, target: Target) -> Iterator[Branch]:
        if target.user is not None:
            who = self._who(target.user)
            leg = Leg(
                customer=self.customer_id,
                who=who,
                stage="",
                caller=self._caller_id(),
                group=step.group or "",
            )
            for sip_user in self.phones(who):
                yield Branch(kind="phone", to=sip_user, leg=leg)
        elif target.number is not None and not target.confirm:
            owner = next((line.element for line in plan.trace if line.step == index and line.element), None)
            element = self.book.by_id.get(f"{owner.kind}:{owner.id}") if owner is not None else None
            payer = getattr(element, "number", None) or self.config.company.number
            yield self._trunk(target.number, payer, self.sender)

    def _out(self, index: int, step: Transfer) -> Stage:
        shown = step.shown if step.shown and step.shown.startswith("+") else ""
        return Stage(
            id="",
            ms=ANSWER_SECONDS * 1000,
            targets=(self._trunk(step.to, step.on_behalf, shown or self.sender),),
            name=_display(step.name) if shown else "anonymous",
            number=shown or self.own,
            step=index,
        )

    def _trunk(self, number: str, payer: str | None, sender: str) -> Branch:
        bill = None
        if payer:
            own = self.caller is not None
            bill = Bill(
                charged=normalise(payer),
                sender=normalise(payer) if own and sender == ANONYMOUS else sender,
                receiver=number,
                direction="out" if own else "forward",
            )
        leg = Leg(customer=self.customer_id, who=number, stage="", caller=self._caller_id(), bill=bill)
        return Branch(kind="trunk", to=number.removeprefix("nl:"), leg=leg)

    def _who(self, element_id: str) -> str:
        return f"user:{element_id}" if element_id in self.book.users else f"line:{element_id}"

    def _caller_id(self) -> str:
        return self._who(self.caller.id) if self.caller is not None else ""

    def _name(self) -> str:
        if self.caller is None:
            return "anonymous" if self.sender == ANONYMOUS else ""
        return _display(self.caller.name or "")

    def _number(self) -> str:
        """The caller as our own telephones show and can dial."""
        if self.caller is not None:
            return self.caller.extension or national(self.caller.number or "")
        return "" if self.sender == ANONYMOUS else national(self.sender)


def _fields(leg: Leg) -> dict[str, Any]:
    return {name: getattr(leg, name) for name in leg.__struct_fields__}


def national(number: str) -> str:
    """E.164 as it is dialled in the Netherlands."""
    if number.startswith("+31"):
        return f"0{number[3:]}"
    return f"00{number[1:]}" if number.startswith("+") else number


def _display(text: str) -> str:
    """A name that may stand between quotes in a SIP header."""
    kept = "".join(c for c in text if c.isprintable() and c not in '"\\<>')
    return kept.strip()[:LONGEST_NAME]


def _code(plan: Plan) -> int:
    last = plan.steps[-1] if plan.steps else None
    if isinstance(last, Transfer):
        return AS_ANSWERED
    if isinstance(last, Busy | Reject):
        return last.code
    return 480 if plan.end in (End.VOICEMAIL, End.MAILBOX, End.HANG_UP) or plan.code == 200 else plan.code


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
