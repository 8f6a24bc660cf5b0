"""Telling once, per limit and month, that a limit was reached.

Decided in the transaction that makes it so: what was told is a document whose ID is the limit, its subject,
the month and the threshold. A limit that is raised has another threshold, and can be told of again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from services.mobile.domain import limits as domain
from services.mobile.domain.limits import CUSTOMER_TOTAL, Effective, Reading, Setting
from services.mobile.domain.numbers import shown
from services.mobile.domain.products import DATA, GROUPS, MB, MODULES
from services.mobile.domain.shares import group_part
from services.mobile.domain.subscriptions import Subscription
from services.mobile.domain.terms import Terms
from services.mobile.domain.usage import CustomerMonth, SubscriptionMonth
from services.mobile.store import Changes, Place
from shared.events.notification import MobileNotificationRequested

REGISTRATION = "mobile_high_usage"
TEMPLATE = "mobile_high_usage"
_DEDUPE_CHARACTERS = 200


@dataclass(frozen=True)
class Touched:
    """What may have reached a limit: a customer's month, and some of its subscriptions' months by ID."""

    customer: CustomerMonth
    subscriptions: Mapping[str, SubscriptionMonth] = field(default_factory=dict)


def warn(changes: Changes, now: datetime, touched: Touched) -> int:
    """Give the warnings that are due, in this transaction; how many."""
    customer = touched.customer
    if not domain.is_watched(customer.month, now):
        return 0
    known = {each.id: each for each in changes.subscriptions(touched.subscriptions)}
    own = changes.settings(customer.customer_id, ("", *known))
    defaults = changes.defaults(changes.parent_of(customer.customer_id))
    readings = list(domain.readings_of_all(customer, _set_to("", own, defaults)[CUSTOMER_TOTAL.code], now))
    terms = changes.terms(customer.customer_id) if known and customer.groups else Terms()
    for subscription_id, each in known.items():
        set_to = _set_to(subscription_id, own, defaults)
        part = group_part(each, customer, DATA, terms)
        readings += domain.readings_of(each, touched.subscriptions[subscription_id], set_to, now, part)
    return sum(_give(changes, customer, readings, known))


def drawing_on_groups(
    changes: Changes, now: datetime, before: CustomerMonth, after: CustomerMonth
) -> Mapping[str, SubscriptionMonth]:
    """Whose limit of national data may be reached because data above a group's bundle costs more than
    ``before``, whoever used it: the months, by ID, of the subscriptions that may have such a limit."""
    whose, month = after.customer_id, after.month
    costs_more = any(
        line.amount > (before.groups[key].amount if key in before.groups else 0)
        for key, line in after.groups.items()
        if key.endswith(f"|{DATA}")
    )
    if not costs_more or not domain.is_watched(month, now):
        return {}
    default = changes.defaults(changes.parent_of(whose)).get(domain.EXTRA_DATA.code)
    if default is not None and default.value is not None:
        return {each.subscription_id: each for each in changes.months_of(whose, month)}
    own = [(each, month) for each in changes.subjects_with(whose, domain.EXTRA_DATA.code)]
    return {each.subscription_id: each for each in changes.subscription_months(whose, own).values()}


def _give(
    changes: Changes, customer: CustomerMonth, readings: list[Reading], known: Mapping[str, Subscription]
) -> Iterable[int]:
    subjects = dict.fromkeys(reading.subject for reading in readings)
    told = changes.told(customer.customer_id, customer.month, subjects)
    for reading in readings:
        news = reading.news(told.get((reading.subject, reading.limit.code), ()))
        place: Place = (reading.subject, reading.limit.code)
        ids = [changes.add_warning(customer.customer_id, customer.month, place, each) for each in news]
        if news:
            subscription = known.get(reading.subject)
            event = notification(reading, news[-1], customer.month, ids[-1], subscription, changes.at)
            changes.tell(customer.customer_id, event)
        yield len(news)


def notification(
    reading: Reading,
    threshold: int,
    month: str,
    warning_id: str,
    subscription: Subscription | None,
    at: datetime,
) -> MobileNotificationRequested:
    """What identity is asked to write; of several thresholds at once the highest."""
    number = (subscription.number_at(at) or "") if subscription else ""
    is_share = reading.allowance is not None
    unit = _unit(reading)
    return MobileNotificationRequested(
        template=TEMPLATE,
        dedupe_key=warning_id[-_DEDUPE_CHARACTERS:],
        registration=REGISTRATION,
        parameters={
            "period": month,
            "number": shown(number) if number else "",
            "label": subscription.label if subscription else "",
            "limit": reading.limit.code,
            "bundle": _bundle_name(reading),
            "unit": unit,
            "value": _in_unit(reading.allowance or threshold, unit),
            "used": _in_unit(reading.used, unit),
            "percentage": threshold if is_share else 100,
        },
    )


def _set_to(
    subject: str, own: Mapping[Place, Setting], defaults: Mapping[str, Setting]
) -> dict[str, Effective]:
    codes = domain.CHANGEABLE if subject else (CUSTOMER_TOTAL.code,)
    return {code: domain.effective(own.get((subject, code)), defaults.get(code)) for code in codes}


def _bundle_name(reading: Reading) -> str:
    """The name of what the limit is about, where it is a brand: a group's bundle or a module."""
    if reading.subject.startswith("group:"):
        return GROUPS[reading.subject.removeprefix("group:")].group_name
    module = MODULES.get(reading.limit.code)
    return module.name if module else ""


def _unit(reading: Reading) -> str:
    """euro, MB, minutes or messages."""
    if reading.allowance is None:
        return reading.limit.unit
    if reading.limit.code == domain.SMS_BUNDLE.code:
        return "messages"
    is_data = reading.limit.code in (domain.DATA_BUNDLE.code, domain.GROUP_KINDS[DATA].code)
    return "MB" if is_data else "minutes"


def _in_unit(counted: int, unit: str) -> str:
    """A decimal string, exact."""
    scale = {"euro": 1_000_000, "MB": MB, "minutes": 60, "messages": 1}[unit]
    exact = Decimal(counted) / scale
    return f"{exact:.6f}" if unit == "euro" else f"{exact:.3f}"
