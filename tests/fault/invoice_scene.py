"""A month of many customers, the same each time it is made; and a process that invoices it, to be killed."""

from __future__ import annotations

import faulthandler
import os
import threading
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from typing import Any

from services.invoicing.domain.charges import Charge, Requested
from services.invoicing.domain.parties import Account
from services.invoicing.store import Changes, Store
from services.invoicing.usecases.running import RUN, make_run, start_run
from shared import mongo
from shared.abandoned import abort_abandoned
from shared.ids import new_id
from shared.job_runner import Runner
from shared.jobs import JobStore
from tests.support.billing import ISSUER, STAFF, FakeCdr, PlainRenderer, customer, statement

PERIOD = "2026-10"
NOVEMBER = datetime(2026, 11, 2, 9, tzinfo=UTC)
LEASE = timedelta(milliseconds=150)
"""After which the run of a process that was killed is taken over."""
ABANDONED_SECONDS = 0.1
THREADS = 2
TIMEOUT_MS = 20_000


def cdr_of(customers: int) -> FakeCdr:
    """Every tenth customer has used nothing."""
    quiet = {(f"{place:032x}", PERIOD): statement(PERIOD) for place in range(0, customers, 10)}
    return FakeCdr(given=quiet)


def fill(store: Store, customers: int) -> None:
    """Customers with charges of every kind; every 17th has no address and can not be invoiced."""

    def work(changes: Changes) -> None:
        changes.save_issuer(ISSUER)
        for place in range(customers):
            customer_id = f"{place:032x}"
            if place % 5 == 0:
                changes.save_charge(_charge(customer_id, "recurring", "9.95", date(2026, 10, 12)))
            if place % 7 == 0:
                changes.save_charge(_charge(customer_id, "one_off", "85.00", date(2026, 10, 20)))
            if place % 3 == 0:
                collected: dict[str, Any] = {"pays_by": "direct_debit", "iban": "NL37TEST0000016000"}
                collected |= {"mandate_id": f"M-{place}", "mandate_signed_on": date(2026, 1, 1)}
                changes.save_account(Account(customer_id=customer_id, **collected))

    store.in_one(NOVEMBER, work)
    for place in range(customers):
        facts: dict[str, Any] = {"known_on": date(2026, 10, 1)}
        store.keep_customer(customer(place, **facts, **({"address": None} if place % 17 == 0 else {})))
        if place % 11 == 0:
            store.keep_requested(
                Requested(
                    id=f"mobile:{place}",
                    customer_id=f"{place:032x}",
                    day=date(2026, 10, 3),
                    description="Blokkeren SIM-kaart",
                    amount=Decimal("7.50"),
                )
            )


def _charge(customer_id: str, kind: Any, price: str, starts: date) -> Charge:
    return Charge(
        id=f"{kind[:3]}{customer_id}",
        customer_id=customer_id,
        kind=kind,
        description="Nummerblok",
        quantity=Decimal(1),
        price=Decimal(price),
        starts=starts,
    )


def clock() -> datetime:
    return NOVEMBER


def start(store: Store) -> str:
    job = start_run(
        store,
        clock,
        STAFF,
        period=PERIOD,
        customer_ids=None,
        dry_run=False,
        accept_unrated=False,
        issued_on=None,
        mail=True,
        command_id=new_id(),
    )
    return str(job["id"])


@dataclass(frozen=True)
class Place:
    """Where a process works, and on how many customers."""

    uri: str
    customers: int
    name: str

    def store(self) -> Store:
        store = Store(mongo.connect(self.uri, timeout_ms=TIMEOUT_MS))
        store.jobs = JobStore(store._db, lease=LEASE)
        return store


def runner_of(store: Store, customers: int) -> Runner:
    return Runner(store.jobs, {RUN: make_run(store, cdr_of(customers), PlainRenderer, clock, THREADS)})


def invoice_for_ever(place: Place, begun: Connection) -> None:
    """What the worker does, until somebody kills it; says when it begins."""
    faulthandler.enable()
    os.environ["TIKKER_ISSUER"] = place.name
    store = place.store()
    runner = runner_of(store, place.customers)
    threading.Thread(target=abort_for_ever, args=(store,), daemon=True).start()
    begun.send(True)
    while True:
        if not runner.run_once():
            time.sleep(0.005)


def abort_for_ever(store: Store) -> None:
    """As the worker does, only sooner."""
    while True:
        abort_abandoned(store._db, ABANDONED_SECONDS)
        time.sleep(ABANDONED_SECONDS / 2)
