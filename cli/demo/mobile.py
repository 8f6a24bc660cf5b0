"""Two customers that show all of Mobiel: the manual's own example (7.1), to the byte, and one with every
product, modules, limits, blocks and a subscription that has ended.

Their usage is of the current month, the same each time within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cli.demo.calendar import instant, midnight
from cli.demo.cast import ALL_ROLES, Customer, Facts, Subscription, User
from cli.demo.usage import Event

MB = 1_000_000
GB = 1_000 * MB
REGISTRATIONS = ("mobile_high_usage", "sim_block_confirmation")
DUTCH, BELGIAN, AMERICAN = "+31600200123", "+3220000123", "+12025550123"
IN_BELGIUM = {"country": "BE", "network": "206-99"}
IN_BRITAIN = {"country": "GB", "network": "234-99"}
IN_TURKEY = {"country": "TR", "network": "286-99"}


@dataclass(frozen=True)
class Use:
    """One session or call of a subscription (its place in the list): ``volume`` in bytes, ``duration`` in
    seconds to ``receiver``; neither is an SMS to it."""

    place: int
    volume: int | None = None
    duration: int | None = None
    receiver: str = ""
    roaming: dict[str, str] | None = None


@dataclass(frozen=True)
class Details:
    """What one subscription has beside its product: modules, blocks that are on, limits by code."""

    modules: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    limits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Example:
    """A customer with its usage of a month. ``details`` and ``ended`` by the place of the subscription;
    ``free``: bundles above which it pays nothing."""

    customer: Customer
    uses: tuple[Use, ...]
    details: Mapping[int, Details] = field(default_factory=dict)
    ended: tuple[int, ...] = ()
    free: tuple[str, ...] = ()

    def events(self, month: date) -> Iterator[Event]:
        """As carriers hand them over; ``month`` is its first day."""
        for index, use in enumerate(self.uses):
            number = self.customer.subscriptions[use.place].number
            record = f"dm-{month:%y%m}-{number[-6:]}-{index}"
            at = instant(midnight(month) + index * 60)
            if use.volume is not None:
                yield Event(record, "data", number, at, volume=use.volume, roaming=use.roaming)
                continue
            kind = "sms" if use.duration is None else "voice"
            yield Event(
                record, kind, number, at, number, use.receiver, duration=use.duration, roaming=use.roaming
            )


def previous_month(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _boss(username: str, password: str, first_name: str, what: str) -> tuple[User, ...]:
    return (User(username, password, first_name, "van", "Voorbeeld", ALL_ROLES, what),)


def _facts(number: int) -> Facts:
    return Facts(
        kvk=f"0000{number}",
        vat_number=f"NL0000{number}0B01",
        street="Mobielstraat",
        house_number=str(number % 100),
        postcode="9999 DD",
        city="Voorbeeldstad",
        contact="M. van Voorbeeld",
        phone="06-00 19 00 00",
    )


HANDBOOK = Example(
    Customer(
        code="handboek",
        name="Handboek Voorbeeld B.V.",
        products=("mobile",),
        size=0,
        numbers=(),
        subscriptions=(
            Subscription("+31600190001", "zakelijk_mobiel", "Telefoon kantoor"),
            Subscription("+31600190002", "zakelijk_mobiel", "Telefoon onderweg"),
        ),
        users=_boss("handboek", "demo-handboek", "Hanna", "mobile: the manual's example"),
        facts=_facts(1901),
    ),
    uses=(
        Use(0, volume=965_500_000),
        Use(0, duration=600, receiver=DUTCH),
        Use(1, volume=37_500_000),
        Use(1, duration=1740, receiver=DUTCH),
        Use(1, volume=140_000, roaming=IN_TURKEY),  # € 2,50 per MB
    ),
    free=("zakelijk_mobiel.data",),
)

EVERYTHING = Example(
    Customer(
        code="mobiel",
        name="Overal Bereikbaar Voorbeeld B.V.",
        products=("mobile",),
        size=0,
        numbers=(),
        subscriptions=(
            Subscription("+31600190011", "zakelijk_mobiel", "Verkoop"),
            Subscription("+31600190012", "mobiel_onbeperkt", "Directie"),
            Subscription("+31600190013", "data_only", "Tablet magazijn"),
            Subscription("+31600190014", "kpn_een", "Balie"),
            Subscription("+31600190015", "kpn_een", "Bezorging"),
            Subscription("+31600190016", "zakelijk_mobiel", "Oude bestelbus"),
            Subscription("+31600190099", "mobiel_onbeperkt", "Kaart die niemand kent"),
            Subscription("+31600190098", "data_only", "Kaart zonder antwoord"),
        ),
        users=_boss("overal", "demo-overal-mobiel", "Otto", "mobile: all products, modules, limits"),
        facts=_facts(1902),
    ),
    uses=(
        Use(0, volume=430 * MB),
        Use(0, duration=95 * 60, receiver=BELGIAN),
        Use(0, duration=21 * 60, receiver=AMERICAN),
        Use(0, duration=140 * 60, receiver=DUTCH),
        *(Use(0, receiver=DUTCH) for _ in range(9)),
        Use(1, volume=17 * GB),
        Use(1, volume=260 * MB, roaming=IN_BELGIUM),
        Use(1, volume=12 * MB, roaming=IN_BRITAIN),
        Use(1, duration=32 * 60, receiver=BELGIAN),
        Use(2, volume=5_200 * MB),
        Use(3, volume=1_350 * MB),
        Use(3, duration=75 * 60, receiver=DUTCH),
        Use(4, volume=2_125 * MB),
        Use(4, duration=33 * 60, receiver=DUTCH),
        Use(6, volume=640 * MB),
        Use(7, volume=90 * MB),
    ),
    details={
        0: Details(
            modules=("zakelijk_mobiel_naar_eu", "zakelijk_mobiel_buiten_eu"),
            blocks=("premium_sms", "sms_data_roaming"),
            limits={"total": "25", "zakelijk_mobiel_naar_eu": "100"},
        ),
        1: Details(
            modules=("mobiel_bellen_eu", "mobiel_internet_eu", "mobiel_internet_wereld"),
            blocks=("sms_internet_eu", "sms_internet_world", "sms_data_roaming"),
            limits={"mobiel_internet_eu": "250"},
        ),
        3: Details(blocks=("paid_services", "foreign_numbers", "data_roaming", "sms_data_roaming")),
    },
    ended=(5,),
)

EXAMPLES = (HANDBOOK, EVERYTHING)
DEFAULT_LIMITS: dict[str, Any] = {"customer_total": "100", "total": "50"}
"""What the demo's partner sets for its customers."""
