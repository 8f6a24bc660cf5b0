"""Where a mobile is decides whether its bundles are for what it does: with the real products and the sample
plan, and for rows of before that was looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.cdr.demo.make_rate_plan import sample_plan
from services.cdr.domain.bundles import Bundle, bundles_of, terms_of
from services.cdr.domain.calendar import calendar
from services.cdr.domain.call_types import counted_as
from services.cdr.domain.posting import Deltas, Row
from services.cdr.domain.reference import FOREVER, Owned, Ownership, PlanVersion
from services.cdr.domain.rerating import Fate
from services.cdr.domain.usage import Roaming
from services.cdr.usecases.ownership import covers_of, subscription_of
from services.mobile.domain.shares import changed
from services.mobile.domain.subscriptions import ModuleTerm, NumberTerm, ProductTerm, Subscription
from services.mobile.domain.terms import Terms
from tests.unit.cdr.books import ANNA, Facts, event
from tests.unit.cdr.desk import Desk
from tests.unit.cdr.rerates import Rerating

pytestmark = pytest.mark.feature("MOB-02", "CDR-02", "CDR-05")

NUMBER, DUTCH, GERMAN, AMERICAN = "+31612345678", "+31201234567", "+4930123456", "+12025550123"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3600
ZAKELIJK, ONBEPERKT = "zakelijk_mobiel", "mobiel_onbeperkt"
_PLAN = sample_plan()


class Phone(Facts):
    """Anna's only number is a mobile one, of this product with these modules."""

    def __init__(self, product: str, *modules: str) -> None:
        super().__init__()
        self.owners = {NUMBER: ANNA}
        self.subscription = subscription_of(
            changed(
                Subscription(
                    id="sub",
                    customer_id=ANNA,
                    active_from=BEGIN,
                    numbers=(NumberTerm(NUMBER, BEGIN),),
                    products=(ProductTerm(product, BEGIN),),
                    modules=tuple(ModuleTerm(module, BEGIN) for module in modules),
                ),
                Terms(),
            )
        )

    def ownerships(self, after: int) -> Sequence[Ownership]:
        owned = Owned("mobile:sub", NUMBER, int(BEGIN.timestamp()), FOREVER, ANNA, "mobile")
        return [Ownership("mobile:sub", 1, (owned,), tuple(covers_of(self.subscription)))]

    def plan_versions(self) -> Sequence[PlanVersion]:
        return [PlanVersion("default", date(2020, 1, 1), _PLAN)]


def use(record: str, where: str | None = None, to: str = DUTCH, **more: Any) -> Any:
    """An hour's call from a country (the Netherlands when none is named), or what ``more`` says."""
    facts = {"charged": NUMBER, "sender": NUMBER, "receiver": to, "seconds": HOUR, **more}
    return event(record, roaming=Roaming(where) if where else None, **facts)


def received(record: str, where: str | None = None, **more: Any) -> Any:
    return use(record, where, to=NUMBER, sender=DUTCH, direction="in", **more)


def text(record: str, where: str | None, to: str) -> Any:
    return use(record, where, to, kind="sms", seconds=None)


def data(record: str, where: str | None, megabytes: int) -> Any:
    facts = {"kind": "data", "sender": None, "receiver": None, "seconds": None}
    return use(record, where, **facts, volume=megabytes * 1_000_000)


def uses_of(rows: Sequence[Row]) -> dict[str, Any]:
    """The sums of rows by the type that bundles count; what adds up to nothing is left out."""
    deltas = Deltas()
    for row in rows:
        deltas.add(row, calendar(int(row["start"].timestamp()))[0])
    found: dict[str, list[int]] = defaultdict(lambda: [0] * 6)
    for (*_, call_type), sums in deltas.uses.items():
        found[call_type] = [one + other for one, other in zip(found[call_type], sums, strict=True)]
    return {call_type: tuple(sums) for call_type, sums in found.items() if any(sums)}


def bundles(desk: Desk) -> dict[str, Bundle]:
    """By kind, or by module."""
    assert isinstance(desk.facts, Phone)
    terms = terms_of([desk.facts.subscription], 202611)
    found = bundles_of(terms, {"sub": uses_of(list(desk.store.rows.values()))})
    return {key.module or key.kind: bundle for key, bundle in found.items()}


@pytest.mark.parametrize(
    ("product", "module", "what", "asked", "waived"),
    [
        (ZAKELIJK, "", use("r", "US"), "99.00", None),
        (ZAKELIJK, "", use("r", "GB"), "99.00", None),
        (ZAKELIJK, "", use("r", "CH"), "99.00", None),
        (ONBEPERKT, "", use("r", "US"), "99.00", None),
        (ONBEPERKT, "mobiel_bellen_eu", received("r", "US"), "66.00", None),
        (ONBEPERKT, "mobiel_bellen_eu", use("r", "US", GERMAN), "99.00", None),
        (ZAKELIJK, "zakelijk_mobiel_naar_eu", use("r", "US", GERMAN), "99.00", None),
        (ZAKELIJK, "zakelijk_mobiel_buiten_eu", use("r", "US", AMERICAN), "99.00", None),
        (ZAKELIJK, "", text("r", "PE", DUTCH), "0.35", None),
        (ZAKELIJK, "", text("r", "FR", DUTCH), "0.00", "0.0579"),
        (ZAKELIJK, "", text("r", None, DUTCH), "0.00", "0.0579"),
        (ZAKELIJK, "", text("r", None, AMERICAN), "0.00", "0.12"),
        (ZAKELIJK, "zakelijk_mobiel_naar_eu", use("r", None, GERMAN), "0.00", "2.1455"),
        (ZAKELIJK, "zakelijk_mobiel_buiten_eu", use("r", "BE", AMERICAN), "0.00", "45.00"),
        (ZAKELIJK, "", use("r", "BE"), "0.00", None),
        (ONBEPERKT, "mobiel_internet_wereld", data("r", "US", 10), "0.00", "4.00"),
        (ONBEPERKT, "mobiel_internet_eu", data("r", "US", 10), "4.00", None),
    ],
)
def test_outside_the_eu_only_data_of_a_module_for_there_is_in_a_bundle(
    product: str, module: str, what: Any, asked: str, waived: str | None
) -> None:
    desk = Desk(Phone(product, *filter(None, [module])))
    desk.book(what)
    row = desk.store.rows["vasco|r|0"]
    micro = [None if text is None else round(float(text) * 1_000_000) for text in (asked, waived)]
    assert [row["amount"], row.get("waived")] == micro
    if what.roaming and what.roaming.country not in ("BE", "FR") and what.kind != "data":
        assert not any(bundle.used for bundle in bundles(desk).values())


