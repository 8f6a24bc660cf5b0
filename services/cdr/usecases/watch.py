"""The watch over fraud: alerts on use far above the customer's habit, and lifting them (CDR-11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from services.cdr.domain.amsterdam import ZONE
from services.cdr.domain.habit import (
    BLOCKABLE,
    CLASS_OF_TYPE,
    Use,
    first_day_of_habit,
    habit_on,
    is_far_above,
)
from services.cdr.domain.periods import day_of
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.counters import Count
from services.cdr.store.watch import OPEN, Alert, WatchStore
from shared import audit
from shared.acting import Acting
from shared.errors import Conflict, NotFound
from shared.events import FraudLifted, FraudSuspected, wrap
from shared.events.audit import Subject
from shared.events.notification import CdrNotificationRequested
from shared.ids import new_id
from shared.money import cents_to_wire, to_cents, to_wire
from shared.words import gettext as _

ROLE = "settings"
WHOLE_DAY = 24 * 60

Counts = Callable[[str, date, date], Sequence[Count]]
"""A customer's counts of the days from the first up to and including the second."""


def fraud_watch(store: WatchStore, customer: str) -> dict[str, Any]:
    """What the customer chose, and its alerts, newest first."""
    return {"block": store.blocks(customer), "alerts": [_told(alert) for alert in store.alerts(customer)]}


def set_fraud_watch(
    commands: Commands, store: WatchStore, acting: Acting, *, block: bool, command_id: str
) -> dict[str, Any]:
    """Whether an alert blocks its class of outgoing calls until a person lifts it."""
    customer = acting.require_customer()
    acting.require(ROLE)

    def work(changes: Changes) -> dict[str, Any]:
        before = {"block": store.blocks(customer, changes)}
        store.set_block(customer, block, changes)
        subject = Subject(kind="fraud_watch", id=customer, name="Fraudebewaking")
        changes.tell(
            audit.entry(
                "cdr", acting, customer, "fraud_watch.changed", subject, before=before, after={"block": block}
            )
        )
        return {"block": block}

    return commands.once(acting, command_id, ("set_fraud_watch", block), work)


def check_fraud(
    commands: Commands, store: WatchStore, counts: Counts, customer: str, now: datetime
) -> list[Alert]:
    """Raise alerts for today and yesterday (whose calls may have come in late)."""
    today = day_of(now)
    yesterday = today - timedelta(days=1)
    raised = []
    recent = uses_by_day(counts(customer, yesterday, today))
    for day, uses in sorted(recent.items()):
        for call_class, use in uses.items():
            if not use.above_floor:
                continue
            local = now.astimezone(ZONE)
            minute = local.hour * 60 + local.minute if day == today else WHOLE_DAY
            alert = _suspect(store, counts, customer, call_class, day, use, minute, now)
            if alert is not None:
                raised.append(alert)
    return [alert for alert in raised if commands.run(partial(_raise, store, alert))]


def uses_by_day(counts: Sequence[Count]) -> dict[date, dict[str, Use]]:
    """The uses of costly classes by day."""
    found: dict[date, dict[str, Use]] = defaultdict(lambda: defaultdict(Use))
    for count in counts:
        call_class = CLASS_OF_TYPE.get(count.type)
        if call_class is not None:
            found[_date(count.day)][call_class] += Use(count.sums[4], count.sums[1])
    return found


def _suspect(
    store: WatchStore,
    counts: Counts,
    customer: str,
    call_class: str,
    day: date,
    use: Use,
    minute: int,
    now: datetime,
) -> Alert | None:
    """The alert that this use calls for; None when it is no more than usual, or told already."""
    known = store.of_class(customer, call_class, day)
    if any(alert.state == OPEN for alert in known):
        return None
    seen = max((alert.lifted_at_use for alert in known), key=lambda u: u.amount, default=Use())
    history = counts(customer, first_day_of_habit(day), day - timedelta(days=1))
    by_day = uses_by_day(history)
    days = len({count.day for count in history})
    habit = habit_on(day, ((when, uses.get(call_class, Use())) for when, uses in by_day.items()), days)
    if not is_far_above(use - seen, habit, minute):
        return None
    return Alert(
        id=new_id(),
        customer=customer,
        call_class=call_class,
        day=day,
        nth=len([alert for alert in known if alert.day == day]),
        at=now,
        amount=use.amount,
        usual=habit.most.amount,
        seconds=use.seconds,
        blocked=False,
    )


