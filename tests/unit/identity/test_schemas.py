"""What is refused before anything else looks at it."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from services.identity.domain.users import Gender
from services.identity.schemas import requests
from shared.schema import Base

LOGIN = {"username": "anna", "password": "vlierbes", "address": "192.0.2.7"}
USER = {
    "command_id": "0123456789abcdef",
    "customer_id": "c" * 32,
    "username": "anna",
    "password": "vlierbes",
    "roles": ["invoices"],
}
DETAILS = {
    "command_id": "0123456789abcdef",
    "email": "anna@example.nl",
    "title": "",
    "initials": "A.",
    "first_name": "Anna",
    "infix": "",
    "last_name": "Wit",
    "gender": "female",
}


def refused(schema: type[Base], given: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ValidationError) as problem:
        schema().load(given)
    assert isinstance(problem.value.messages, dict)
    found = problem.value.messages
    return {name: said if isinstance(said, list | dict) else [str(said)] for name, said in found.items()}


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
    assert list(refused(requests.Login, LOGIN | given)) == [field]


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
    assert list(refused(requests.CreateUser, USER | given)) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "anna"}, "email"),
        ({"email": "anna@example.nl\r\nBcc: ben@example.nl"}, "email"),
        ({"email": "a@example.nl, b@example.nl"}, "email"),
        ({"email": f"{'a' * 250}@example.nl"}, "email"),
        ({"gender": "unicorn"}, "gender"),
        ({"title": "x" * 31}, "title"),
        ({"last_name": "Wit\x00"}, "last_name"),
        ({"username": "anna"}, "username"),
        ({"epoch": 9}, "epoch"),
    ],
)
def test_details_that_can_not_be(given: dict[str, Any], field: str) -> None:
    assert list(refused(requests.ChangeDetails, DETAILS | given)) == [field]


@pytest.mark.parametrize("field", sorted(DETAILS))
def test_a_change_of_details_that_forgets_one_is_refused(field: str) -> None:
    forgetful = {name: value for name, value in DETAILS.items() if name != field}
    assert refused(requests.ChangeDetails, forgetful) == {field: ["Vul dit in."]}


def test_details_are_loaded_as_one_value() -> None:
    loaded = requests.ChangeDetails().load(DETAILS | {"last_name": "  Wit ", "title": " "})
    assert set(loaded) == {"command_id", "details"}
    assert (loaded["details"].last_name, loaded["details"].title) == ("Wit", "")
    assert loaded["details"].gender is Gender.FEMALE


@pytest.mark.parametrize(
    "given",
    [
        {"size": 201},
        {"page": 0},
        {"page": "1"},
        {"query": {"$gt": ""}},
        {"sort": "email"},
        {"query": "a\x00"},
    ],
)
def test_a_page_of_users_that_can_not_be(given: dict[str, Any]) -> None:
    assert list(refused(requests.Users, given)) == list(given)


@pytest.mark.parametrize("given", [{"state": "lost"}, {"after": "x"}, {"after": "0" * 32}, {"limit": 501}])
def test_a_page_of_mails_that_can_not_be(given: dict[str, Any]) -> None:
    assert list(refused(requests.Mails, given)) == list(given)


def test_names_lose_the_blanks_around_them_and_passwords_do_not() -> None:
    loaded = requests.CreateUser().load(
        USER | {"first_name": "  Rene\N{COMBINING ACUTE ACCENT} ", "email": "", "password": " vlier bes "}
    )
    assert (loaded["first_name"], loaded["email"], loaded["password"]) == ("René", "", " vlier bes ")


def test_what_is_wrong_is_said_in_dutch() -> None:
    assert refused(requests.CreateUser, {"username": "x" * 101, "plan": 1})["username"] == [
        "Gebruik 1 tot en met 100 tekens."
    ]
