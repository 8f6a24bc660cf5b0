"""A plan of the engine as an order for the SIP proxy: stages of telephones that ring, one after the other.

Where somebody has to speak to the caller, the media server is such a stage. It answers, and from there on
the caller is with it; telephones that ring later are ordered for a call of the media server's own. What
stands after it in the order is for when it does not answer: then menus count as silence, which is what the
engine planned with when no key was pressed, music is not waited for, and a voicemail is *temporarily
unavailable* (docs/decisions says why).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from services.pbx.domain.config import Config, Line, PbxUser
from services.pbx.domain.edge.position import Position
from services.pbx.domain.edge.stages import MOST_LEGS, Bill, Branch, Leg, Order, Stage, bounded, fitted
from services.pbx.domain.routing.classes import ANONYMOUS, normalise
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.routing.trip import shown_as
from services.pbx.domain.routing.values import (
    Announce,
    AnyStep,
    Busy,
    Call,
    Direction,
    End,
    Mailbox,
    Plan,
    Prompt,
    Reject,
    Ring,
    Target,
    Transfer,
    Voicemail,
    Wait,
)

ANSWER_SECONDS = 180
"""How long the other side of the trunk may take: it gives up long before."""
MEDIA_SECONDS = 4
"""The media server answers at once; when it has said nothing at all for two seconds, the proxy goes on."""
FALLBACK_LEGS = 4
"""Branches that are kept for when the media server does not answer."""
SPOKEN = (Prompt, Announce, Wait, Voicemail, Mailbox)
"""Steps in which somebody speaks to the caller, or music plays."""
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

    def order(self, call_id: str, plan: Plan, first: int = 0, used: int = 0, turn: int = 0) -> Order:
        """The order of a plan; ``first``: how many stages were given before, for their IDs; ``used``: legs
        of this call that are spent; ``turn``: how many decisions about the call there were before."""
        spoken = next((i for i, step in enumerate(plan.steps) if isinstance(step, SPOKEN)), None)
        room = MOST_LEGS - used
        if spoken is None:
            stages = fitted(list(self._stages(plan)), room)
        else:
            speech = self._speech(plan.steps[spoken], Position(turn, spoken))
            before = fitted(list(self._stages(plan, until=spoken)), room - 1 - FALLBACK_LEGS)
            left = room - 1 - sum(len(stage.targets) for stage in before)
            stages = [*before, speech, *fitted(list(self._stages(plan, begin=spoken)), left)]
        return self._order(call_id, stages, first, _code(plan))

    def onward(
        self, call_id: str, plan: Plan, begin: int, first: int = 0, used: int = 0, offer_ms: int | None = None
    ) -> Order:
        """The telephones that ring from step ``begin`` on, until somebody has to speak to the caller again:
        for a call of the media server. ``offer_ms``: the caller waits and is offered to a group's members
        for so long at most; where the group leads then is not part of it."""
        run = ringing(plan, begin) if offer_ms is None else _offered(plan, begin)
        stages = list(self._stages(plan, begin=begin, until=run))
        if offer_ms is not None:
            stages = bounded(stages, offer_ms)
        out = run > begin and isinstance(plan.steps[run - 1], Transfer)
        return self._order(call_id, fitted(stages, MOST_LEGS - used), first, AS_ANSWERED if out else 480)

    def _order(self, call_id: str, stages: list[Stage], first: int, code: int) -> Order:
        numbered = tuple(self._named(stage, first + index) for index, stage in enumerate(stages))
        return Order(
            call=call_id, stages=numbered, code=code, reason=REASONS.get(code, "Refused"), own=self.own
        )

    def _speech(self, step: AnyStep, position: Position) -> Stage:
        leg = Leg(customer=self.customer_id, who=speaker(step), stage="", caller=self._caller_id())
        branch = Branch(kind="media", to=position.text, leg=leg)
        return Stage(id="", ms=MEDIA_SECONDS * 1000, targets=(branch,), step=position.step)

    def _named(self, stage: Stage, index: int) -> Stage:
        name = f"s{index}"
        targets = tuple(
            Branch(kind=b.kind, to=b.to, leg=Leg(**{**_fields(b.leg), "stage": name})) for b in stage.targets
        )
        return Stage(
            id=name, ms=stage.ms, targets=targets, name=stage.name, number=stage.number, step=stage.step
        )

    def _stages(self, plan: Plan, begin: int = 0, until: int | None = None) -> Iterator[Stage]:
        for index, step in list(enumerate(plan.steps))[begin:until]:
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


def speaker(step: AnyStep) -> str:
    """Who speaks to the caller, as a leg says whom it is for."""
    match step:
        case Prompt():
            return f"menu:{step.menu}"
        case Voicemail():
            return f"voicemail:{step.user}"
        case Mailbox():
            return f"mailbox:{step.line}"
        case Wait():
            return f"group:{step.group}"
        case _:
            return "announcement:"


def ringing(plan: Plan, begin: int) -> int:
    """The first step from ``begin`` on that is no ringing telephone."""
    steps = enumerate(plan.steps[begin:], begin)
    return next((i for i, step in steps if not isinstance(step, Ring | Transfer)), len(plan.steps))


def _offered(plan: Plan, begin: int) -> int:
    """The first step from ``begin`` on that rings no member of the same group."""
    first = plan.steps[begin] if begin < len(plan.steps) else None
    if not isinstance(first, Ring):
        return begin
    steps = enumerate(plan.steps[begin:], begin)
    others = (i for i, step in steps if not (isinstance(step, Ring) and step.group == first.group))
    return next(others, len(plan.steps))


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