def _raise(store: WatchStore, alert: Alert, changes: Changes) -> bool:
    """In one transaction with its events; False when it was raised meanwhile."""
    known = store.of_class(alert.customer, alert.call_class, alert.day, changes)
    if any(other.state == OPEN or (other.day, other.nth) == (alert.day, alert.nth) for other in known):
        return False
    block = store.blocks(alert.customer, changes) and alert.call_class in BLOCKABLE
    blocked = replace(alert, blocked=block)
    store.add(blocked, changes)
    event = FraudSuspected(
        alert_id=alert.id,
        call_class=alert.call_class,
        block=block,
        day=alert.day.isoformat(),
        amount=to_wire(alert.amount),
        usual=to_wire(alert.usual),
        minutes=alert.seconds // 60,
    )
    mail = CdrNotificationRequested(
        template="fraud_suspected",
        dedupe_key=f"fraud:{alert.id}",
        registration="voip_high_usage",
        roles=("user_management",),
        parameters={
            "call_class": alert.call_class,
            "day": alert.day.isoformat(),
            "amount": to_wire(alert.amount),
            "usual": to_wire(alert.usual),
            "minutes": alert.seconds // 60,
            "blocked": block,
        },
    )
    subject = Subject(kind="fraud_alert", id=alert.id, name=alert.call_class)
    told = audit.entry(
        "cdr", Acting(kind="service"), alert.customer, "fraud.suspected", subject, after=_told(blocked)
    )
    changes.tell(wrap(event, alert.customer, alert.at), wrap(mail, alert.customer, alert.at), told)
    return True


def lift_fraud_alert(
    commands: Commands,
    store: WatchStore,
    counts: Counts,
    acting: Acting,
    *,
    alert_id: str,
    reason: str,
    command_id: str,
) -> dict[str, Any]:
    """A person has looked: let the calls through again. What that day has cost so far is seen now; only
    what comes on top of it can raise another alert."""
    customer = acting.require_customer()
    acting.require(ROLE)

    def work(changes: Changes) -> dict[str, Any]:
        alert = store.get(alert_id, customer, changes)
        if alert is None:
            raise NotFound()
        if alert.state != OPEN:
            raise Conflict(_("Deze melding is al afgehandeld."))
        seen = uses_by_day(counts(customer, alert.day, alert.day)).get(alert.day, {})
        lifted = store.lift(alert, seen.get(alert.call_class, Use(alert.amount, alert.seconds)), changes)
        subject = Subject(kind="fraud_alert", id=alert.id, name=alert.call_class)
        event = FraudLifted(alert_id=alert.id, call_class=alert.call_class)
        told = audit.entry(
            "cdr",
            acting,
            customer,
            "fraud_alert.lifted",
            subject,
            before=_told(alert),
            after=_told(lifted),
            reason=reason,
        )
        changes.tell(wrap(event, customer), told)
        return _told(lifted)

    return commands.once(acting, command_id, ("lift_fraud_alert", alert_id, reason), work)


def _told(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "at": alert.at.isoformat().replace("+00:00", "Z"),
        "class": next(t for t, c in CLASS_OF_TYPE.items() if c == alert.call_class),
        "destination": None,
        "amount": _cents(alert.amount),
        "usual": _cents(alert.usual),
        "minutes": alert.seconds // 60,
        "state": alert.state,
        "blocked": alert.blocked,
    }


def _cents(amount: int) -> str:
    return cents_to_wire(to_cents(amount))


def _date(day: int) -> date:
    return date(day // 10_000, day // 100 % 100, day % 100)
