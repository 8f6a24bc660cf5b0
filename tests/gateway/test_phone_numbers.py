"""Parties of a call as Dutch people write them."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway.phone_numbers import dutch, party


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+31850001611", "085-000 16 11"),
        ("+31600123456", "06-00 12 34 56"),
        ("+31882000000", "088-200 00 00"),
        ("+31201234567", "020-123 45 67"),
        ("+31314123456", "0314-12 34 56"),
        ("+319000000", "0900-0000"),
        ("+318001234567", "0800-123 45 67"),
        ("+3114020", "14 020"),
        ("+3197012345678", "0970-1234 5678"),
        ("+3220000012", "+32 2 000 00 12"),
        ("+12025550143", "+1 202-555-0143"),
        ("+99912345", "+99912345"),
        ("+110000000000", "+110000000000"),  # libphonenumber would drop the second 1
        ("ext:201", "201"),
        ("nl:112", "112"),
        ("alpha:PostNL", "PostNL"),
        ("data", "–"),
        (None, "–"),
        ("something new", "something new"),
    ],
)
def test_parties(value: str | None, shown: str) -> None:
    assert party(value) == shown


def test_a_hidden_number_says_so(words: Flask) -> None:
    with words.test_request_context():
        assert party("anon") == "anoniem"


@given(st.from_regex(r"[1-9][0-9]{2,11}", fullmatch=True))
def test_no_digit_of_a_dutch_number_is_lost(national: str) -> None:
    digits = "".join(c for c in dutch(national) if c.isdigit())
    assert digits in (national, "0" + national)
