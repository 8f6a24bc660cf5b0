"""What a username and a password must be like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.credentials import (
    USERNAME,
    USERNAME_RULE,
    check_password,
    check_username,
    username_key,
)
from shared.errors import Invalid


def reasons(password: str, username: str = "anna.devries", shortest: int = 6) -> list[str]:
    try:
        check_password(password, username=username, shortest=shortest)
    except Invalid as refused:
        return refused.fields["password"]
    return []


@pytest.mark.parametrize("name", ["abc", "anna", "Anna.de-Vries", "anna@voorbeeld.example", "a_1", "x" * 100])
def test_usernames_that_will_do(name: str) -> None:
    check_username(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "x" * 101,
        "anna de vries",
        ".anna",
        "anna-",
        "anña",
        "аnna",
        "anna\n",
        "anna\x00b",
        "<b>anna",
    ],
)
def test_usernames_that_will_not(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_username(name)
    assert refused.value.fields == {"username": [USERNAME_RULE]}


@pytest.mark.parametrize("typed", ["ANNA", " anna ", "Anna", "ａｎｎａ"])
def test_a_username_is_found_however_it_is_typed(typed: str) -> None:
    assert username_key(typed) == "anna"


@given(st.from_regex(USERNAME, fullmatch=True))
def test_case_is_all_that_the_key_of_a_username_leaves_out(name: str) -> None:
    assert username_key(name) == username_key(name.upper()) == name.lower()


@pytest.mark.feature("ID-07")
@pytest.mark.parametrize("password", ["vlierbes", "drie blauwe fietsen", "é9ŵ!kz", "6 toks", "x9" * 20 + "q"])
def test_passwords_that_will_do(password: str) -> None:
    assert reasons(password) == []


@pytest.mark.feature("ID-07")
def test_the_shortest_length_can_be_set() -> None:
    assert reasons("vlier") == ["Gebruik ten minste 6 tekens."]
    assert reasons("vlierbes", shortest=12) == ["Gebruik ten minste 12 tekens."]
    assert reasons("vlierbes" * 17) == ["Gebruik niet meer dan 128 tekens."]


@pytest.mark.feature("ID-07")
def test_an_accent_typed_as_two_characters_counts_as_one() -> None:
    assert reasons("fietse\N{COMBINING ACUTE ACCENT}") == []
    assert reasons("fiet" + "e\N{COMBINING ACUTE ACCENT}") == ["Gebruik ten minste 6 tekens."]


@pytest.mark.feature("ID-07")
@pytest.mark.parametrize(
    "password",
    [
        "welkom01",
        "Welkom2026!",
        "wachtwoord",
        "PASSWORD",
        "123456",
        "qwerty12",
        "geheim!",
        "aaaaaaaa",
        "121212",
    ],
)
def test_common_passwords_are_refused(password: str) -> None:
    assert reasons(password) == [
        "Dit wachtwoord raadt men snel. Kies een ander, bijvoorbeeld drie woorden achter elkaar."
    ]


@pytest.mark.feature("ID-07")
@pytest.mark.parametrize("password", ["anna.devries", "ANNA.DEVRIES", "anna.devries1", "Anna.deVries2026!"])
def test_the_username_is_no_password(password: str) -> None:
    assert reasons(password) == ["Gebruik niet uw gebruikersnaam als wachtwoord."]


@given(st.text(max_size=200))
def test_any_text_is_judged_and_none_breaks_it(password: str) -> None:
    assert len(reasons(password)) <= 2
