"""What a company tells of itself besides its name: registrations, addresses, whom to reach (ID-12).

Everything may be left out; what is told must be of use on an invoice. Errors name the field as callers
do: ``kvk``, ``address.postcode``, ``contact.email``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from babel import Locale

from shared.errors import Invalid
from shared.words import gettext as _

HOME = "NL"
KVK = re.compile(r"[0-9]{8}")
"""A number in the Dutch trade register."""

DUTCH_VAT = re.compile(r"NL[0-9]{9}B[0-9]{2}")
"""How the Dutch tax office writes a *btw-identificatienummer*."""

EU_VAT = re.compile(
    r"(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|PL|PT|RO|SE|SI|SK|XI)"
    r"(?=[A-Z+*]*[0-9])[0-9A-Z+*]{2,12}"
)
"""Roughly the other VAT numbers in VIES: Greece is EL there, Northern Ireland XI."""

DUTCH_POSTCODE = re.compile(r"([1-9][0-9]{3})([A-Z]{2})")
PHONE = re.compile(r"\+?[0-9][0-9() -]{4,28}[0-9]")
_BETWEEN = re.compile(r"[\s.-]+")
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where somebody is visited or gets post; ``country`` is an ISO 3166 code of two letters."""

    street: str
    house_number: str
    postcode: str
    city: str
    country: str = HOME


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who is asked about invoices."""

    name: str = ""
    email: str = ""
    phone: str = ""


def kvk_of(text: str | None) -> str:
    """Eight digits, or nothing."""
    digits = _BETWEEN.sub("", text or "")
    if digits and not KVK.fullmatch(digits):
        raise Invalid(fields={"kvk": [_("Een KvK-nummer heeft 8 cijfers.")]})
    return digits


def vat_number_of(text: str | None) -> str:
    """A Dutch VAT number, or what may be one of another country of the EU; or nothing."""
    number = _BETWEEN.sub("", text or "").upper()
    if number and not _is_vat_number(number):
        sentence = _("Schrijf het btw-nummer als NL123456789B01, of met de landcode van een ander EU-land.")
        raise Invalid(fields={"vat_number": [sentence]})
    return number


def address_of(field: str, told: Mapping[str, str] | None) -> Address | None:
    """The address, or None where nothing of it is told."""
    given = {name: " ".join((told or {}).get(name, "").split()) for name in _names(Address)}
    country = given.pop("country").upper() or HOME
    if not any(given.values()):
        return None
    wrong = _missing(given, country)
    if country not in countries():
        wrong["country"] = _("Schrijf het land als code van twee letters, zoals NL of BE.")
    if country == HOME and given["postcode"]:
        postcode = DUTCH_POSTCODE.fullmatch(_BETWEEN.sub("", given["postcode"]).upper())
        if postcode is None:
            wrong["postcode"] = _("Schrijf de postcode als 1234 AB.")
        else:
            given["postcode"] = f"{postcode[1]} {postcode[2]}"
    if wrong:
        raise Invalid(fields={f"{field}.{name}": [sentence] for name, sentence in wrong.items()})
    return Address(**given, country=country)


def contact_of(told: Mapping[str, str] | None) -> Contact:
    """Whom to ask; all of it may be empty. The e-mail address has been looked at by the schema."""
    given = {name: " ".join((told or {}).get(name, "").split()) for name in _names(Contact)}
    if given["phone"] and not PHONE.fullmatch(given["phone"]):
        sentence = _("Schrijf een telefoonnummer met cijfers, spaties en streepjes.")
        raise Invalid(fields={"contact.phone": [sentence]})
    return Contact(**given)


@cache
def countries() -> frozenset[str]:
    """ISO 3166 codes that stand for a country."""
    known = (str(code) for code in Locale.parse("en").territories)
    return frozenset(code for code in known if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


def gathered(parts: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Each part's value; one :class:`Invalid` with all that is wrong."""
    found: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, part in parts.items():
        try:
            found[name] = part()
        except Invalid as problem:
            wrong |= problem.fields
    if wrong:
        raise Invalid(fields=wrong)
    return found


def _is_vat_number(number: str) -> bool:
    return bool((DUTCH_VAT if number.startswith(HOME) else EU_VAT).fullmatch(number))


def _missing(given: Mapping[str, str], country: str) -> dict[str, str]:
    """Not every country has postcodes and house numbers; ours has."""
    needed = ("street", "house_number", "postcode", "city") if country == HOME else ("street", "city")
    return {name: _("Vul dit in.") for name in needed if not given[name]}


def _names(of: type[Address | Contact]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(of))
