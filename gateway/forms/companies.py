"""Forms of staff about companies: search, details, and why one does a thing.

Fields are named as identity's arguments, with a dot where those are nested (``address.city``), so that
what identity says of one finds its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Length, Range

from gateway.forms.fields import Choice
from gateway.forms.form import chosen
from gateway.forms.people import LONGEST_EMAIL, LONGEST_NAME, Sheet, line, several
from gateway.models.companies import ADDRESS_FIELDS, PRODUCTS, Company, country_codes
from gateway.words import lazy_gettext as _l

LONGEST_REASON = 500
LONGEST_BEGIN = 10_000
LAST_NUMBER = 10**9
NESTED = ("address", "invoice_address", "contact")
OTHER_INVOICE = "other_invoice"
"""Ticked: invoices go to an address of their own."""


class CompanySearchForm(Sheet):
    """*Bevat … Zoek*, of which partner, and where the page begins. Only digits: a company's number."""

    query = line("bevat", _l("Naam of klantnummer"), LONGEST_NAME)
    parent_id = line("partner", _l("Partner"), 32)
    after = fields.Integer(
        data_key="na",
        load_default=0,
        validate=Range(0, LAST_NUMBER, error=_l("Deze bladzijde bestaat niet.")),
        error_messages={"invalid": _l("Deze bladzijde bestaat niet.")},
    )

    @post_load
    def tell_number(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """What is a number is looked up as one."""
        query = data["query"]
        if query.isdecimal() and query.isascii() and int(query) <= LAST_NUMBER:
            return data | {"query": "", "number": int(query)}
        return data


def reason(needed: bool = False) -> fields.String:
    """Why: it stands in the audit log."""
    missing = _l("Schrijf waarom. Dat staat in het logboek.") if needed else None
    return line("reden", _l("Reden (voor het logboek)"), LONGEST_REASON, missing=missing)


class ReasonForm(Sheet):
    """Why one looks along, or does something that asks for a reason."""

    reason = reason(needed=True)


def _address(prefix: str, key: str) -> dict[str, Any]:
    country = Choice(
        chosen(country_codes()),
        _l("Kies een land uit de lijst."),
        data_key=f"{key}land",
        load_default="NL",
        metadata={"label": _l("Land"), "needed": True},
    )
    return {
        f"{prefix}.street": line(f"{key}straat", _l("Straat")),
        f"{prefix}.house_number": line(f"{key}huisnummer", _l("Huisnummer"), 20),
        f"{prefix}.postcode": line(f"{key}postcode", _l("Postcode"), 12),
        f"{prefix}.city": line(f"{key}plaats", _l("Plaats")),
        f"{prefix}.country": country,
    }


def _company_fields() -> dict[str, Any]:
    return {
        "name": line("naam", _l("Naam"), missing=_l("Vul de naam van het bedrijf in.")),
        "products": several(
            "product", _l("Onderdelen"), chosen(PRODUCTS), _l("Dit onderdeel kennen we niet.")
        ),
        "kvk": line("kvk", _l("KvK-nummer"), 20),
        "vat_number": line("btw", _l("BTW-nummer"), 20),
        **_address("address", ""),
        OTHER_INVOICE: fields.Boolean(
            data_key="ander-adres",
            load_default=False,
            metadata={"label": _l("Facturen gaan naar een ander adres")},
        ),
        **_address("invoice_address", "factuur-"),
        "contact.name": line("contact", _l("Naam contactpersoon")),
        "contact.email": line("contact-email", _l("E-mail adres"), LONGEST_EMAIL),
        "contact.phone": line("contact-telefoon", _l("Telefoonnummer"), 30),
    }


def _parent() -> dict[str, Any]:
    return {"parent_id": line("partner", _l("Partner"), 32)}


def new_company_form(with_parent: bool) -> Schema:
    """A new customer or partner; ``with_parent``: staff choose whose it is."""
    return _form("NewCompanyForm", _company_fields() | (_parent() if with_parent else {}))


def company_form(with_parent: bool) -> Schema:
    """A company's details; ``revision`` and ``begin`` say what stood there when the form was opened."""
    known = {
        "revision": fields.Integer(data_key="revisie", load_default=1),
        "begin": fields.String(data_key="begin", load_default="", validate=Length(max=LONGEST_BEGIN)),
    }
    more = {"reason": reason(needed=True)} | known | (_parent() if with_parent else {})
    return _form("CompanyForm", _company_fields() | more)


def _form(name: str, inner: dict[str, Any]) -> Schema:
    return Sheet.from_dict(inner, name=name)()


def shown(company: Company) -> dict[str, str | list[str]]:
    """What the form begins with, by the fields' own names."""
    nested = {name: getattr(company, name) for name in NESTED}
    values: dict[str, str | list[str]] = {
        "name": company.name,
        "products": list(company.products),
        "kvk": company.kvk or "",
        "vat_number": company.vat_number or "",
        OTHER_INVOICE: "1" if company.invoice_address else "",
        "parent_id": company.parent_id or "",
    }
    for prefix, value in nested.items():
        names = ADDRESS_FIELDS if prefix != "contact" else ("name", "email", "phone")
        absent = {"country": "NL"}
        values |= {f"{prefix}.{n}": getattr(value, n) if value else absent.get(n, "") for n in names}
    return values


def asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """identity's arguments; an address of which only the country is chosen is none."""
    fields = {n: v for n, v in values.items() if n not in (*NESTED, OTHER_INVOICE, "begin")}
    for name in NESTED:
        inner = values.get(name, {})
        told = any(value for part, value in inner.items() if part != "country")
        fields[name] = inner if told else None
    if not values.get(OTHER_INVOICE):
        fields["invoice_address"] = None
    for name in fields.keys() & {"kvk", "vat_number", "parent_id"}:
        fields[name] = fields[name] or None
    return fields
