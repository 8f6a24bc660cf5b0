"""Charts: what is drawn, what is said, and what the table tells."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.charts import (
    CALLS,
    EUROS,
    HOURS,
    Bundle,
    Chart,
    Limit,
    Line,
    Progress,
    Share,
    added_up,
    bars,
    days,
    shares,
    sparkline,
)
from gateway.charts.scale import MOST_LINES, grid
from shared.words import speaking
from tests.gateway.browser import Page

pytestmark = pytest.mark.feature("CDR-10")

FIRST, LAST, TODAY = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 22)
TUESDAY = date(2026, 11, 17)
COSTS = {date(2026, 11, day): Decimal(day) for day in range(1, 22)} | {TUESDAY: Decimal("46.21")}


def november(**more: object) -> Chart:
    marks = days(FIRST, LAST, COSTS, TODAY)
    return bars("Kosten per dag", "november", marks, EUROS, **more)  # type: ignore[arg-type]


def drawn(chart: Chart, tag: str, class_: str) -> list[dict[str, str]]:
    return [element.attrs for element in Page(chart.picture).all(tag, class_=class_)]


def texts(chart: Chart) -> list[str]:
    return [element.text for element in Page(chart.picture).all("text")]


def test_each_day_that_has_come_has_a_bar_and_today_is_paler_and_named() -> None:
    chart = november()
    assert len(drawn(chart, "rect", "tk-bar-day")) == 21
    assert len(drawn(chart, "rect", "tk-bar-now")) == 1
    assert "vandaag" in texts(chart)


def test_weekends_are_sunken() -> None:
    assert len(drawn(november(), "rect", "tk-weekend")) == 9


def test_the_highest_day_has_its_amount_on_it_and_in_the_sentence() -> None:
    chart = november()
    assert "€\u00a046,21" in texts(chart)
    assert chart.sentence == (
        "Kosten per dag: het hoogst op di 17 november met €\u00a046,21, samen €\u00a0260,21."
    )


def test_in_english_days_have_english_names_and_amounts_stay_as_on_the_invoice() -> None:
    with speaking("en"):
        assert "Tue 17 November with €\u00a046,21" in november().sentence


def test_no_day_without_a_bar_is_lost_from_the_table() -> None:
    table = november(before=Line("oktober", [Decimal(1)] * 31)).table
    assert list(table.heads) == ["", "november", "oktober"]
    assert table.rows[0] == ["zo 1 november", "€\u00a01,00", "€\u00a01,00"]
    assert table.rows[29] == ["ma 30 november", "–", "€\u00a01,00"]


def test_a_limit_has_its_words_on_its_line() -> None:
    chart = november(limit=Limit(Decimal(60), "limiet € 60"))
    assert len(drawn(chart, "line", "tk-limit")) == 1
    assert "limiet € 60" in texts(chart)
    assert chart.note == ""


def test_a_limit_far_above_everything_is_told_in_words_and_does_not_press_the_bars_flat() -> None:
    chart = november(limit=Limit(Decimal(5000), "limiet € 5.000"))
    assert drawn(chart, "line", "tk-limit") == []
    assert chart.note == "Buiten deze grafiek: limiet € 5.000."


def test_a_day_on_which_more_was_taken_back_than_used_has_no_bar_but_is_in_the_table() -> None:
    marks = days(FIRST, FIRST, {FIRST: Decimal(-3)}, TODAY)
    chart = bars("Kosten", "november", marks, EUROS)
    assert [bar["height"] for bar in drawn(chart, "rect", "tk-bar-day")] == ["0"]
    assert chart.table.rows == [["zo 1 november", "−€\u00a03,00"]]


def test_without_any_use_the_chart_says_so() -> None:
    chart = bars("Gesprekken", "november", days(FIRST, LAST, {}, TODAY), CALLS)
    assert chart.empty
    assert chart.sentence == "Gesprekken: er is nog niets."


def test_months_are_compared_added_up_to_the_same_day() -> None:
    marks = days(FIRST, LAST, COSTS, TODAY)
    chart = added_up("Opgeteld", "november", marks, EUROS, before=Line("oktober", [Decimal(2)] * 31))
    assert chart.sentence.endswith("tegen €\u00a044,00 op dezelfde dag van oktober.")
    assert chart.table.rows[1] == ["ma 2 november", "€\u00a03,00", "€\u00a04,00"]


def test_the_expectation_begins_where_the_line_ends() -> None:
    marks = days(FIRST, LAST, COSTS, TODAY)
    expected = Line("verwachting", [Decimal(10)] * 8)
    chart = added_up("Opgeteld", "november", marks, EUROS, expected=expected)
    (line,), (dotted,) = drawn(chart, "polyline", "tk-line"), drawn(chart, "polyline", "tk-expected")
    assert dotted["points"].split()[0] == line["points"].split()[-1]
    assert len(dotted["points"].split()) == 9


def test_a_duration_has_round_hours_beside_it() -> None:
    chart = bars("Belduur", "november", days(FIRST, FIRST, {FIRST: 3 * 3600}, TODAY), HOURS)
    assert texts(chart)[:4] == ["0", "1", "2", "3"]
    assert chart.table.rows == [["zo 1 november", "3:00:00"]]


@given(st.decimals(min_value=0, max_value=10**9, places=4), st.booleans())
def test_at_most_four_grid_lines_that_reach_the_highest_value(highest: Decimal, whole: bool) -> None:
    lines = grid(highest, whole)
    assert lines[0] == 0
    assert lines[-1] >= highest
    assert 2 <= len(lines) <= MOST_LINES
    assert not whole or all(line == int(line) for line in lines)


@given(st.lists(st.decimals(min_value=-50, max_value=10**6, places=2), min_size=1, max_size=120))
def test_nothing_is_drawn_outside_the_picture_and_nothing_has_a_style(values: list[Decimal]) -> None:
    first = date(2026, 1, 1)
    given_days = {date.fromordinal(first.toordinal() + i): value for i, value in enumerate(values)}
    marks = days(first, max(given_days), given_days, max(given_days))
    chart = bars("Kosten", "dit jaar", marks, EUROS, before=Line("eerder", values))
    assert "style" not in chart.picture
    places = [float(x) for x in re.findall(r'x="(-?[\d.]+)%"', chart.picture)]
    assert all(0 <= place <= 100 for place in places)
    assert all(float(height) >= 0 for height in re.findall(r'height="(-?[\d.]+)"', chart.picture))


def test_words_of_a_chart_are_escaped() -> None:
    marks = days(FIRST, FIRST, {FIRST: Decimal(1)}, TODAY)
    chart = bars("x", "y", marks, EUROS, limit=Limit(Decimal(1), "<b>limiet</b>"))
    assert "&lt;b&gt;limiet" in chart.picture


def test_the_largest_five_kinds_have_a_share_and_the_rest_is_overig() -> None:
    kinds = [Share(f"soort {number}", Decimal(number)) for number in range(1, 8)]
    found = shares("Kosten", kinds, EUROS, rest=Decimal(12))
    assert [row.label for row in found.rows] == [*(f"soort {n}" for n in (7, 6, 5, 4, 3)), "Overig"]
    assert found.rows[-1].words == "€\u00a015,00"
    assert (found.rows[0].part, found.total) == ("17,5 %", "€\u00a040,00")


@pytest.mark.feature("MOB-02")
@pytest.mark.parametrize(
    ("bundle", "words", "over"),
    [
        (Bundle(1003, 1000, "MB"), "1.003 van 1.000 MB (3 MB boven bundel)", True),
        (Bundle(39, 300, "Min"), "39 van 300 Min (261 Min over)", False),
        (Bundle(1000, 1000, "MB"), "1.000 van 1.000 MB (0 MB over)", False),
        (Bundle(620, 500, "MB", used_up=False), "620 van 500 MB (120 MB uit de groepsbundel)", False),
        (Bundle(966, 500, "MB", used_up=True), "966 van 500 MB (466 MB boven bundel)", True),
        (Bundle(500, 500, "MB", used_up=True), "500 van 500 MB (minder dan 1 MB boven bundel)", True),
        (Bundle(4120, None, "MB"), "4.120 MB, onbeperkt", False),
    ],
)
def test_a_bundle_is_yellow_inside_and_red_above_and_says_it_in_words(
    bundle: Bundle, words: str, over: bool
) -> None:
    assert bundle.words == words
    assert bundle.marked.striptags() == words
    assert ("tk-over" in bundle.marked) is over
    assert bundle.over is over
    assert ("tk-bundle-over" in bundle.bar()) is over


@pytest.mark.parametrize(
    ("work", "counts", "left"),
    [
        (Progress(412, 1180, seconds=97), "412 van 1.180", "nog ongeveer 4 minuten"),
        (Progress(0, 1180, seconds=97), "0 van 1.180", ""),
        (Progress(9, None, seconds=97), "9", ""),
        (Progress(10, 10, seconds=97), "10 van 10", ""),
    ],
)
def test_long_work_tells_how_far_it_is_and_how_long_it_still_takes(
    work: Progress, counts: str, left: str
) -> None:
    assert (work.counts, work.left) == (counts, left)


def test_a_sparkline_says_in_words_what_it_shows() -> None:
    assert (
        Page(sparkline([3, 8, 7], "van 3 naar 7")).one("svg", role="img").attrs["aria-label"]
        == "van 3 naar 7"
    )
    assert sparkline([3], "één dag") == ""
