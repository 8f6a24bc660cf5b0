"""*VoIP limieten*: setting the warning limit, and telling once when it is passed (CDR-09)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from services.cdr.domain.limits import is_passed, periods_to_watch
from services.cdr.domain.periods import period_of, written
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.limits import Limit, LimitStore
from shared import audit
from shared.acting import Acting
from shared.events import wrap
from shared.events.audit import Subject
from shared.events.notification import CdrNotificationRequested
from shared.money import micro_from_decimal, to_wire

ROLE = "settings"
REGISTRATION = "voip_high_usage"

Used = Callable[[str, int], int]
"""A customer's use of telephony in a billing period, in millionths of a euro."""


def voip_limit(store: LimitStore, used: Used, customer: str, now: datetime) -> dict[str, Any]:
    """The limit and the use of the current period; ``reached_at`` when this limit (or a higher one) was
    passed in it."""
    period = period_of(now)
    limit = store.get(customer)
    moments = [p.at for p in store.passes(customer, period) if limit and p.limit >= limit.amount]
    return {
        "limit": _euros(limit),
        "used": to_wire(used(customer, period)),
        "period": written(period),
        "reached_at": min(moments).isoformat().replace("+00:00", "Z") if moments else None,
    }


def set_voip_limit(
    commands: Commands,
    store: LimitStore,
    acting: Acting,
    now: datetime,
    *,
    limit: Decimal | None,
    command_id: str,
) -> dict[str, Any]:
    """Warn at this many euro ex VAT per billing period; None or 0: never."""
    customer = acting.require_customer()
    acting.require(ROLE)
    amount = micro_from_decimal(limit or Decimal(0))

    def work(changes: Changes) -> dict[str, Any]:
        before, after = _euros(store.get(customer, changes)), _euros(Limit(customer, amount, now))
        store.put(customer, amount, now, changes)
        subject = Subject(kind="voip_limit", id=customer, name="VoIP limieten")
        changes.tell(
            audit.entry(
                "cdr",
                acting,
                customer,
                "voip_limit.changed",
                subject,
                before={"limit": before},
                after={"limit": after},
            )
        )
        return {"limit": after}

    return commands.once(acting, command_id, ("set_voip_limit", amount), work)


def check_limit(
    commands: Commands, store: LimitStore, used: Used, closed: Collection[int], customer: str, now: datetime
) -> int:
    """Tell whoever is registered when the use has passed the limit; how many periods were told of."""
    limit = store.get(customer)
    if limit is None:
        return 0
    told = 0
    for period in periods_to_watch(now, limit.set_at, closed):
        amount = used(customer, period)
        if is_passed(limit.amount, amount, [p.limit for p in store.passes(customer, period)]):
            told += commands.run(partial(_tell, store, customer, period, amount, now))
    store.looked_at(limit)
    return told


def _tell(store: LimitStore, customer: str, period: int, used: int, now: datetime, changes: Changes) -> int:
    """In one transaction, by what stands in it: the limit may have been raised or told meanwhile."""
    limit = store.get(customer, changes)
    passed = [p.limit for p in store.passes(customer, period, changes)]
    if limit is None or not is_passed(limit.amount, used, passed):
        return 0
    store.add_pass(customer, period, limit.amount, now, changes)
    event = CdrNotificationRequested(
        template="voip_high_usage",
        dedupe_key=f"voip_limit:{written(period)}:{limit.amount}",
        registration=REGISTRATION,
        parameters={
            "period": written(period),
            "limit": to_wire(limit.amount),
            "amount": to_wire(used),
        },
    )
    changes.tell(wrap(event, customer, now))
    return 1


def _euros(limit: Limit | None) -> str | None:
    return f"{Decimal(limit.amount).scaleb(-6):.2f}" if limit and limit.amount else None
