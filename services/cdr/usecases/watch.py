"""The watch over fraud: alerts on use far above the customer's habit, and lifting them (CDR-11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from services.cdr.domain.amsterdam import ZONE
from services.cdr.domain.habit import (
    BLOCKABLE,
    CLASS_OF_TYPE,
    FORWARDED,
    Forward,
    Habit,
    Use,
    first_day_of_habit,
    habit_on,
    is_far_above,
)
from services.cdr.domain.periods import day_of
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.counters import Count, date_of, number_of
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
ONE_DAY = timedelta(days=1)

Counts = Callable[[str, date, date], Sequence[Count]]
"""A customer's counts of the days from the first up to and including the second."""


def fraud_watch(store: WatchStore, customer: str) -> dict[str, Any]:
    """What the customer chose, and its alerts, newest first."""
    return {"block": store.blocks(customer), "alerts": [_told(alert) for alert in store.alerts(customer)]}


def set_fraud_watch(
    commands: Commands, store: WatchStore, acting: Acting, now: datetime, *, block: bool, command_id: str
) -> dict[str, Any]:
    """Whether an alert blocks its class of outgoing calls until a person lifts it. Who chooses so because
    of an alert of today or yesterday has that class blocked now."""
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
        if block:
            _block_recent(store, customer, now, changes)
        return {"block": block}

    return commands.once(acting, command_id, ("set_fraud_watch", block), work)


def _block_recent(store: WatchStore, customer: str, now: datetime, changes: Changes) -> None:
    for alert in store.open_since(customer, day_of(now) - ONE_DAY, changes):
        if not alert.blocked and alert.call_class in BLOCKABLE:
            store.block(alert, changes)
            changes.tell(wrap(_suspected(replace(alert, blocked=True)), customer, now))


def check_fraud(
    commands: Commands, store: WatchStore, counts: Counts, customer: str, now: datetime
) -> list[Alert]:
    """Raise alerts for today and yesterday (whose calls may have come in late)."""
    today = day_of(now)
    counted = counts(customer, today - ONE_DAY, today)
    forwards = store.forwards(customer, _worth_reading(counted))
    forwarded = {(forward.day, forward.call_class) for forward in forwards}
    raised = []
    for day, uses in sorted(uses_by_day(counted, forwards).items()):
        local = now.astimezone(ZONE)
        minute = local.hour * 60 + local.minute if day == today else WHOLE_DAY
        for call_class, use in uses.items():
            if not use.above_floor:
                continue
            found = Alert(
                id=new_id(),
                customer=customer,
                call_class=call_class,
                day=day,
                nth=0,
                at=now,
                amount=use.amount,
                usual=0,
                seconds=use.seconds,
                blocked=False,
                forwarded=(day, call_class) in forwarded,
            )
            alert = _suspect(store, counts, found, minute)
            if alert is not None:
                raised.append(alert)
    return [alert for alert in raised if commands.run(partial(_raise, store, alert))]


def uses_by_day(counts: Sequence[Count], forwards: Iterable[Forward] = ()) -> dict[date, dict[str, Use]]:
    """The uses of costly classes by day, of calls and of forwards."""
    found: dict[date, dict[str, Use]] = defaultdict(lambda: defaultdict(Use))
    for count in counts:
        call_class = CLASS_OF_TYPE.get(count.type)
        if call_class is not None:
            found[date_of(count.day)][call_class] += _use_of(count)
    for forward in forwards:
        found[forward.day][forward.call_class] += forward.use
    return found


def _worth_reading(counts: Sequence[Count]) -> list[Count]:
    """The counts of days whose forwards could lift a class above the floor, wherever they went: nobody
    else's rows have to be read."""
    most: dict[int, Use] = defaultdict(Use)
    for count in counts:
        if count.type == FORWARDED or count.type in CLASS_OF_TYPE:
            most[count.day] += _use_of(count)
    return [count for count in counts if most[count.day].above_floor]


def _use_of(count: Count) -> Use:
    return Use(count.sums[4], count.sums[1])


def _suspect(store: WatchStore, counts: Counts, found: Alert, minute: int) -> Alert | None:
    """The alert as it is to be raised; None when the use is no more than usual, or told already."""
    customer, day = found.customer, found.day
    known = store.of_class(customer, found.call_class, day)
    if any(_mutes(alert, day) for alert in known):
        return None
    seen = max((alert.seen_of(day) for alert in known), key=lambda u: u.amount, default=Use())
    fresh = Use(found.amount, found.seconds) - seen
    attacked = {number_of(alert.day) for alert in known if alert.state == OPEN}
    history = [
        count
        for count in counts(customer, first_day_of_habit(day), day - ONE_DAY)
        if count.day not in attacked  # what nobody has said to be right is no habit
    ]
    if not is_far_above(fresh, _habit(found, history), minute):
        return None  # and no more so with the forwards of eight weeks, which are many rows to read
    habit = _habit(found, history, store.forwards(customer, history))
    if not is_far_above(fresh, habit, minute):
        return None
    nth = len([alert for alert in known if alert.day == day])
    return replace(found, nth=nth, usual=habit.most.amount)


def _habit(found: Alert, history: Sequence[Count], forwards: Iterable[Forward] = ()) -> Habit:
    by_day = uses_by_day(history, forwards)
    uses = ((day, uses.get(found.call_class, Use())) for day, uses in by_day.items())
    return habit_on(found.day, uses, len({count.day for count in history}))


def _mutes(alert: Alert, day: date) -> bool:
    """Whether an alert says all that another one of ``day`` would: an open one of that day, or one beside it
    that blocks, since an attack does not end at midnight. One that nobody closes says nothing for later."""
    if alert.state != OPEN:
        return False
    return alert.day == day or (alert.blocked and abs(alert.day - day) <= ONE_DAY)


def _raise(store: WatchStore, alert: Alert, changes: Changes) -> bool:
    """In one transaction with its events; False when it was raised meanwhile."""
    known = store.of_class(alert.customer, alert.call_class, alert.day, changes)
    if any(_mutes(other, alert.day) or (other.day, other.nth) == (alert.day, alert.nth) for other in known):
        return False
    block = store.blocks(alert.customer, changes) and alert.call_class in BLOCKABLE
    blocked = replace(alert, blocked=block)
    store.add(blocked, changes)
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
    event = wrap(_suspected(blocked), alert.customer, alert.at)
    changes.tell(event, wrap(mail, alert.customer, alert.at), told)
    return True


def _suspected(alert: Alert) -> FraudSuspected:
    return FraudSuspected(
        alert_id=alert.id,
        call_class=alert.call_class,
        block=alert.blocked,
        day=alert.day.isoformat(),
        amount=to_wire(alert.amount),
        usual=to_wire(alert.usual),
        minutes=alert.seconds // 60,
    )


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
        lifted = store.lift(alert, _seen(store, counts, alert), changes)
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


def _seen(store: WatchStore, counts: Counts, alert: Alert) -> dict[date, Use]:
    """What a person has seen who lifts it: the use of its day, and of the days that it spoke for."""
    around = ONE_DAY if alert.blocked else timedelta(0)
    counted = counts(alert.customer, alert.day - around, alert.day + around)
    by_day = uses_by_day(counted, store.forwards(alert.customer, counted))
    found = {day: uses[alert.call_class] for day, uses in by_day.items() if alert.call_class in uses}
    return {alert.day: Use(alert.amount, alert.seconds)} | found


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
        "forwarded": alert.forwarded,
    }


def _cents(amount: int) -> str:
    return cents_to_wire(to_cents(amount))
