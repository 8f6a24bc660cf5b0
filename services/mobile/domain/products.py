"""What can be subscribed to: products with their bundles, and modules. A change here is told to others by
``./tikker subscription republish --anew``.

Volumes are in bytes, seconds or messages, by the bundle's kind; prices in euro ex VAT. A customer's own
terms (terms.py) go before the volumes and rates here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DATA, VOICE, SMS = "data", "voice", "sms"
MB = 1_000_000
MINUTE = 60

NATIONAL_DATA = "data_national"
NATIONAL_VOICE = ("national", "mobile", "service_14")


@dataclass(frozen=True)
class Bundle:
    """Use of the call ``types`` (shared/call_types.py) up to ``volume`` a month is paid for; what is above
    it costs ``rate`` per started ``unit``. ``group``: the shares of a customer's subscriptions add up.

    Calls and SMS count when made in the Netherlands or elsewhere in the EU, never from outside it; of
    ``incoming`` only what is received in the EU outside the Netherlands. SMS count wherever they go."""

    kind: str
    types: tuple[str, ...]
    volume: int
    unit: int
    rate: str
    group: str = ""


@dataclass(frozen=True)
class Product:
    """``group_name``: what its group bundle is called; empty: it has none. ``data_limit``: whether extra
    costs of national data have a limit of their own (MOB-05). ``unlimited``: the kinds of which national use
    has no end, and so no bundle."""

    code: str
    name: str
    bundles: tuple[Bundle, ...]
    group_name: str = ""
    data_limit: bool = True
    unlimited: frozenset[str] = frozenset()

    def bundle(self, kind: str) -> Bundle | None:
        return next((bundle for bundle in self.bundles if bundle.kind == kind), None)


@dataclass(frozen=True)
class Module:
    """An extra for these ``products``. Its limit is a multiple of ``step``, in the bundle's unit of people:
    minutes or MB."""

    code: str
    name: str
    bundle: Bundle
    step: int
    products: frozenset[str]

    @property
    def unit(self) -> str:
        return "MB" if self.bundle.kind == DATA else "minutes"

    @property
    def scale(self) -> int:
        """Bytes or seconds of one MB or minute."""
        return MB if self.bundle.kind == DATA else MINUTE


def _data(volume_mb: int, rate: str, *types: str, group: str = "") -> Bundle:
    return Bundle(DATA, types or (NATIONAL_DATA,), volume_mb * MB, MB, rate, group)


def _voice(minutes: int, rate: str, *types: str, group: str = "") -> Bundle:
    return Bundle(VOICE, types or NATIONAL_VOICE, minutes * MINUTE, MINUTE, rate, group)


def _sms(messages: int, rate: str) -> Bundle:
    return Bundle(SMS, ("sms",), messages, 1, rate)


_ALL = (
    Product(
        "zakelijk_mobiel",
        "Zakelijk Mobiel",
        (
            _data(500, "0.0250", group="zakelijk_mobiel"),
            _voice(150, "0.0650", group="zakelijk_mobiel"),
            _sms(150, "0.0579"),
        ),
        group_name="Zakelijk Mobiel Bundel",
    ),
    Product(
        "mobiel_onbeperkt",
        "Mobiel Onbeperkt",
        (_data(20_000, "0.0100"),),
        unlimited=frozenset({VOICE, SMS}),
    ),
    Product("data_only", "Data Only", (_data(5_000, "0.0150"),)),
    Product(
        "kpn_een",
        "KPN ÉÉN",
        (
            _data(2_000, "0.0250", group="kpn_een"),
            _voice(400, "0.0650", group="kpn_een"),
            _sms(200, "0.0579"),
        ),
        group_name="KPN ÉÉN Bundel",
        data_limit=False,
    ),
)

PRODUCTS: Mapping[str, Product] = {product.code: product for product in _ALL}

_ROAMING = frozenset({"mobiel_onbeperkt", "kpn_een"})
_ABROAD = frozenset({"zakelijk_mobiel"})
_EVERY = frozenset(PRODUCTS)

MODULES: Mapping[str, Module] = {
    module.code: module
    for module in (
        Module(
            "mobiel_bellen_eu",
            "Mobiel Bellen EU",
            _voice(250, "0.1000", "international_eu", "incoming"),
            250,
            _ROAMING,
        ),
        Module("mobiel_internet_eu", "Mobiel Internet EU", _data(250, "0.0500", "data_eu"), 250, _EVERY),
        Module(
            "mobiel_internet_wereld",
            "Mobiel Internet Wereld",
            _data(100, "0.4000", "data_world"),
            100,
            _EVERY,
        ),
        Module(
            "zakelijk_mobiel_naar_eu",
            "Zakelijk Mobiel naar EU",
            _voice(100, "0.1000", "international_eu"),
            100,
            _ABROAD,
        ),
        Module(
            "zakelijk_mobiel_buiten_eu",
            "Zakelijk Mobiel naar buiten EU",
            _voice(20, "0.7500", "international_world"),
            20,
            _ABROAD,
        ),
    )
}
"""No two bundles that a subscription can have at once cover the same type (test_products.py)."""

GROUPS: Mapping[str, Product] = {
    bundle.group: product for product in _ALL for bundle in product.bundles if bundle.group
}
"""The product of each group bundle, by the group's code."""

BLOCK_COST = "7.50"
UNBLOCK_COST = "0.00"
"""What blocking a SIM card and ending it costs, unless a customer's terms say otherwise."""


def bundle_codes() -> dict[str, Bundle]:
    """Every bundle by the code that terms name it by: ``zakelijk_mobiel.data``, or a module's."""
    own = {f"{p.code}.{b.kind}": b for p in _ALL for b in p.bundles}
    return own | {module.code: module.bundle for module in MODULES.values()}
