"""What is typed about people: tables of input and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from gateway.access import ROLE_NAMES
from gateway.forms import people as forms
from gateway.forms.filled import read
from gateway.models.rights import REGISTRATIONS, ROLES

TOO_LONG = "Dit mogen hooguit 100 tekens zijn."
PASSWORD_TOO_LONG = "Een wachtwoord is hooguit 128 tekens lang."
OTHER = "De twee wachtwoorden zijn niet hetzelfde."
AGAIN = "Vul het wachtwoord nog een keer in."
NEW = {"gebruikersnaam": "jan", "email": "jan@bakkerij.example"}
TWICE = {"wachtwoord": "vlierbessensap", "bevestig": "vlierbessensap"}


@pytest.fixture(autouse=True)
def _in_a_request(words: Flask) -> Iterator[None]:
    with words.test_request_context():
        yield


@pytest.mark.feature("ID-07", "GW-02")
@pytest.mark.parametrize(
    ("schema", "typed", "errors"),
    [
        (forms.NewUserForm, {**NEW, "welkom": "1"}, {}),
        (forms.NewUserForm, {**NEW, **TWICE}, {}),
        (forms.NewUserForm, {**NEW, "welkom": "1", "wachtwoord": "a", "bevestig": "b"}, {}),
        (forms.NewUserForm, NEW, {"wachtwoord": "Vul een wachtwoord in, of verstuur een welkom e-mail."}),
        (forms.NewUserForm, {**NEW, "wachtwoord": "abc"}, {"bevestig": AGAIN}),
        (forms.NewUserForm, {**NEW, **TWICE, "bevestig": "Vlierbessensap"}, {"bevestig": OTHER}),
        (forms.NewUserForm, {**NEW, **TWICE, "bevestig": "vlierbessensap "}, {"bevestig": OTHER}),
        (
            forms.NewUserForm,
            {"welkom": "1"},
            {"gebruikersnaam": "Vul een gebruikersnaam in.", "email": "Vul een e-mailadres in."},
        ),
        (forms.NewUserForm, {**NEW, "welkom": "1", "voornaam": "x" * 101}, {"voornaam": TOO_LONG}),
        (forms.NewUserForm, {**NEW, "welkom": "1", "geslacht": "x"}, {"geslacht": "Kies uit de lijst."}),
        (
            forms.NewUserForm,
            {**NEW, "wachtwoord": "x" * 129, "bevestig": "x" * 129},
            {"wachtwoord": PASSWORD_TOO_LONG, "bevestig": PASSWORD_TOO_LONG},
        ),
        (forms.DetailsForm, {"email": "a@b.example"}, {}),
        (forms.DetailsForm, {"email": " "}, {"email": "Vul een e-mailadres in."}),
        (forms.DetailsForm, {"email": "x" * 255}, {"email": "Dit mogen hooguit 254 tekens zijn."}),
        (
            forms.DetailsForm,
            {"email": "a@b.example", "tussenvoegsel": "x" * 21},
            {"tussenvoegsel": "Dit mogen hooguit 20 tekens zijn."},
        ),
        (forms.UsernameForm, {}, {"gebruikersnaam": "Vul een gebruikersnaam in."}),
        (forms.NewPasswordForm, TWICE, {}),
        (forms.NewPasswordForm, {"bevestig": "x"}, {"wachtwoord": "Vul een wachtwoord in."}),
        (forms.NewPasswordForm, {"wachtwoord": "x"}, {"bevestig": AGAIN}),
        (
            forms.OwnPasswordForm,
            {},
            {"huidig": "Vul uw huidige wachtwoord in.", "nieuw": "Vul een nieuw wachtwoord in."},
        ),
        (forms.OwnPasswordForm, {"huidig": "x", "nieuw": "a", "bevestig": "b"}, {"bevestig": OTHER}),
        (forms.RolesForm, {}, {}),
        (forms.RolesForm, {"rol": ["invoices", "operator"]}, {"rol": "Deze rol kennen we niet."}),
        (forms.RegistrationsForm, {"bericht": ["alles"]}, {"bericht": "Dit bericht kennen we niet."}),
        (forms.ForgottenForm, {}, {"wie": "Vul uw gebruikersnaam of e-mailadres in."}),
    ],
)
def test_what_is_said_about_what_was_typed(
    schema: type[Schema], typed: dict[str, Any], errors: dict[str, str]
) -> None:
    filled = read(schema(), MultiDict(typed))
    assert filled.errors == {name: [said] for name, said in errors.items()}
    assert not {"wachtwoord", "bevestig", "huidig", "nieuw"} & set(filled.typed), "passwords are never kept"


def test_a_password_is_taken_exactly_as_typed_and_once() -> None:
    filled = read(forms.NewPasswordForm(), MultiDict({"wachtwoord": "  a b  ", "bevestig": "  a b  "}))
    assert filled.values == {"password": "  a b  "}


def test_every_field_of_a_page_has_a_label_and_every_option_its_words() -> None:
    sheets = [forms.NewUserForm, forms.DetailsForm, forms.UsernameForm, forms.NewPasswordForm]
    for sheet in [*sheets, forms.OwnPasswordForm, forms.RolesForm, forms.RegistrationsForm]:
        assert all("label" in field.metadata for field in sheet().load_fields.values()), sheet
    assert [role.code for role in ROLES] == list(ROLE_NAMES)
    assert [role.code for role in ROLES if role.needs] == [
        "mobile_limits",
        "mobile_blocks",
        "mobile_sim_block",
    ]
    assert len(REGISTRATIONS) == 4


NAMES = sorted(field.data_key or name for name, field in forms.NewUserForm().load_fields.items())


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_no_input_breaks_the_form(typed: dict[str, str]) -> None:
    filled = read(forms.NewUserForm(), MultiDict(typed))
    arguments = {"username", "email", "welcome", "password", *forms.DetailsForm().load_fields}
    assert filled.errors or set(filled.values) == arguments
