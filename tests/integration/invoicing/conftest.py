"""A store of invoicing with an issuer, on a database of its own; and what does its jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from services.invoicing.domain.parties import Customer
from services.invoicing.store import Store
from services.invoicing.usecases.running import FINISH, RUN, make_finish, make_run, start_run
from shared import mongo
from shared.ids import new_id
from shared.job_runner import Runner
from shared.mongo import Document
from tests.integration.cdr.conftest import database_uri
from tests.support.billing import ISSUER, STAFF, FakeCdr, PlainRenderer

NOVEMBER = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass
class Books:
    """``run`` makes the invoices of a month and answers what became of each customer, by its name."""

    store: Store
    db: Any
    cdr: FakeCdr = field(default_factory=FakeCdr)
    renderer: PlainRenderer = field(default_factory=PlainRenderer)
    now: datetime = NOVEMBER

    def clock(self) -> datetime:
        return self.now

    def know(self, *customers: Customer) -> None:
        for each in customers:
            self.store.keep_customer(each)

    def runner(self) -> Runner:
        finish = make_finish(self.store, self.cdr, lambda: self.renderer, self.clock)
        run = make_run(self.store, self.cdr, lambda: self.renderer, self.clock, threads=1)
        return Runner(self.store.jobs, {RUN: run, FINISH: finish})

    def start(self, period: str = "2026-10", **fields: Any) -> str:
        asked = {
            "customer_ids": None,
            "dry_run": False,
            "accept_unrated": False,
            "issued_on": None,
            "mail": True,
            "command_id": new_id(),
            **fields,
        }
        return str(start_run(self.store, self.clock, STAFF, period=period, **asked)["id"])

    def work(self) -> None:
        """All jobs that wait."""
        while self.runner().run_once():
            pass

    def run(self, period: str = "2026-10", **fields: Any) -> dict[str, Document]:
        run_id = self.start(period, **fields)
        self.work()
        job = self.store.jobs.get(run_id)
        assert job is not None and job.state.value == "done", job
        return {row["name"]: row for row in self.store.rows(run_id)}

    def numbers(self) -> list[str]:
        return sorted(row["number"] for row in self.db["invoices"].find())

    def told(self, name: str) -> int:
        """Events of that name in the outbox."""
        return int(self.db["outbox"].count_documents({"name": name}))


@pytest.fixture(scope="session")
def database(mongo_admin: Any) -> Iterator[Any]:
    """With its indexes, which take longer to make than a test."""
    name = f"t_invoicing_{new_id()[:12]}"
    db = mongo.connect(database_uri(name), timeout_ms=20_000)
    Store(db).prepare()
    yield db
    db.client.close()
    mongo_admin.drop_database(name)


@pytest.fixture
def books(database: Any) -> Books:
    for name in database.list_collection_names():
        database[name].delete_many({})
    store = Store(database)
    store.in_one(NOVEMBER, lambda changes: changes.save_issuer(ISSUER))
    return Books(store, database)
