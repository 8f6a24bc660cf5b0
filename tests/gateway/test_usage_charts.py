"""The charts beside Totalen: of the same selection, each on its own, and never on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.models.call_types import BY_CODE
from gateway.models.selection import Selection
from shared.errors import Unavailable
from tests.gateway import builders, spending
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

PAGE = "/gespreksdetails/totalen"
FILTERED = f"{PAGE}?periode=2026-10&zender=085&produkt=telefonie"


def titles(page: Any) -> list[str]:
    """The charts of a page, by their titles."""
    asides = page.all("figure", class_="tk-chart")
    heads = [h.text for h in page.all("h2")]
    return [title for title in heads if any(aside.text.strip().startswith(title) for aside in asides)]


@pytest.mark.feature("CDR-10")
def test_charts_are_of_the_same_selection(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "totals"] = spending.totals
    page = sanne.page(FILTERED)
    expected = ["Kosten per dag", "Belduur per dag", "Per gesprekstype", "Top zenders", "Top ontvangers"]
    assert titles(page) == expected
    selection = {"period": "2026-10", "product": "telephony", "sender": "085"}
    asked = [call for call in rpc.asked if call.method in ("series", "top", "totals")]
    assert all(call.fields["selection"] == selection for call in asked)
    assert page.link("Mobiel").endswith("periode=2026-10&produkt=telefonie&type=mobile&zender=085")


@pytest.mark.feature("CDR-10")
def test_what_counters_know_is_asked_at_once_and_the_receivers_beside_it(
    sanne: Browser, rpc: FakeRpc
) -> None:
    sanne.page(f"{PAGE}?periode=2026-10&produkt=telefonie&per=telefoonnummer")
    selection = {"period": "2026-10", "product": "telephony"}
    assert {call.method: call.fields for call in rpc.asked if call.service == "cdr"} == {
        "figures": {"selection": selection, "totals": ["number", "type"], "top": ["sender"], "limit": 5},
        "top": {"selection": selection, "of": "receiver", "limit": 5},
    }


@pytest.mark.feature("CDR-10")
@pytest.mark.parametrize(
    ("by", "absent"), [("gesprekstype", "Per gesprekstype"), ("telefoonnummer", "Top zenders")]
)
def test_what_the_table_shows_is_not_drawn_again(sanne: Browser, rpc: FakeRpc, by: str, absent: str) -> None:
    rpc.answers["cdr", "totals"] = spending.totals
    found = titles(sanne.page(f"{PAGE}?per={by}"))
    assert absent not in found
    assert len(found) == 4


@pytest.mark.feature("CDR-10", "GW-03")
@pytest.mark.parametrize("method", ["series", "top"])
def test_a_chart_that_fails_leaves_the_table_and_the_others(
    sanne: Browser, rpc: FakeRpc, method: str
) -> None:
    rpc.answers["cdr", method] = Unavailable()
    page = sanne.page(FILTERED)  # a selection of which each part takes its own time
    assert "Niet alle grafieken laden lukt nu." in page.one("div", role="alert").text
    assert page.rows("tk-totals")[1][-1] == "412,86"


def test_adding_up_that_takes_too_long_is_not_drawn_as_nothing(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "series"] = spending.series(rows=[], previous=[], complete=False)
    rpc.answers["cdr", "top"] = spending.top() | {"rows": [], "complete": False}
    assert titles(sanne.page(f"{PAGE}?per=gesprekstype")) == []


def test_nothing_found_has_no_charts(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "totals"] = builders.totals(total=builders.sums())
    rpc.answers["cdr", "details"] = builders.nothing_found()
    assert titles(sanne.page(PAGE)) == []


def test_who_only_texts_has_no_chart_of_minutes(sanne: Browser, rpc: FakeRpc) -> None:
    texted = spending.day(date(2026, 11, 2), "0.50") | {"duration": 0}
    rpc.answers["cdr", "series"] = spending.series(rows=[texted])
    assert "Belduur per dag" not in titles(sanne.page(PAGE))


def test_a_year_is_as_many_bars_as_it_has_days(sanne: Browser, rpc: FakeRpc) -> None:
    span = {"id": None, "from": "2025-11-23", "to": "2026-11-22"}
    rpc.answers["cdr", "totals"] = builders.totals(period=span)
    page = sanne.page(f"{PAGE}?periode=aangepast&van=23-11-2025&tot=22-11-2026")
    bars = [r for r in page.all("rect") if r.attrs.get("class") in ("tk-bar-day", "tk-bar-now")]
    assert len(bars) == 2 * 365


def test_an_anonymous_party_is_named_but_leads_nowhere(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "top"] = spending.top("anon", "ext:201", "nl:112")
    page = sanne.page(PAGE)
    assert "anoniem" in page.text
    assert "anoniem" not in [a.text for a in page.all("a")]
    assert page.link("201") == "/gespreksdetails/details?zender=201"


@pytest.mark.feature("CDR-10")
def test_charts_stay_off_paper_and_out_of_the_file(sanne: Browser) -> None:
    css = (Path(__file__).parents[2] / "gateway/static/css/overview.css").read_text("utf-8")
    on_paper = css.split("@media print")[1]
    assert ".tk-charts" in on_paper.split("display: none")[0]


NUMBERS = st.from_regex(r"\+?[0-9]{1,12}", fullmatch=True)
SELECTIONS = st.builds(
    Selection,
    period=st.sampled_from(["current", "2026-10"]),
    product=st.sampled_from([None, "telephony", "mobile"]),
    types=st.lists(st.sampled_from(sorted(BY_CODE)), unique=True).map(tuple),
    sender=st.none() | NUMBERS,
    receiver=st.none() | NUMBERS,
    amount=st.none() | st.tuples(st.sampled_from(["eq", "gt", "lt"]), st.decimals(0, 100, places=2)),
    duration=st.none() | st.tuples(st.sampled_from(["eq", "gt", "lt"]), st.integers(0, 1000)),
)


@given(SELECTIONS)
def test_a_selection_comes_back_from_cdr_as_it_went(selection: Selection) -> None:
    assert Selection.from_rpc(selection.to_rpc()) == selection
    filled = {"types": [], "amount": None, "from": None, "to": None} | selection.to_rpc()
    assert Selection.from_rpc(filled) == selection


def test_own_days_come_back_too() -> None:
    selection = Selection(period=None, first=date(2026, 1, 1), last=date(2026, 1, 31))
    assert Selection.from_rpc(selection.to_rpc()) == selection
    amount = Selection(amount=("gt", Decimal("0.25")))
    assert Selection.from_rpc({"amount": {"op": "gt", "value": "0.250000"}, "period": "current"}) == amount
