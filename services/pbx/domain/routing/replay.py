"""Why a telephone did or did not ring: a call that was, planned again with the state it found."""

from __future__ import annotations

from datetime import datetime

from services.pbx.domain.config import Base, Config
from services.pbx.domain.routing.directory import directory, label
from services.pbx.domain.routing.engine import plan
from services.pbx.domain.routing.values import Call, Plan, Ring, State, Trace
from shared.words import gettext as _


class Offer(Base, frozen=True, kw_only=True):
    """Telephones ring for somebody who waits with music at ``step`` of the plan, ``since`` then and for
    ``seconds`` at most; ``over``: nobody answered. ``waiting`` is what was known while the caller waited, to
    which the call returns; ``rung``: the seconds of that wait in which offers rang, of those that are over.
    """

    step: int
    since: datetime
    seconds: int
    waiting: State
    rung: float = 0.0
    over: bool = False


class Record(Base, frozen=True, kw_only=True):
    """What is kept of a call, to plan it again: the question as the engine got it, and the last ``offer`` of
    its caller to who became free."""

    call: Call
    at: datetime
    state: State
    revision: int
    offer: Offer | None = None

    def rung(self, step: int) -> float:
        """Seconds that offers rang out of the wait at this step."""
        return self.offer.rung if self.offer is not None and self.offer.step == step else 0.0

    def offer_ms(self, step: int, now: datetime) -> int | None:
        """How long the offer that began at this step may still ring; None: none is under way there."""
        offer = self.offer
        if offer is None or offer.over or offer.step != step:
            return None
        return max(offer.seconds * 1000 - int((now - offer.since).total_seconds() * 1000), 0)


def replay(config: Config, record: Record) -> Plan:
    """The plan that the call had; ``config`` is the version of the record's revision."""
    return plan(config, record.call, record.at, record.state)


def why(config: Config, found: Plan, user_id: str) -> str:
    """In a sentence or two, why this user's or line's telephone rang or did not."""
    book = directory(config)
    element = book.by_id.get(f"user:{user_id}") or book.by_id.get(f"line:{user_id}")
    name = label(element) if element is not None else user_id
    lines = [line for line in found.trace if line.element is not None and line.element.id == user_id]
    at = next((step.at for step in found.steps if isinstance(step, Ring) and _rings(step, user_id)), None)
    if at is not None:
        return _("Het toestel van %(name)s ging over na %(seconds)s seconden.", name=name, seconds=at)
    if lines:
        said = " ".join(_sentence(line) for line in lines)
        return _("Het toestel van %(name)s ging niet over. %(said)s", name=name, said=said)
    last = found.trace[-1].what if found.trace else found.reason
    return _("Het gesprek kwam niet bij %(name)s. Het eindigde met: %(last)s.", name=name, last=last)


def _rings(step: Ring, user_id: str) -> bool:
    return any(target.user == user_id for target in step.targets)


def _sentence(line: Trace) -> str:
    return f"{line.what}. {line.why}".strip()
