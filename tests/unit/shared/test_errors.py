"""Errors cross the bus as what they are, with a Dutch sentence, and whatever comes in is some error."""

from __future__ import annotations

import json

import pytest

from shared.errors import (
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    TikkerError,
    TooMany,
    Unavailable,
    from_wire,
)

EVERY = (Invalid, NotFound, Forbidden, Conflict, TooMany, Unavailable, Fault)


def across(error: TikkerError) -> TikkerError:
    """Sent and received."""
    return from_wire(json.loads(json.dumps(error.to_wire())))


@pytest.mark.parametrize("cls", EVERY)
def test_an_error_arrives_as_its_own_class_with_its_sentence(cls: type[TikkerError]) -> None:
    assert type(across(cls())) is cls
    assert str(across(cls())) == cls.sentence
    assert str(across(cls("Dit kan niet."))) == "Dit kan niet."


def test_details_arrive_too() -> None:
    invalid = across(Invalid(fields={"email": ["Dit is geen e-mailadres."]}))
    assert isinstance(invalid, Invalid) and invalid.fields == {"email": ["Dit is geen e-mailadres."]}
    too_many = across(TooMany(retry_after=90))
    assert isinstance(too_many, TooMany) and too_many.retry_after == 90
    assert across(Forbidden(role="settings")).details == {"role": "settings"}


def test_an_invalid_without_fields_and_a_too_many_without_a_time_have_their_defaults() -> None:
    assert Invalid().fields == {}
    assert TooMany().retry_after == 60


@pytest.mark.parametrize("cls", EVERY)
def test_details_that_only_a_newer_service_knows_do_no_harm(cls: type[TikkerError]) -> None:
    error = from_wire({"code": cls.code, "message": "x", "details": {"message": "m", "new": [1]}})
    assert type(error) is cls
    assert error.details["new"] == [1]


@pytest.mark.parametrize(
    "data",
    [None, "boom", 5, [], {}, {"code": None}, {"code": "of a newer service"}, {"code": ["invalid"]}]
    + [{"code": "new", "details": "text"}, {"message": None, "details": None}],
)
def test_what_we_have_no_class_for_is_a_fault(data: object) -> None:
    error = from_wire(data)
    assert type(error) is Fault
    assert str(error) == Fault.sentence


def test_every_code_is_its_own_and_every_sentence_is_one() -> None:
    assert len({cls.code for cls in EVERY}) == len(EVERY)
    assert all(str(cls.sentence).endswith(".") for cls in EVERY)
