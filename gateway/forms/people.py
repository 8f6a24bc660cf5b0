"""Forms about people: new users, their details, roles and e-mail messages (manual, chapters 9 and 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validates_schema
from marshmallow.validate import Length

from gateway.forms.fields import Choice
from gateway.forms.form import chosen
from gateway.forms.login import LONGEST_PASSWORD
from gateway.models.rights import GENDERS, REGISTRATIONS, ROLES
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

LONGEST_NAME = 100
LONGEST_EMAIL = 254
LAST_PAGE = 1_000_000


def line(key: str, label: Any, longest: int = LONGEST_NAME, missing: Any = None) -> fields.String:
    """A line of text; with ``missing`` it must be filled in, and that is what is said when it is not."""
    rules: dict[str, Any] = {"load_default": ""}
    if missing:
        rules = {"required": True, "error_messages": {"required": missing}}
    too_long = Length(max=longest, error=_l("Dit mogen hooguit {max} tekens zijn."))
    return fields.String(data_key=key, validate=too_long, metadata={"label": label}, **rules)


def secret(key: str, label: Any, missing: Any = None, needed: bool = False) -> fields.String:
    """A password: taken exactly as typed, and never shown again."""
    rules: dict[str, Any] = {"load_default": ""}
    if missing:
        rules = {"required": True, "error_messages": {"required": missing}}
    metadata = {"label": label, "exact": True} | ({"needed": True} if needed else {})
    too_long = Length(max=LONGEST_PASSWORD, error=_l("Een wachtwoord is hooguit 128 tekens lang."))
    return fields.String(data_key=key, validate=too_long, metadata=metadata, **rules)


def several(key: str, label: Any, codes: Mapping[str, str], sentence: Any) -> fields.List[str]:
    """Any number of the given choices."""
    metadata = {"label": label, "several": True}
    return fields.List(Choice(codes, sentence), data_key=key, load_default=list, metadata=metadata)


class Sheet(Schema):
    """A form of ours."""

    class Meta:
        unknown = EXCLUDE


class SearchForm(Sheet):
    """*Bevat … Zoek*, and the page of the list."""

    query = line("bevat", _l("Bevat"), LONGEST_EMAIL)
    page = fields.Integer(
        data_key="bladzijde",
        load_default=1,
        error_messages={"invalid": _l("Deze bladzijde bestaat niet.")},
    )

    @validates_schema
    def check_page(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Pages count from 1."""
        if not 1 <= data["page"] <= LAST_PAGE:
            raise ValidationError({"bladzijde": [_("Deze bladzijde bestaat niet.")]})


class DetailsForm(Sheet):
    """What is known of a person."""

    email = line("email", _l("E-mail adres"), LONGEST_EMAIL, missing=_l("Vul een e-mailadres in."))
    title = line("titulatuur", _l("Titulatuur"), 30)
    initials = line("initialen", _l("Initialen"), 20)
    first_name = line("voornaam", _l("Voornaam"))
    infix = line("tussenvoegsel", _l("Tussenvoegsel"), 20)
    last_name = line("achternaam", _l("Achternaam"))
    gender = Choice(
        chosen(GENDERS),
        _l("Kies uit de lijst."),
        data_key="geslacht",
        load_default="",
        metadata={"label": _l("Geslacht")},
    )


class UsernameForm(Sheet):
    """Another username."""

    username = line("gebruikersnaam", _l("Gebruikersnaam"), missing=_l("Vul een gebruikersnaam in."))


class Repeated(Sheet):
    """Knows a password that is typed twice: ``repeat`` is the second, ``CHOSEN`` the name of the first."""

    CHOSEN = "password"
    repeat = secret("bevestig", _l("Bevestig wachtwoord"), needed=True)

    @validates_schema(skip_on_field_errors=False)
    def check_repeat(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Twice the same."""
        first = data.get(self.CHOSEN)
        if first and first != data.get("repeat"):
            sentence = _("De twee wachtwoorden zijn niet hetzelfde.") if data.get("repeat") else _repeat_it()
            raise ValidationError({"bevestig": [sentence]})

    @post_load
    def drop_repeat(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """It has done its work."""
        data.pop("repeat", None)
        return data


class NewUserForm(DetailsForm, Repeated):
    """*Nieuwe gebruiker*. With the welcome mail ticked no password is asked."""

    class Meta:
        unknown = EXCLUDE
        fields = (
            *("username", "email", "welcome", "password", "repeat"),
            *("title", "initials", "first_name", "infix", "last_name", "gender"),
        )

    username = line("gebruikersnaam", _l("Gebruikersnaam"), missing=_l("Vul een gebruikersnaam in."))
    welcome = fields.Boolean(
        data_key="welkom", load_default=False, metadata={"label": _l("Verstuur welkom e-mail")}
    )
    password = secret("wachtwoord", _l("Wachtwoord"), needed=True)

    @pre_load
    def drop_unused_passwords(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """With a welcome mail the two are out of sight, and do not count."""
        out_of_sight = ("wachtwoord", "bevestig") if data.get("welkom") else ()
        return {name: value for name, value in data.items() if name not in out_of_sight}

    @validates_schema(skip_on_field_errors=False)
    def check_password(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Without a welcome mail, a password."""
        if not data.get("welcome") and "password" in data and not data["password"]:
            sentence = _("Vul een wachtwoord in, of verstuur een welkom e-mail.")
            raise ValidationError({"wachtwoord": [sentence]})


class NewPasswordForm(Repeated):
    """A password, by the link of a mail."""

    password = secret("wachtwoord", _l("Nieuw wachtwoord"), missing=_l("Vul een wachtwoord in."))


class OwnPasswordForm(Repeated):
    """Another password, for who knows the one of now."""

    CHOSEN = "new"
    old = secret("huidig", _l("Huidig wachtwoord"), missing=_l("Vul uw huidige wachtwoord in."))
    new = secret("nieuw", _l("Nieuw wachtwoord"), missing=_l("Vul een nieuw wachtwoord in."))

    class Meta:
        unknown = EXCLUDE
        fields = ("old", "new", "repeat")


class RolesForm(Sheet):
    """*Gebruikersrollen*."""

    roles = several(
        "rol", _l("Gebruikersrollen"), chosen(role.code for role in ROLES), _l("Deze rol kennen we niet.")
    )


class RegistrationsForm(Sheet):
    """*Registreer voor e-mail berichten*."""

    registrations = several(
        "bericht",
        _l("Registreer voor e-mail berichten"),
        chosen(REGISTRATIONS),
        _l("Dit bericht kennen we niet."),
    )


class ForgottenForm(Sheet):
    """*Help ik ben m'n wachtwoord vergeten*."""

    who = line(
        "wie",
        _l("Gebruikersnaam of e-mailadres"),
        LONGEST_EMAIL,
        missing=_l("Vul uw gebruikersnaam of e-mailadres in."),
    )


def _repeat_it() -> str:
    return _("Vul het wachtwoord nog een keer in.")
