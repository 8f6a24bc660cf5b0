"""What an invoice is made of, read while others work, and who is billed from when (INV-02)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

import pytest

from services.invoicing.domain.parties import Account, Customer
from services.invoicing.domain.recurring import Billed
from services.invoicing.store import Changes, Store
from services.invoicing.usecases.catalogue import save_account
from services.invoicing.usecases.drafting import gather, unsettled
from shared.errors import Invalid
from tests.support.billing import ISSUER, STAFF, FakeCdr, customer

pytestmark = pytest.mark.feature("INV-02")
BAKERY = customer(1, known_on=dt.date(2026, 10, 5))
NOW = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
OCTOBER = Billed(
    key="subscription:s1",
    period="2026-10",
    first=1,
    last=31,
    price=Decimal("40.00"),
    quantity=Decimal(1),
    net=Decimal("40.00"),
)
READS = 9
"""What :func:`gather` asks of the store."""


class Shared:
    """A store in which another run settles October, and what it billed of it, just before the read of that
    place."""

    def __init__(self, moment: int) -> None:
        self.reads, self.moment = 0, moment
        self.months: set[str] = set()
        self.marks: list[Billed] = []

    def _look(self) -> None:
        if self.reads == self.moment:
            self.marks.append(OCTOBER)
            self.months.add("2026-10")
        self.reads += 1

    def __getattr__(self, name: str) -> Callable[..., Any]:
        answers: dict[str, Callable[[], Any]] = {
            "account": lambda: Account(customer_id=BAKERY.id),
            "issuers": lambda: {ISSUER.id: ISSUER},
            "products": dict,
            "charges": list,
            "requested": list,
            "subscriptions": list,
            "settled": lambda: set(self.months),
            "billed": lambda: list(self.marks),
            "invoiced": list,
        }

        def read(*_asked: Any, **_also: Any) -> Any:
            self._look()
            return answers[name]()

        return read


@pytest.mark.parametrize("moment", range(READS + 1))
def test_a_month_that_another_run_settles_meanwhile_is_waited_for_or_known(moment: int) -> None:
    """Else what it billed of October would be billed again as a month that was forgotten."""
    store = Shared(moment)
    basis = gather(cast(Store, store), FakeCdr(), BAKERY, "2026-11", None)
    assert unsettled(basis) == ["2026-10"] or basis.billed == (OCTOBER,)
    assert store.reads == READS, "each moment was tried"


class Desk:
    """A store with one customer's account."""

    def __init__(self, account: Account) -> None:
        self.kept = account

    def customer(self, _customer_id: str) -> Customer:
        return BAKERY

    def once(self, *asked: Any) -> Any:
        return asked[-1](cast(Changes, self))

    def account(self, _customer_id: str) -> Account:
        return self.kept

    def save_account(self, account: Account) -> None:
        self.kept = account

    def record(self, *_told: Any) -> None:
        pass

    def save(self, **values: Any) -> None:
        asked: dict[str, Any] = {"customer_id": BAKERY.id, "revision": self.kept.revision, **values}
        save_account(cast(Store, self), lambda: NOW, STAFF, command_id="c" * 8, **asked)


def test_billing_begins_on_the_first_of_a_month() -> None:
    """Usage is booked by month: from a day within one it would be billed from the first anyway."""
    desk = Desk(Account(customer_id=BAKERY.id))
    with pytest.raises(Invalid) as refused:
        desk.save(bills_from=dt.date(2026, 11, 16))
    [sentence] = refused.value.fields["bills_from"]
    assert sentence.startswith("Verbruik komt per hele maand op de factuur.")
    assert desk.kept.revision == 0
    desk.save(bills_from=dt.date(2026, 11, 1))
    desk.save(bills_from=None)
    assert (desk.kept.bills_from, desk.kept.revision) == (None, 2)


def test_an_account_of_before_with_another_day_can_be_changed_otherwise() -> None:
    """The page sends all of it each time."""
    old = Account(customer_id=BAKERY.id, bills_from=dt.date(2026, 11, 16))
    desk = Desk(old)
    desk.save(bills_from=old.bills_from, days=30)
    assert (desk.kept.bills_from, desk.kept.days) == (dt.date(2026, 11, 16), 30)
    with pytest.raises(Invalid):
        desk.save(bills_from=dt.date(2026, 11, 17))
