"""The options of the command line that tell of a company, and what they become in a call to identity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from cli.problems import Problem

PRODUCTS = ("voip", "pbx", "mobile")
ADDRESS = ("street", "house_number", "postcode", "city", "country")
CONTACT = ("name", "email", "phone")
_PLAIN = {"kvk": "KvK number, 8 digits.", "vat_number": "VAT number, such as NL123456789B01."}

Command = TypeVar("Command", bound=Callable[..., Any])


def company_options(command: Command) -> Command:
    """Every fact but name and products; an option that is left out is not told."""
    texts: dict[str, str | None] = dict(_PLAIN)
    texts |= dict.fromkeys(ADDRESS) | {"street": "Visiting address."}
    texts |= dict.fromkeys(f"invoice_{part}" for part in ADDRESS)
    texts["invoice_street"] = "Where bills go (default: the visiting address)."
    texts |= dict.fromkeys(f"contact_{part}" for part in CONTACT)
    texts["contact_name"] = "Who is asked about invoices."
    for name, text in reversed(texts.items()):  # the outermost comes first in --help
        command = click.option(f"--{name.replace('_', '-')}", name, help=text)(command)
    return command


def told(options: Mapping[str, Any], now: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The fields of a call that these options change; parts of an address that are left out stay as they
    are ``now`` (a company as identity answers it)."""
    found: dict[str, Any] = {name: options[name] for name in _PLAIN if options[name] is not None}
    for field, prefix, parts in (
        ("address", "", ADDRESS),
        ("invoice_address", "invoice_", ADDRESS),
        ("contact", "contact_", CONTACT),
    ):
        given = {part: options[prefix + part] for part in parts if options[prefix + part] is not None}
        if given:
            found[field] = {**((now or {}).get(field) or {}), **given}
    return found


def shown(company: Mapping[str, Any]) -> list[str]:
    """A company as lines for people; what is not known is left out."""
    contact = company["contact"] or {}
    told = {
        "number": company["number"],
        "name": company["name"],
        "kind": company["kind"],
        "under": company["parent_name"],
        "products": ", ".join(company["products"]),
        "KvK": company["kvk"],
        "VAT number": company["vat_number"],
        "address": _on_one_line(company["address"]),
        "invoices to": _on_one_line(company["invoice_address"]),
        "contact": ", ".join(contact[part] for part in CONTACT if contact.get(part)),
        "users": company["users"],
        "revision": company["revision"],
        "id": company["id"],
    }
    return [f"{name:<12} {value}" for name, value in told.items() if value not in (None, "")]


def numbered(call: Callable[..., Any], number: int) -> dict[str, Any]:
    """The company with this number. Raises Problem when there is none."""
    rows = call("customers", number=number)["rows"]
    if not rows:
        raise Problem(f"there is no customer {number}: ./tikker customer list shows them.")
    found: dict[str, Any] = rows[0]
    return found


def list_companies(call: Callable[..., Any], **search: Any) -> None:
    """Print all that are found, with as many calls as that takes."""
    click.echo(f"{'number':<7} {'kind':<9} {'products':<17} {'users':>5}  name")
    after = None
    while True:
        page = call("customers", after=after, **search)
        for row in page["rows"]:
            products = ",".join(row["products"]) or "–"
            click.echo(f"{row['number']:<7} {row['kind']:<9} {products:<17} {row['users']:>5}  {row['name']}")
        after = page["next"]
        if after is None:
            return


def _on_one_line(address: Mapping[str, str] | None) -> str:
    if address is None:
        return ""
    street = f"{address['street']} {address['house_number']}".strip()
    city = f"{address['postcode']} {address['city']}".strip()
    return f"{street}, {city}, {address['country']}"
