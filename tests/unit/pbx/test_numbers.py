"""Numbers and ranges: what is accepted, and how it is stored."""

from __future__ import annotations

import pytest

from services.pbx.domain.numbers import Range, fixed_number
from shared.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("085-000 16 11", "+31850001611"),
        ("0850001611", "+31850001611"),
        ("+31 85 000 16 11", "+31850001611"),
        ("0031850001611", "+31850001611"),
        ("0800-0000", "+318000000"),
        ("066-000 00 00", "+31660000000"),
        ("+32 2 000 00 12", "+3220000012"),
    ],
)
def test_a_number_is_stored_as_e164(typed: str, stored: str) -> None:
    assert fixed_number(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "85", "850001611", "112", "+0850001611", "085-000x", "+3185000161100000", "٠٨٥٠٠٠١٦١١"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="geen telefoonnummer"):
        fixed_number(typed)


@pytest.mark.parametrize("typed", ["06-00 00 01 11", "+31600000111", "0970-0000 0000"])
def test_a_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="mobiel nummer"):
        fixed_number(typed)


def test_a_range_holds_its_first_and_its_last_number() -> None:
    found = Range("id", "+31850001698", "+31850001701", "vasco")
    assert list(found.numbers()) == ["+31850001698", "+31850001699", "+31850001700", "+31850001701"]
    assert found.size == 4


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("+31850001611", "+31850001610"),
        ("+31850001611", "+318500016110"),
        ("+31850000000", "+31850010000"),
    ],
)
def test_a_range_that_is_none_or_too_large_is_refused(first: str, last: str) -> None:
    with pytest.raises(Invalid) as refused:
        Range("id", first, last, "")
    assert list(refused.value.fields) == ["last"]
