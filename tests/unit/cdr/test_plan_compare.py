"""Two versions of a rate plan, line by line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cdr.domain.plan_compare import Difference, compare, difference_to_wire, key_of, percentage
from services.cdr.domain.tariff import Entry
from tests.unit.cdr.builders import MON_FRI, hours, per_minute, tariff, voice

pytestmark = pytest.mark.feature("CDR-03", "CDR-08")

CHEAP, DEAR = per_minute("0.02"), per_minute("0.03")


@st.composite
def plans(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Lines that do not contradict each other, in any order."""
    lines = draw(
        st.lists(
            st.builds(
                voice,
                st.sampled_from(["+31", "+316", "+32", "nl:112"]),
                st.builds(per_minute, st.sampled_from(["0", "0.02", "0.03"]), st.sampled_from([1, 60])),
                st.sampled_from(["hier", "daar"]),
                priority=st.integers(0, 2),
                valid_from=st.sampled_from([None, date(2026, 1, 1)]),
                window=st.sampled_from([None, hours(8, 19, MON_FRI)]),
                line=st.integers(2, 99),
            ),
            max_size=12,
        )
    )
    return tuple({key_of(line): line for line in lines}.values())


def applied(before: tuple[Entry, ...], differences: list[Difference]) -> dict[object, tuple[object, ...]]:
    """What ``before`` becomes when the differences are carried out, by key."""
    found = {key_of(line): line for line in before}
    for one in differences:
        if one.before is not None:
            assert found.pop(key_of(one.before)) == one.before
        if one.after is not None:
            found[key_of(one.after)] = one.after
    return meanings(tuple(found.values()))


def meanings(lines: tuple[Entry, ...]) -> dict[object, tuple[object, ...]]:
    return {key_of(line): (line.destination, line.call_type, line.tariff) for line in lines}


@given(plans(), plans())
def test_carrying_out_the_differences_turns_one_version_into_the_other(
    before: tuple[Entry, ...], after: tuple[Entry, ...]
) -> None:
    assert applied(before, compare(before, after)) == meanings(after)


@given(plans(), plans())
def test_there_and_back_differ_alike(before: tuple[Entry, ...], after: tuple[Entry, ...]) -> None:
    back = [Difference(one.after, one.before) for one in compare(after, before)]
    assert compare(before, after) == back


@given(plans())
def test_a_version_does_not_differ_from_itself_in_another_order(lines: tuple[Entry, ...]) -> None:
    assert compare(lines, tuple(reversed(lines))) == []


def test_what_is_new_gone_and_changed_with_the_fields_and_percents() -> None:
    before = (voice("+31", CHEAP, "Nederland"), voice("+32", CHEAP, "België"))
    after = (voice("+31", per_minute("0.025", 60, fee="0.05"), "Nederland"), voice("+33", DEAR, "Frankrijk"))
    changed, gone, new = (difference_to_wire(one) for one in compare(before, after))
    assert (changed["change"], gone["change"], new["change"]) == ("changed", "removed", "added")
    assert changed["fields"] == ["connect_fee", "rate", "increment"]
    assert changed["percentage"] == "25.0"
    assert (changed["before"]["steps"][0]["rate"], changed["after"]["steps"][0]["rate"]) == ("0.02", "0.025")
    assert (gone["before"]["prefix"], gone["after"], new["before"]) == ("+32", None, None)


@pytest.mark.parametrize(
    ("old", "new", "percents"),
    [
        (per_minute("0.03"), per_minute("0.02"), Decimal("-33.3")),
        (per_minute("0.06"), tariff((0, "0.001", 1, 1)), None),  # a cent per ten seconds, either way
        (per_minute("0.06"), tariff((0, "0.002", 1, 1)), Decimal("100.0")),
        (per_minute("0"), per_minute("0.02"), None),
        (per_minute("0.02"), per_minute("0"), Decimal("-100.0")),
    ],
)
def test_percents_are_of_the_price_whatever_unit_it_is_for(
    old: object, new: object, percents: Decimal | None
) -> None:
    one = Difference(voice("+31", old), voice("+31", new))  # type: ignore[arg-type]
    assert percentage(one) == percents


def test_further_steps_are_one_field() -> None:
    before = (voice("+31", tariff((0, "0.02", 60, 1), (600, "0.01", 60, 1))),)
    after = (voice("+31", tariff((0, "0.02", 60, 1), (900, "0.01", 60, 1))),)
    assert difference_to_wire(compare(before, after)[0])["fields"] == ["steps"]
