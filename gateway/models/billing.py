"""How customers are billed, as staff see it: products, senders, accounts, charges, runs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.charts import Progress
from gateway.models.invoices import month_of
from gateway.words import lazy_gettext as _l

VAT_RATES = {
    "standard": _l("21 %%"),
    "reduced": _l("9 %%"),
    "zero": _l("0 %%"),
    "exempt": _l("vrijgesteld"),
}
PER = {"month": _l("per maand"), "once": _l("eenmalig")}
METHODS = {"transfer": _l("Overboeking door de klant"), "direct_debit": _l("Automatische incasso")}
PROFILES = {"nlcius": _l("NLCIUS (SI-UBL 2.0)"), "peppol": _l("Peppol BIS Billing 3.0")}
CHARGE_KINDS = {
    "recurring": _l("Elke maand"),
    "one_off": _l("Eenmalig"),
    "discount": _l("Korting op elke factuur"),
}
ROW_STATES = {
    "held": _l("Tegengehouden"),
    "undrawn": _l("Zonder PDF"),
    "waiting": _l("Wacht"),
    "issued": _l("PDF wordt gemaakt"),
    "preview": _l("Voorbeeld"),
    "done": _l("Klaar"),
    "already": _l("Was er al"),
    "nothing": _l("Niets te factureren"),
}
PROBLEMS = ("held", "undrawn")
OPEN_STATES = ("queued", "running")
MOST_NAMED = 3
"""Customers of a run that are called by their names; of more it is said how many they are."""


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """Something with a price, euro ex VAT."""

    code: str
    description: str
    price: Decimal
    per: str = "month"
    vat: str = "standard"
    retired: bool = False
    revision: int = 1

    @property
    def per_label(self) -> Any:
        return PER.get(self.per, self.per)

    @property
    def vat_label(self) -> Any:
        return VAT_RATES.get(self.vat, self.vat)


class SellerData(msgspec.Struct, frozen=True, kw_only=True):
    """A sender's letterhead."""

    name: str
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    city: str = ""
    kvk: str = ""
    vat_number: str = ""
    iban: str = ""
    bic: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    accent: str = "#0b5cad"
    creditor_id: str = ""


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends invoices: the operator, or a partner."""

    id: str
    seller: SellerData
    partner_id: str | None = None
    is_default: bool = False
    series: str = "F"
    credit_series: str = "C"
    revision: int = 1
    has_logo: bool = False


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """How one customer is billed; ``prices`` are its own, by product, ``obstacles`` sentences of what keeps
    it from being billed."""

    customer_id: str
    issuer_id: str | None = None
    pays_by: str = "transfer"
    days: int = 14
    iban: str = ""
    mandate_id: str = ""
    mandate_signed_on: date | None = None
    reverse_charge: bool = False
    profile: str = "nlcius"
    reference: str = ""
    attention: str = ""
    email: str = ""
    itemised: bool = False
    masked: bool = False
    bills_from: date | None = None
    prices: dict[str, Decimal] = {}
    revision: int = 0
    begins: date | None = None
    obstacles: tuple[str, ...] = ()

    @property
    def method_label(self) -> Any:
        return METHODS.get(self.pays_by, self.pays_by)

    @property
    def profile_label(self) -> Any:
        return PROFILES.get(self.profile, self.profile)


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What staff put on a customer's invoices; prices in euro ex VAT."""

    id: str
    kind: str
    description: str
    quantity: Decimal
    price: Decimal
    starts: date
    ends: date | None = None
    percentage: Decimal | None = None
    product: str = ""
    vat: str = "standard"
    invoice_id: str | None = None

    @property
    def kind_label(self) -> Any:
        return CHARGE_KINDS.get(self.kind, self.kind)

    @property
    def can_end(self) -> bool:
        return self.invoice_id is None and (self.kind == "one_off" or self.ends is None)


class Requested(msgspec.Struct, frozen=True, kw_only=True):
    """A cost that another part of the house asks for."""

    id: str
    day: date
    description: str
    amount: Decimal
    invoice_id: str | None = None


class Charges(msgspec.Struct, frozen=True, kw_only=True):
    rows: tuple[Charge, ...] = ()
    requested: tuple[Requested, ...] = ()


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A file for the bank."""

    id: str
    collect_on: date
    count: int
    total: Decimal


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a customer in a run."""

    customer_id: str
    customer_number: int
    name: str
    state: str
    sentence: str = ""
    invoice_id: str | None = None
    number: str = ""
    total: Decimal | None = None

    @property
    def state_label(self) -> Any:
        return ROW_STATES.get(self.state, self.state)

    @property
    def is_problem(self) -> bool:
        return self.state in PROBLEMS


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended; ``unrated`` calls of the month waited for a rate."""

    unrated: int = 0


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run, or the preview of one (``dry_run``). ``customer_ids`` null: all customers; absent: unknown."""

    id: str
    created_at: datetime
    period: str
    issued_on: date
    dry_run: bool = False
    accept_unrated: bool = False
    mail: bool = True
    customer_ids: tuple[str, ...] | None | msgspec.UnsetType = msgspec.UNSET
    by: str = ""
    state: str = "queued"
    done: int | None = None
    total: int | None = None
    error: str | None = None
    result: Outcome | None = None
    counts: dict[str, int] = {}
    batches: tuple[Batch, ...] = ()
    rows: tuple[RunRow, ...] = ()
    next: int | None = None

    @property
    def month(self) -> str:
        return month_of(self.period)

    @property
    def knows_whose(self) -> bool:
        """Whether it is told for which customers it was."""
        return self.customer_ids is not msgspec.UNSET

    @property
    def named(self) -> tuple[str, ...]:
        """The customers it was for, when that were not all."""
        return self.customer_ids or ()

    @property
    def few(self) -> bool:
        return len(self.named) <= MOST_NAMED

    @property
    def going(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def progress(self) -> Progress:
        return Progress(self.done or 0, self.total or None, 0)

    @property
    def problems(self) -> int:
        return sum(self.counts.get(state, 0) for state in PROBLEMS)

    @property
    def unrated(self) -> int:
        return self.result.unrated if self.result else 0

    @property
    def shown_counts(self) -> list[tuple[str, Any, int]]:
        """State, its name, how many; problems first."""
        return [
            (state, label, self.counts[state])
            for state, label in ROW_STATES.items()
            if self.counts.get(state)
        ]
