"""What is refused before anything else looks at it."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from services.identity import schemas
from shared.schema import Base

LOGIN = {"username": "anna", "password": "vlierbes", "address": "192.0.2.7"}
USER = {
    "command_id": "0123456789abcdef",
    "customer_id": "c" * 32,
    "username": "anna",
    "password": "vlierbes",
    "roles": ["invoices"],
}


def refused(schema: type[Base], given: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ValidationError) as problem:
        schema().load(given)
    assert isinstance(problem.value.messages, dict)
    return problem.value.messages


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"address": "thuis"}, "address"),
        ({"address": "192.0.2.7/24"}, "address"),
        ({"username": {"$gt": ""}}, "username"),
        ({"username": ""}, "username"),
        ({"username": "\ud800"}, "username"),
        ({"username": "anna\x00"}, "username"),
        ({"password": ["vlierbes"]}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": "vlier\udfff"}, "password"),
        ({"role": "invoices"}, "role"),
    ],
)
def test_a_login_that_is_none(given: dict[str, Any], field: str) -> None:
    assert list(refused(schemas.Login, LOGIN | given)) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "geen adres"}, "email"),
        ({"roles": ["boss"]}, "roles"),
        ({"roles": "invoices"}, "roles"),
        ({"customer_id": "../x"}, "customer_id"),
        ({"command_id": "kort"}, "command_id"),
        ({"blocked": False}, "blocked"),
        ({"password_hash": "x"}, "password_hash"),
        ({"last_name": "x" * 101}, "last_name"),
    ],
)
def test_a_user_that_can_not_be(given: dict[str, Any], field: str) -> None:
    assert list(refused(schemas.CreateUser, USER | given)) == [field]


def test_names_lose_the_blanks_around_them_and_passwords_do_not() -> None:
    loaded = schemas.CreateUser().load(
        USER | {"first_name": "  Rene\N{COMBINING ACUTE ACCENT} ", "email": "", "password": " vlier bes "}
    )
    assert (loaded["first_name"], loaded["email"], loaded["password"]) == ("René", "", " vlier bes ")


def test_what_is_wrong_is_said_in_dutch() -> None:
    assert refused(schemas.CreateUser, {"username": "x" * 101, "plan": 1})["username"] == [
        "Gebruik 1 tot en met 100 tekens."
    ]
