"""Any order of usage, corrections, repetitions, changes of subscriptions, folds and closings: what is above
bundles is the same, and everything that shows it agrees."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr import statements, usage_views
from services.cdr import store as stores_module
from services.cdr.domain.bundles import Key, accounts_of, terms_of
from services.cdr.domain.calendar import calendar
from services.cdr.domain.posting import type_in_bundles
from services.cdr.domain.reference import Reference
from services.cdr.domain.selection import Selection
from services.cdr.store import Stores
from services.cdr.store.old_rows import give_subscriptions
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.close_period import close_period
from services.cdr.usecases.ownership import learn_subscription, subscription_of
from services.cdr.usecases.price import price
from services.cdr.usecases.record_usage import record_usage
from shared import mongo
from shared.acting import Acting
from shared.errors import Conflict
from shared.events import (
    BundleShare,
    MobileSubscriptionChanged,
    SubscriptionNumber,
    UsageRated,
    decode,
    wrap,
)
from shared.ids import new_id
from tests.integration.cdr.conftest import database_uri
from tests.integration.cdr.scene import PLAN
from tests.support.usage import usage_event
from tests.unit.cdr.bundles import MB

pytestmark = pytest.mark.feature("MOB-02", "CDR-02", "CDR-05", "INV-02")

MONTHS = (202408, 202409, 202410)
NOW = datetime(2024, 11, 3, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
PERIODS = (*MONTHS, 202411, 202412)
STAFF = Acting(kind="staff", scope="operator")
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
KINDS = ("total", "type", "number", "number_type")

_serial = itertools.count(1)


@pytest.fixture(scope="module")
def database(mongo_admin: Any) -> Iterator[Any]:
    name = f"t_bundles_{new_id()[:12]}"
    db = mongo.connect(database_uri(name), timeout_ms=20_000)
    stores_module.prepare(db)
    plan = PLAN + "gesprek;roam:world:;Wereld;national;1,65;min;0\n"
    Stores.on(db).reference.save_plan("default", date(2020, 1, 1), 4, plan.encode(), "test")
    yield db
    db.client.close()
    mongo_admin.drop_database(name)


@dataclass
class House:
    """A customer with two mobile subscriptions, and the processes of cdr by hand."""

    db: Any
    customer: str = field(default_factory=new_id)
    told: dict[str, MobileSubscriptionChanged] = field(default_factory=dict)
    closed: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stores = Stores.on(self.db)
        self.reference = Reference(self.stores.reference)
        self.usage = UsageStore(self.db, "test")
        self.usage.register()
        serial = next(_serial)
        self.numbers = [f"+3160{serial:04d}{n:03d}" for n in range(2)]
        self.names = [new_id() for _ in self.numbers]
        for which in range(2):
            self.change(which, volume=2, rate="0.01", since=1)

    def change(self, which: int, volume: int, rate: str, since: int) -> None:
        """The subscription may use that many MB of the group's from a month of 2024 on, and nothing before;
        a second of calls of its own, and from that month on as many minutes by a module."""
        name, number = self.names[which], self.numbers[which]
        known = self.told.get(name)
        begin = datetime(2024, since, 1, tzinfo=UTC)
        one: dict[str, Any] = {"types": ("data_national",), "group": "zm", "unit": MB, "valid_from": begin}
        calls: dict[str, Any] = {"kind": "voice", "types": ("national",), "rate": rate, "unit": 60}
        event = MobileSubscriptionChanged(
            subscription_id=name,
            revision=known.revision + 1 if known else 1,
            product="zakelijk_mobiel",
            active_from=BEGIN,
            numbers=(SubscriptionNumber(number=number, valid_from=BEGIN),),
            bundles=(
                BundleShare(kind="data", volume=volume * MB, rate=rate, **one),
                BundleShare(volume=1, valid_from=BEGIN, **calls),
                BundleShare(volume=60 * volume, module="extra", valid_from=begin, **calls),
            ),
        )
        self.told[name] = event
        learn_subscription(wrap(event, self.customer), self.stores.reference, self.stores.bundles, NOW)

    def use(self, *records: tuple[str, int, dict[str, Any]]) -> None:
        self.reference.refresh()
        batch = [
            price("mobi", self._event(record, revision, facts), self.reference)
            for record, revision, facts in records
        ]
        assert not record_usage(batch, self.usage, self.reference).refused

    def _event(self, record: str, revision: int, facts: dict[str, Any]) -> Any:
        number = self.numbers[facts["which"]]
        start = datetime(facts["month"] // 100, facts["month"] % 100, 15, tzinfo=UTC).isoformat()
        event = {"record": f"{self.customer[:12]}-{record}", "revision": revision, "charged": number}
        if facts["kind"] == "data":
            event |= {"kind": "data", "volume": facts["size"] * MB // 2}
        else:
            event |= {"kind": "voice", "duration": facts["size"] * 45, "from": number, "to": "+31850003000"}
            event |= {"roaming": {"country": "US"}} if facts["kind"] == "abroad" else {}
        return usage_event({**event, "start": start})

    def fold(self) -> None:
        while self.stores.counters.fold():
            pass

    def close(self, passes_over: bool) -> None:
        """The next month that is over, or the one after it if nothing is booked in between: what it holds may
        never change."""
        left = [month for month in MONTHS if month > max(self.closed, default=0)]
        if passes_over and left and not self.statement(left[0])["rows"]:
            left = left[1:]
        if not left:
            return
        try:
            closed = close_period(self.customer, left[0], self.stores.periods, NOW, STAFF)
        except Conflict:
            return
        self.closed[left[0]] = self.statement(left[0])
        assert self.closed[left[0]]["amount"] == statements.closed_reply(closed)["amount"]

    def statement(self, period: int) -> Any:
        return statements.statement(self.stores, self.customer, period)

    def totals(self, period: int, by: str) -> Any:
        selection = Selection(period=period)
        return usage_views.totals(self.stores, self.customer, selection, by, NOW)

    def expected(self) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """From all rows and today's subscriptions: ((month, subscription, type) → sums, of which the amount
        is what it costs by itself; (month, key) → bundle)."""
        sums: dict[Any, Any] = defaultdict(lambda: [0, 0, 0, 0, 0])
        for row in self.db["usage"].find({"customer": self.customer}):
            month = calendar(int(row["start"].timestamp()))[1]
            into = sums[month, row["subscription"], type_in_bundles(row)]
            column = 1 if row["kind"] == "voice" else 2
            for index, value in (
                (0, row["sign"]),
                (column, row["sign"] * row["quantity"]),
                (3, row["amount"]),
                (4, row.get("waived", 0)),
            ):
                into[index] += value
        subscriptions = [subscription_of(event) for event in self.told.values()]
        bundles: dict[Any, Any] = {}
        for month in MONTHS:
            uses: dict[str, Any] = defaultdict(dict)
            for (when, name, kind), (rows, seconds, volume, amount, waived) in sums.items():
                if when == month:
                    uses[name][kind] = (rows, seconds, volume, 0, amount, waived)
            terms = terms_of(subscriptions, month)
            bundles |= {(month, key): bundle for key, bundle in accounts_of(terms, uses).items()}
            for (when, name, kind), found in sums.items():
                if when == month:
                    found[3] = 0 if terms.covers(name, kind) else found[3] + found[4]
        return {key: found[:4] for key, found in sums.items()}, bundles

    def heard(self) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """What a listener of ``cdr.usage.rated.v1`` knows, whatever the order it hears things in."""
        events = [
            decode(bytes(one["body"]), UsageRated).data
            for one in self.db["outbox"].find({"name": UsageRated.name})
        ]
        assert len({event.sequence for event in events}) == len(events)
        uses, bundles = {}, {}
        for event in sorted(events, key=lambda event: event.sequence):
            for use in event.subscriptions:
                uses[use.customer_id, use.month, use.subscription_id, use.type] = use
            for one in event.bundles:
                key = Key(one.kind, one.group, one.subscription_id, one.module)
                bundles[one.customer_id, one.month, key] = one
        return uses, bundles


facts = st.fixed_dictionaries(
    {
        "which": st.integers(0, 1),
        "month": st.sampled_from(MONTHS),
        "kind": st.sampled_from(["data", "data", "voice", "abroad"]),
        "size": st.integers(0, 9),
    }
)
records = st.tuples(st.sampled_from("pqrs"), st.integers(1, 3))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("use"), st.lists(records, min_size=1, max_size=4)),
        st.tuples(st.just("use"), st.lists(records, min_size=1, max_size=4)),
        st.tuples(st.just("close"), st.sampled_from([False, False, True])),
        st.tuples(st.just("fold")),
        st.tuples(
            st.just("change"),
            st.integers(0, 1),
            st.integers(0, 3),
            st.sampled_from(["0", "0.01", "0.5"]),
            st.sampled_from([1, 9, 10]),
        ),
        st.tuples(st.just("tell")),
    ),
    min_size=3,
    max_size=14,
)


def run(house: House, contents: Any, history: Any) -> None:
    for what, *values in history:
        if what == "use":
            house.use(*((record, n, contents[record, n]) for record, n in values[0]))
        elif what == "change":
            house.change(*values)
        elif what == "tell":
            house.stores.rated.tell_changed(LATER)
        else:
            getattr(house, what)(*values)


@given(st.fixed_dictionaries({(record, n): facts for record in "pqrs" for n in (1, 2, 3)}), steps)
@settings(max_examples=25, deadline=None)
def test_whatever_happens_lines_are_what_is_over_and_everything_agrees(
    database: Any, contents: Any, history: Any
) -> None:
    house = House(database)
    run(house, contents, history)
    uses, bundles = house.expected()
    lines = [line for period in PERIODS for line in house.stores.lines.lines(house.customer, period)]
    amounts: dict[Any, int] = defaultdict(int)
    for line in lines:
        amounts[line.month, line.key] += line.amount
    due = {key: bundle.amount - bundle.covered for key, bundle in bundles.items()}
    assert {key: amount for key, amount in amounts.items() if amount} == {k: v for k, v in due.items() if v}
    costs = sum(bundle.amount for bundle in bundles.values()) + sum(amount for *_, amount in uses.values())
    assert sum(_micro(house.statement(period)) for period in PERIODS) == costs

    assert {period: house.statement(period) for period in house.closed} == house.closed
    for period in PERIODS:
        agrees(house, period)

    house.fold()
    house.stores.rated.tell_changed(LATER)
    told_uses, told_bundles = house.heard()
    for (month, name, kind), (rows, seconds, volume, amount) in uses.items():
        use = told_uses[house.customer, _written(month), name, kind]
        assert (use.events, use.seconds, use.bytes, use.messages) == (rows, seconds, volume, 0)
        assert use.amount == f"{amount / 1_000_000:.6f}"
    for (month, key), bundle in bundles.items():
        if bundle.used:
            one = told_bundles[house.customer, _written(month), key]
            assert (one.used, one.allowance, one.over) == (bundle.used, bundle.allowance, bundle.over)
            assert one.amount == f"{bundle.amount / 1_000_000:.6f}"


def agrees(house: House, period: int) -> None:
    """The statement and all four kinds of Totalen hold the same, to the cent; folded or not."""
    statement = house.statement(period)
    parts = [*statement["usage"], *statement["lines"]]
    assert sum(_micro(part) for part in parts) == _micro(statement)
    apart = [*statement["own_usage"], *statement["late_usage"], *statement["lines"]]
    assert sum(_micro(part) for part in apart) == _micro(statement)
    assert sum(map(_micro, [*statement["numbers"], *statement["lines"]])) == _micro(statement)
    for by in KINDS:
        found = house.totals(period, by)
        assert found["total"]["amount"] == statement["amount"]
        assert found["total"]["calls"] == statement["rows"]
        shown = [round(float(row["cents"]) * 100) for row in found["rows"]]
        assert sum(shown) == round(float(found["total"]["cents"]) * 100)


def _micro(part: Any) -> int:
    return round(float(part["amount"]) * 1_000_000)


def _written(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"


def test_rows_of_before_there_were_bundles_count_in_the_months_that_are_open(database: Any) -> None:
    house = House(database)
    for record, month in (("p", 202408), ("q", 202409)):
        house.use((record, 1, {"which": 0, "month": month, "kind": "data", "size": 9}))
    house.fold()
    for name in ("subscription_use", "outbox"):
        database[name].delete_many({})
    database["usage"].update_many({"customer": house.customer}, {"$unset": {"subscription": ""}})
    house.close(passes_over=False)
    database["reference"].delete_one({"_id": "rows_have_subscriptions"})
    assert [give_subscriptions(database), give_subscriptions(database)] == [1, 0]
    # 4.5 MB of September, of which two subscriptions may use 2 MB each; August stays as it was closed.
    periods = {period: house.stores.lines.lines(house.customer, period) for period in PERIODS}
    assert {p: [line.above for line in lines] for p, lines in periods.items() if lines} == {202409: [10_000]}
    house.fold()
    assert [use.bytes for use in house.heard()[0].values()] == [9 * MB // 2]
