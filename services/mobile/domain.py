"""Mobile subscriptions and the numbers they have had. No I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from shared.errors import Conflict, Invalid
from shared.events import MobileSubscriptionChanged, SubscriptionNumber
from shared.words import gettext

ZONE = ZoneInfo("Europe/Amsterdam")

PRODUCTS = {
    "zakelijk_mobiel": "Zakelijk Mobiel",
    "mobiel_onbeperkt": "Mobiel Onbeperkt",
    "data_only": "Data Only",
    "kpn_een": "KPN ÉÉN",
}
"""What can be subscribed to: code (also in events) and name (manual 7.1.2)."""

# 06 (066 is not mobile) and 097 of the Dutch number plan; the service pbx refuses exactly these.
_MOBILE = re.compile(r"\+31(6(?!6)[0-9]{8}|97[0-9]{9})", re.ASCII)


def midnight(day: date) -> datetime:
    """The moment (UTC) at which a day begins in Amsterdam."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day in Amsterdam on which a moment falls."""
    return moment.astimezone(ZONE).date()


def mobile_number(text: str) -> str:
    """The E.164 form of ``06-00 12 34 56``; raises ValueError with a Dutch sentence for anything else."""
    digits = re.sub(r"[\s-]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = "+31" + digits[1:]
    if not _MOBILE.fullmatch(digits):
        raise ValueError(
            gettext("Dit is geen mobiel nummer. Schrijf het als 06-00 12 34 56 of +31600123456.")
        )
    return digits


@dataclass(frozen=True)
class NumberTerm:
    """A number of a subscription in ``[start, end)``, UTC; no end means until further notice."""

    number: str
    start: datetime
    end: datetime | None = None

    def overlaps(self, other: NumberTerm) -> bool:
        """Whether it is the same number at the same time."""
        ends = [end for end in (self.end, other.end) if end is not None]
        meet = not ends or max(self.start, other.start) < min(ends)
        return self.number == other.number and meet


@dataclass(frozen=True)
class Subscription:
    """``numbers``: its whole history, oldest first, without gaps, from ``active_from`` to ``ended_at``."""

    id: str
    customer_id: str
    product: str
    active_from: datetime
    numbers: tuple[NumberTerm, ...]
    ended_at: datetime | None = None
    sim_number: str = ""
    label: str = ""
    revision: int = 1

    def number_at(self, moment: datetime) -> str | None:
        """The number it has then: before its start the first, after its end the last; None if never any."""
        begun = [term.number for term in self.numbers if term.start <= moment]
        if begun:
            return begun[-1]
        return self.numbers[0].number if self.numbers else None


def change_number(subscription: Subscription, number: str, at: datetime) -> Subscription:
    """Another number from ``at`` on; the one before ends there.

    Raises Conflict when the subscription has ended by then, Invalid when it has the number already or
    ``at`` is not after the start of the number that it has.
    """
    ended = subscription.ended_at
    if ended is not None and (at >= ended or not subscription.numbers):
        raise Conflict(
            gettext("Dit abonnement is beëindigd op %(ended)s.", ended=f"{day_of(ended):%d-%m-%Y}")
        )
    last = subscription.numbers[-1]
    if number == last.number:
        raise Invalid(fields={"number": [gettext("Dit abonnement heeft dit nummer al.")]})
    if at <= last.start:
        sentence = gettext(
            "Kies een dag na %(day)s, toen het huidige nummer inging.",
            day=f"{day_of(last.start):%d-%m-%Y}",
        )
        raise Invalid(fields={"valid_from": [sentence]})
    numbers = (*subscription.numbers[:-1], replace(last, end=at), NumberTerm(number, at, last.end))
    return replace(subscription, numbers=numbers, revision=subscription.revision + 1)


def end(subscription: Subscription, at: datetime) -> Subscription:
    """The subscription ending at ``at``, and with it its numbers; at its start means that it never was.

    Raises Conflict when it has an end already, Invalid for an end before the start.
    """
    if subscription.ended_at is not None:
        raise Conflict(
            gettext(
                "Dit abonnement is al beëindigd op %(day)s.",
                day=f"{day_of(subscription.ended_at):%d-%m-%Y}",
            )
        )
    if at < subscription.active_from:
        raise Invalid(fields={"ended_at": [gettext("Het einde ligt voor het begin.")]})
    begun = [term for term in subscription.numbers if term.start < at]
    numbers = tuple(replace(term, end=min(term.end or at, at)) for term in begun)
    return replace(subscription, numbers=numbers, ended_at=at, revision=subscription.revision + 1)


def refuse_taken(subscription: Subscription, others: Iterable[Subscription]) -> None:
    """Raise Conflict when another subscription has one of its numbers at the same time."""
    for theirs in (term for other in others if other.id != subscription.id for term in other.numbers):
        if any(theirs.overlaps(ours) for ours in subscription.numbers):
            raise Conflict(gettext("%(number)s hoort dan al bij een ander abonnement.", number=theirs.number))


def changed(subscription: Subscription) -> MobileSubscriptionChanged:
    """What others are told of a subscription."""
    return MobileSubscriptionChanged(
        subscription_id=subscription.id,
        revision=subscription.revision,
        product=subscription.product,
        active_from=subscription.active_from,
        ended_at=subscription.ended_at,
        label=subscription.label,
        numbers=tuple(
            SubscriptionNumber(number=t.number, valid_from=t.start, valid_to=t.end)
            for t in subscription.numbers
        ),
    )
