"""Warning limits (MOB-01, MOB-05, MOB-06): which there are, who sees them, and when one is reached.

Amounts are compared as integers: millionths of a euro, seconds, bytes, messages. Money limits count extra
use only; what a subscription or a SIM block costs never comes in here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.mobile.domain.months import bounds, month_of, preceding
from services.mobile.domain.products import DATA, GROUPS, MODULES, NATIONAL_DATA, PRODUCTS, SMS, VOICE
from services.mobile.domain.subscriptions import Subscription
from services.mobile.domain.usage import BundleSum, CustomerMonth, GroupPart, SubscriptionMonth
from shared.errors import Invalid
from shared.money import MICRO
from shared.words import gettext
from shared.words import lazy_gettext as _l

PERCENTAGES = (80, 100)
LARGEST = 999_999
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Limit:
    """``unit``: euro, percent, minutes or MB; ``scale``: how many of what is counted make one of them;
    ``step``: what a value in minutes or MB is a multiple of."""

    code: str
    name: Any
    unit: str
    scale: int
    step: int = 1
    percentages: tuple[int, ...] = ()

    @property
    def fixed(self) -> bool:
        return bool(self.percentages)

    def parse(self, text: str) -> int:
        """What a person filled in, as it is counted. Raises Invalid, beside the field ``value``."""
        written = text.strip()
        if written.startswith("-") or (_NUMBER.fullmatch(written) and not Decimal(written)):
            raise _wrong(
                gettext("Vul een getal boven 0 in, of laat het veld leeg als u geen waarschuwing wilt.")
            )
        if not _NUMBER.fullmatch(written):
            raise _wrong(gettext("Vul een getal in tot en met %(most)s.", most=_dotted(LARGEST)))
        if self.unit == "euro":
            return int(Decimal(written) * MICRO)
        return self._multiple(Decimal(written))

    def shown(self, value: int) -> str:
        """As it goes over the wire: ``100.00`` euro, else ``500``."""
        return f"{Decimal(value) / self.scale:.2f}" if self.unit == "euro" else str(value // self.scale)

    def _multiple(self, wanted: Decimal) -> int:
        below = int(wanted) // self.step * self.step
        if wanted == below:
            return below * self.scale
        lower = below or self.step
        raise _wrong(
            gettext(
                "Kies een veelvoud van %(step)s, zoals %(lower)s of %(higher)s.",
                step=self.step,
                lower=_dotted(lower),
                higher=_dotted(lower + self.step),
            )
        )


CUSTOMER_TOTAL = Limit("customer_total", _l("Totaal per klant"), "euro", MICRO)
TOTAL = Limit("total", _l("Totaal per aansluiting"), "euro", MICRO)
DATA_BUNDLE = Limit("data_bundle", _l("Databundel"), "percent", 1, percentages=PERCENTAGES)
SMS_BUNDLE = Limit("sms_bundle", _l("SMS bundel"), "percent", 1, percentages=PERCENTAGES)
EXTRA_DATA = Limit("national_data", _l("Nationaal data – PAYGO en boven bundel"), "euro", MICRO)
OF_MODULES: Mapping[str, Limit] = {
    module.code: Limit(module.code, module.name, module.unit, module.scale, module.step)
    for module in MODULES.values()
}
GROUP_KINDS: Mapping[str, Limit] = {
    DATA: Limit("group_data", _l("Groepsbundel Data"), "percent", 1, percentages=PERCENTAGES),
    VOICE: Limit("group_voice", _l("Groepsbundel Voice"), "percent", 1, percentages=PERCENTAGES),
}

LIMITS: Mapping[str, Limit] = {
    limit.code: limit for limit in (TOTAL, DATA_BUNDLE, SMS_BUNDLE, EXTRA_DATA, *OF_MODULES.values())
}
"""Of a subscription, in the manual's order."""

CHANGEABLE = tuple(code for code, limit in LIMITS.items() if not limit.fixed)
WITH_DEFAULT = (CUSTOMER_TOTAL.code, *CHANGEABLE)
"""What a partner can set a default for."""


def limit_named(code: str) -> Limit:
    return CUSTOMER_TOTAL if code == CUSTOMER_TOTAL.code else LIMITS[code]


def visible(subscription: Subscription, now: datetime) -> tuple[Limit, ...]:
    """The limits that a subscription has now: by its product, and by the modules that are on."""
    product = PRODUCTS[subscription.product_at(now)]
    data = product.bundle(DATA)
    there = {
        TOTAL.code: True,
        DATA_BUNDLE.code: data is not None and not data.group,
        SMS_BUNDLE.code: product.bundle(SMS) is not None,
        EXTRA_DATA.code: product.data_limit,
        **dict.fromkeys(subscription.modules_at(now), True),
    }
    return tuple(limit for code, limit in LIMITS.items() if there.get(code))