@pytest.mark.parametrize("where", [None, "NL"])
def test_calls_received_at_home_are_in_no_bundle(where: str | None) -> None:
    desk = Desk(Phone(ONBEPERKT, "mobiel_bellen_eu"))
    desk.book(*(received(f"r{n}", where) for n in range(10)))
    found = bundles(desk)["mobiel_bellen_eu"]
    assert (found.used, found.amount) == (0, 0)


def test_calls_received_in_another_country_of_the_eu_are_in_the_module() -> None:
    desk = Desk(Phone(ONBEPERKT, "mobiel_bellen_eu"))
    desk.book(*(received(f"r{n}", "BE") for n in range(10)))
    found = bundles(desk)["mobiel_bellen_eu"]
    assert (found.used, found.over, found.amount) == (600 * 60, 350 * 60, 35_000_000)


@pytest.mark.parametrize(
    ("call_type", "kind", "where", "counted"),
    [
        ("national", "voice", None, "national"),
        ("national", "voice", "NO", "national"),
        ("national", "voice", "CH", "national_outside_eu"),
        ("incoming", "voice", "BE", "incoming"),
        ("incoming", "sms", "US", "incoming_outside_eu"),
        ("incoming", "voice", None, "incoming_at_home"),
        ("data_world", "data", "US", "data_world"),
    ],
)
def test_what_bundles_take_usage_for(call_type: str, kind: str, where: str | None, counted: str) -> None:
    assert counted_as(call_type, kind, where) == counted


def test_the_type_that_people_see_stays() -> None:
    desk = Desk(Phone(ZAKELIJK))
    desk.book(use("r", "US"))
    assert desk.store.rows["vasco|r|0"]["type"] == "national"


def as_before(desk: Desk) -> None:
    """Rows as they were booked when bundles looked at the type alone."""
    for row in desk.store.rows.values():
        if row.pop("counted_as", None) and row["amount"]:
            row["waived"], row["amount"] = row["amount"], 0


@pytest.fixture
def before() -> Desk:
    """An hour from the United States and one received at home, of before."""
    return booked_before("mobiel_bellen_eu")


def booked_before(*modules: str) -> Desk:
    desk = Desk(Phone(ZAKELIJK, *modules))
    desk.book(use("r", "US"), received("q"))
    as_before(desk)
    return desk


def rerated(desk: Desk, *periods: int) -> list[tuple[Fate, int]]:
    rerating = Rerating(desk, f"job{len(desk.store.rows)}")
    rerating.preview(*periods)
    rerating.book()
    return rerating.told


def test_rows_of_before_are_taken_back_as_what_they_were_counted_as(before: Desk) -> None:
    before.book(use("r", "US", revision=2, seconds=120), received("q", revision=2, seconds=60))
    assert uses_of(list(before.store.rows.values())) == {
        "national_outside_eu": (1, 120, 0, 0, 3_300_000, 0),
        "incoming_at_home": (1, 60, 0, 0, 0, 0),
    }


@pytest.mark.feature("CDR-08")
def test_rated_again_rows_of_before_are_mended_in_a_month_that_is_open_once(before: Desk) -> None:
    assert rerated(before, 202611) == [(Fate.BOOKED, 0), (Fate.BOOKED, 99_000_000)]
    assert uses_of(list(before.store.rows.values())) == {
        "national_outside_eu": (1, HOUR, 0, 0, 99_000_000, 0),
        "incoming_at_home": (1, HOUR, 0, 0, 0, 0),
    }
    assert rerated(before, 202611) == []


@pytest.mark.feature("CDR-08")
def test_rated_again_what_no_bundle_is_for_stays_as_it_was_booked() -> None:
    """Two more rows, and "corrected" on a page, would tell of nothing."""
    desk = booked_before()
    assert rerated(desk, 202611) == [(Fate.BOOKED, 99_000_000)]
    assert "vasco|q|1" not in desk.store.rows


@pytest.mark.feature("CDR-08")
def test_rated_again_rows_of_before_in_a_closed_month_stay_as_they_were_invoiced(before: Desk) -> None:
    was = {identity: dict(row) for identity, row in before.store.rows.items()}
    before.close(ANNA, 202611)
    assert rerated(before, 202611, 202612) == []
    assert before.store.rows == was


@pytest.mark.feature("CDR-08")
def test_a_row_of_before_that_is_late_stays_in_the_bundle_of_its_closed_month(before: Desk) -> None:
    """Booked in December, of a November that is closed: another re-rating finds nothing either."""
    before.close(ANNA, 202611)
    for row in before.store.rows.values():
        row |= {"period": 202612, "late": True}
    assert rerated(before, 202612) == []
