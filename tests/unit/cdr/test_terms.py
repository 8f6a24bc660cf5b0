"""What a customer pays other than their plan says, as staff write it."""

from __future__ import annotations

import pytest

from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.rating import Deviation, Deviations, Usage, rate
from services.cdr.domain.tariff import Entry
from services.cdr.domain.terms import read_terms
from tests.unit.cdr.builders import call, local, per_minute, tariff

pytestmark = pytest.mark.feature("CDR-03")


def test_lines_for_everything_for_a_type_and_for_a_prefix() -> None:
    deviations, errors = read_terms(
        [
            {"of": "all", "margin": "-10"},
            {"of": "type", "key": "international_eu", "margin": "2,5 %"},
            {"of": "prefix", "key": "0032", "rate": "0,05", "increment": "60/6", "connect_fee": "0,03"},
            {"of": "prefix", "key": "+31", "kind": "sms", "rate": "0,06"},
        ]
    )
    assert errors == []
    assert deviations is not None
    assert deviations.otherwise == Deviation(-100_000)
    assert deviations.by_call_type == {"international_eu": Deviation(25_000)}
    belgium = tariff((0, "0.05", 60, 60), (60, "0.05", 60, 6), fee="0.03")
    assert deviations.by_prefix == {
        ("voice", "+32"): Deviation(0, belgium),
        ("sms", "+31"): Deviation(0, tariff((0, "0.06", 1, 1)), "sms"),
    }


def deviations_of(*lines: dict[str, str]) -> Deviations:
    deviations, errors = read_terms(lines)
    assert deviations is not None, errors
    return deviations


SMS = Usage("sms", "out", "+31612345678", local("2026-11-20 12:00:00"), 2, "sms")
DATA = Usage("data", "out", None, SMS.start, 1_000_000, "data_eu", "BE")
PLAN = RatePlan(
    (
        Entry("voice", "+31", "Nederland", per_minute("0.10")),
        Entry("sms", "+31", "Sms", tariff((0, "0.05", 1, 1))),
        Entry("data", "data:eu", "Data", tariff((0, "0.20", 10**6, 1))),
    )
)


def test_a_tariff_for_everything_is_one_for_calls_and_makes_nothing_else_free() -> None:
    agreed = deviations_of({"of": "all", "rate": "0,06"})
    assert rate(call("+31850001611", 60), PLAN, agreed).amount_micro == 60_000
    assert rate(SMS, PLAN, agreed) == rate(SMS, PLAN)
    assert rate(DATA, PLAN, agreed) == rate(DATA, PLAN)


def test_a_tariff_of_a_type_is_in_its_own_unit() -> None:
    agreed = deviations_of(
        {"of": "type", "key": "sms", "rate": "0,02"},
        {"of": "type", "key": "data_eu", "rate": "0,03"},
        {"of": "all", "margin": "-50"},
    )
    assert rate(SMS, PLAN, agreed).amount_micro == 40_000
    assert rate(DATA, PLAN, agreed).amount_micro == 30_000
    assert rate(call("+31850001611", 60), PLAN, agreed).amount_micro == 50_000


def test_a_replacement_in_a_unit_of_another_kind_does_not_exist() -> None:
    with pytest.raises(ValueError, match="must divide"):
        Deviation(0, per_minute("0.06"), "sms")


@pytest.mark.parametrize(
    ("line", "field", "problem"),
    [
        ({"of": "all"}, "margin", "Deze regel verandert niets."),
        ({"of": "all", "margin": "veel"}, "margin", "'veel' is geen percentage."),
        ({"of": "all", "margin": "-101"}, "margin", "Deze marge is te groot."),
        ({"of": "all", "margin": "1001"}, "margin", "Deze marge is te groot."),
        ({"of": "type", "key": "maan", "margin": "1"}, "key", "Dit gesprekstype bestaat niet."),
        ({"of": "prefix", "margin": "1"}, "key", "Het prefix ontbreekt."),
        ({"of": "prefix", "key": "x", "margin": "1"}, "key", "'x' is geen begin van een nummer."),
        ({"of": "prefix", "key": "+32", "rate": "duur"}, "rate", "'duur' is geen bedrag."),
        ({"of": "prefix", "key": "+32", "connect_fee": "1"}, "rate", "Het tarief ontbreekt."),
        ({"of": "prefix", "key": "+32", "rate": "1", "per": "jaar"}, "per", "'jaar' is geen hoeveelheid."),
        ({"of": "nooit", "margin": "1"}, "of", "Waarvoor geldt deze regel?"),
        ({"of": "all", "kind": "fax", "rate": "1"}, "kind", "De soort 'fax' bestaat niet."),
        ({"of": "type", "key": "sms", "rate": "1", "per": "min"}, "per", "'min' is geen hoeveelheid."),
    ],
)
def test_a_line_that_can_not_be_read_says_what_and_where(
    line: dict[str, str], field: str, problem: str
) -> None:
    deviations, (error,) = read_terms([{"of": "type", "key": "mobile", "margin": "1"}, line])
    assert deviations is None
    assert (error.line, error.field, error.problem) == (1, field, problem)
    assert error.advice


def test_terms_that_are_stored_stay_readable_whatever_their_blocks() -> None:
    line = {"of": "prefix", "key": "+32", "rate": "1", "increment": "1000000 uur"}
    deviations, (error,) = read_terms([line])
    assert (deviations, error.field) == (None, "increment")
    assert read_terms([line], stored=True)[0] is not None


def test_a_line_that_is_there_already_is_refused() -> None:
    for line in (
        {"of": "all", "margin": "1"},
        {"of": "type", "key": "mobile", "margin": "1"},
        {"of": "prefix", "key": "+32", "margin": "1"},
    ):
        assert [error.line for error in read_terms([line, line])[1]] == [1]