@dataclass(frozen=True)
class Setting:
    """``value`` as it is counted; None: no warning, whatever the default is."""

    value: int | None
    set_at: datetime


@dataclass(frozen=True)
class Effective:
    """What holds for one limit: ``source`` is own, default or none."""

    value: int | None
    source: str
    default: int | None
    set_at: datetime | None


def effective(own: Setting | None, default: Setting | None) -> Effective:
    """The customer's own setting goes before the partner's default."""
    there = default.value if default else None
    if own is not None:
        return Effective(own.value, "own", there, own.set_at)
    if default is not None and there is not None:
        return Effective(there, "default", there, default.set_at)
    return Effective(None, "none", None, None)


@dataclass(frozen=True)
class Reading:
    """How far the use of a month is under one limit. ``subject`` is the subscription's ID, ``group:<code>``,
    or empty for the whole customer. With an ``allowance`` the thresholds are per cents of it."""

    subject: str
    limit: Limit
    used: int
    thresholds: tuple[int, ...]
    allowance: int | None = None

    def reached(self) -> tuple[int, ...]:
        if self.allowance is None:
            return tuple(t for t in self.thresholds if self.used >= t)
        return tuple(t for t in self.thresholds if self.allowance and self.used * 100 >= t * self.allowance)

    def news(self, told: Collection[int]) -> tuple[int, ...]:
        """Thresholds reached of which nobody was told this month; a lower one than was told is no news."""
        highest = max(told, default=0)
        return tuple(t for t in self.reached() if t > highest)


def use_of(limit: Limit, month: SubscriptionMonth, part: GroupPart | None) -> tuple[int, int | None]:
    """What counts for a limit of a subscription, and for per cents: of how much. ``part``: what it has in
    the group's bundle of data, if that is where its data counts."""
    if limit.fixed:
        found = month.bundles.get(DATA if limit is DATA_BUNDLE else SMS)
        return (found.used, found.allowance) if found else (0, 0)
    if limit is TOTAL:
        return month.cost, None
    if limit is EXTRA_DATA:
        own = month.bundles.get(DATA)
        above = part.cost(month.total("bytes", (NATIONAL_DATA,))) if part else 0
        return month.total("amount", (NATIONAL_DATA,)) + (own.amount if own else 0) + above, None
    bundle = MODULES[limit.code].bundle
    return month.total("bytes" if bundle.kind == DATA else "seconds", bundle.types), None


def readings_of(
    subscription: Subscription,
    month: SubscriptionMonth,
    set_to: Mapping[str, Effective],
    now: datetime,
    part: GroupPart | None = None,
) -> Iterator[Reading]:
    """A subscription under each limit that it has and that is set; ``set_to`` by the limit's code, ``part``
    as in :func:`use_of`."""
    for limit in visible(subscription, now):
        used, allowance = use_of(limit, month, part)
        if limit.fixed:
            yield Reading(subscription.id, limit, used, limit.percentages, allowance)
        elif (value := _watched(set_to.get(limit.code), month.month, now)) is not None:
            yield Reading(subscription.id, limit, used, (value,))


def readings_of_all(month: CustomerMonth, total: Effective, now: datetime) -> Iterator[Reading]:
    """A customer under the limit of all subscriptions together, and under those of group bundles."""
    value = _watched(total, month.month, now)
    if value is not None:
        yield Reading("", CUSTOMER_TOTAL, month.cost, (value,))
    for key, line in month.groups.items():
        group, _, kind = key.partition("|")
        if group in GROUPS and kind in GROUP_KINDS:
            yield group_reading(group, kind, line)


def group_reading(group: str, kind: str, line: BundleSum) -> Reading:
    return Reading(f"group:{group}", GROUP_KINDS[kind], line.used, PERCENTAGES, line.allowance)


def is_watched(month: str, now: datetime) -> bool:
    """Whether use of that month still warns: this month's, and what comes late of the one before."""
    current = month_of(now)
    return month in (current, preceding(current))


def changed_setting(text: str | None, limit: Limit, at: datetime) -> Setting | None:
    """What a customer sets: a number, None for no warning, or ``default`` (no setting of its own)."""
    if text == "default":
        return None
    return Setting(limit.parse(text) if text else None, at)


def _watched(setting: Effective | None, month: str, now: datetime) -> int | None:
    """A limit says nothing of months that were over when it was set."""
    if setting is None or setting.value is None or setting.set_at is None:
        return None
    return setting.value if setting.set_at < bounds(month)[1] and is_watched(month, now) else None


def _wrong(sentence: str) -> Invalid:
    return Invalid(fields={"value": [sentence]})


def _dotted(number: int) -> str:
    """1.000, as people read it here."""
    return f"{number:,}".replace(",", ".")
