"""What comes in by RPC: an ID becomes part of a field's name in the database, so it is an ID or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from services.cdr import schemas
from services.cdr.domain.periods import day_bounds
from services.cdr.schemas import guard, rerating

pytestmark = pytest.mark.feature("CDR-02")

WHOSE: list[tuple[type[Schema], dict[str, Any]]] = [
    (schemas.OfCustomer, {}),
    (schemas.TotalsOfCustomer, {}),
    (schemas.DetailsOfCustomer, {}),
    (schemas.ClosePeriod, {"period": "2026-01"}),
    (guard.Retention, {}),
    (rerating.ReratePage, {"job_id": "a" * 32}),
    (rerating.ScopeSchema, {"period": "2026-01"}),
]


@pytest.mark.parametrize(("schema", "fields"), WHOSE, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize(
    "whose", ["." * 32, "a" * 31 + ".", "$" + "a" * 31, "a" * 32 + "\n", "A" * 32, "", 5]
)
def test_a_customer_is_named_by_an_id_of_ours(
    schema: type[Schema], fields: dict[str, Any], whose: object
) -> None:
    schema().load({**fields, "customer_id": "0123456789abcdef" * 2})
    with pytest.raises(ValidationError) as refused:
        schema().load({**fields, "customer_id": whose})
    assert set(refused.value.normalized_messages()) == {"customer_id"}


@pytest.mark.feature("CDR-06")
@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_to_go_to_is_one_that_usage_can_have(day: str) -> None:
    with pytest.raises(ValidationError, match="Kies een dag tussen 2000 en 2099"):
        schemas.DetailsRequest().load({"cursor": {"before": day}})


@pytest.mark.feature("CDR-06")
@pytest.mark.parametrize("day", [date(2000, 1, 1), date(2099, 12, 31)])
def test_the_first_and_the_last_of_those_days_have_a_place(day: date) -> None:
    place = schemas.DetailsRequest().load({"cursor": {"before": day.isoformat()}})["cursor"]
    assert place.before == day and day_bounds(day, day)
