"""The warning limit of telephony: told once per period, whatever happens to the usage."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cdr.domain.limits import is_passed, periods_to_watch

pytestmark = pytest.mark.feature("CDR-09")

EURO = 1_000_000


@pytest.mark.parametrize(
    ("limit", "used", "passed", "warns"),
    [
        (250, 249, [], False),
        (250, 250, [], False),
        (250, 251, [], True),
        (250, 900, [250], False),
        (300, 301, [250], True),
        (200, 301, [250], False),
        (0, 900, [], False),
    ],
    ids=["below", "just at", "passed", "told before", "raised", "lowered", "no limit"],
)
def test_when_to_warn(limit: int, used: int, passed: list[int], warns: bool) -> None:
    assert is_passed(limit * EURO, used * EURO, [p * EURO for p in passed]) is warns


HISTORIES = st.lists(
    st.one_of(
        st.tuples(st.just("use"), st.integers(-50, 200)),
        st.tuples(st.just("limit"), st.integers(0, 500)),
        st.tuples(st.just("look"), st.just(0)),
    ),
    max_size=60,
)


@given(HISTORIES)
def test_no_history_of_usage_corrections_and_new_limits_warns_twice(history: list[tuple[str, int]]) -> None:
    """Use goes up and down (corrections), in any order and looked at at any moment."""
    limit, used, passed = 250, 0, []
    for what, value in history:
        if what == "use":
            used += value
        elif what == "limit":
            limit = value
        if is_passed(limit, used, passed):
            assert used > limit > max(passed, default=0), "only above every limit told of before"
            passed.append(limit)
    assert passed == sorted(set(passed))


@given(st.permutations([30, 40, 50, 60, -20, 90, 45]))
def test_the_order_of_arrival_changes_nothing_but_the_moment(amounts: list[int]) -> None:
    used, passed = 0, []
    for amount in amounts:
        used += amount
        if is_passed(250, used, passed):
            passed.append(250)
    assert passed == [250]


SET_LONG_AGO, SET_TODAY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, 8, tzinfo=UTC)
FIRST_OF_DECEMBER = datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_usage_of_last_month_that_is_late_still_counts_for_its_month() -> None:
    assert periods_to_watch(FIRST_OF_DECEMBER, SET_LONG_AGO, ()) == [202612, 202611]
    assert periods_to_watch(FIRST_OF_DECEMBER, SET_LONG_AGO, {202611}) == [202612]


def test_a_limit_is_not_for_months_before_it_was_set() -> None:
    assert periods_to_watch(FIRST_OF_DECEMBER, SET_TODAY, ()) == [202612]
