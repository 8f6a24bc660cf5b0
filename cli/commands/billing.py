"""What is invoiced and how: products, issuers, accounts, charges."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.company_options import numbered
from cli.connection import Call, calls_to
from cli.problems import Problem
from shared.ids import new_id

DAY = click.DateTime(["%Y-%m-%d"])
SELLER = (
    *("name", "street", "house_number", "postcode", "city", "country", "kvk", "vat_number", "iban", "bic"),
    *("email", "phone", "website", "accent", "creditor_id"),
)
ACCOUNT = ("pays_by", "iban", "mandate_id", "profile", "reference", "attention", "email")
SWITCHES = ("reverse_charge", "itemised", "masked")

_CUSTOMER = click.argument("customer", type=int)


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
def products() -> None:
    """List products and their prices."""
    click.echo(f"{'code':<30} {'euro ex VAT':>12} {'per':<6} {'vat':<9} description")
    with calls_to("invoicing") as call:
        for row in call("products"):
            retired = " (retired)" if row["retired"] else ""
            facts = f"{row['code']:<30} {row['price']:>12} {row['per']:<6} {row['vat']:<9}"
            click.echo(f"{facts} {row['description']}{retired}")


@command.command()
@click.argument("code")
@click.argument("price")
@click.option("--description", help="As it stands on invoices (needed for a new one).")
@click.option("--once", "per", flag_value="once", help="A price for once.")
@click.option("--month", "per", flag_value="month", help="A price per month (preset).")
@click.option("--vat", help="standard, reduced, zero or exempt.")
@click.option("--retired/--in-use", default=None, help="No longer sold.")
def product(
    code: str, price: str, description: str | None, per: str | None, vat: str | None, retired: bool | None
) -> None:
    """Set the PRICE of a product, or make it. mobile:PRODUCT and module:MODULE price mobile subscriptions."""
    given = {"description": description, "per": per, "vat": vat, "retired": retired}
    with calls_to("invoicing") as call:
        known = next((row for row in call("products") if row["code"] == code), {"code": code, "revision": 0})
        wanted = {**known, "price": price, **{name: each for name, each in given.items() if each is not None}}
        row = call("save_product", command_id=new_id(), **wanted)
    click.echo(f"{row['code']}: {row['price']} euro ex VAT per {row['per']}")


@command.command()
def issuers() -> None:
    """List who sends invoices."""
    with calls_to("invoicing") as call:
        for row in call("issuers"):
            mark = "default" if row["is_default"] else "partner" if row["partner_id"] else ""
            series = f"{row['series'] or '–'}/{row['credit_series'] or '–'}"
            click.echo(f"{row['id']}  {series:<8} {mark:<8} {row['seller']['name']}")


def _seller_options(wrapped: Any) -> Any:
    for name in reversed(SELLER):
        wrapped = click.option(f"--{name.replace('_', '-')}", name)(wrapped)
    return wrapped


@command.command()
@click.option("--id", "issuer_id", help="Which one to change; without it a new one is made.")
@click.option("--partner", type=int, metavar="NUMBER", help="The partner whose customers it is for.")
@click.option("--default", "is_default", is_flag=True, default=None, help="For who has no other.")
@click.option("--series", help="What invoice numbers begin with.")
@click.option("--credit-series", help="What numbers of credit notes begin with.")
@click.option("--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PNG or SVG.")
@_seller_options
def issuer(issuer_id: str | None, partner: int | None, logo: Path | None, **options: Any) -> None:
    """Make or change who sends invoices: the legal seller, its bank account, its number series."""
    seller = {name: options.pop(name) for name in SELLER}
    with calls_to("invoicing") as call:
        known: dict[str, Any] = {"seller": {}, "revision": 0}
        if issuer_id:
            known = _known_issuer(call, issuer_id)
        wanted: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        if partner is not None:
            wanted["partner_id"] = _id(partner)
        if logo is not None:
            wanted["logo"] = base64.b64encode(logo.read_bytes()).decode()
        told = {**known["seller"], **{name: value for name, value in seller.items() if value is not None}}
        kept: dict[str, Any] = {
            name: known[name]
            for name in ("partner_id", "is_default", "series", "credit_series")
            if name in known
        }
        row = call(
            "save_issuer",
            issuer_id=issuer_id,
            revision=known["revision"],
            seller=told,
            command_id=new_id(),
            **{**kept, **wanted},
        )
    click.echo(f"{row['id']}  {row['seller']['name']}")


def _known_issuer(call: Call, issuer_id: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((row for row in call("issuers") if row["id"] == issuer_id), None)
    if found is None:
        raise Problem(f"there is no issuer {issuer_id}: ./tikker billing issuers shows them.")
    return found


def _account_options(wrapped: Any) -> Any:
    for name in reversed(SWITCHES):
        option = name.replace("_", "-")
        wrapped = click.option(f"--{option}/--no-{option}", name, default=None)(wrapped)
    for name in reversed(ACCOUNT):
        wrapped = click.option(f"--{name.replace('_', '-')}", name)(wrapped)
    return wrapped


@command.command()
@_CUSTOMER
@click.option("--days", type=int, help="Days to pay in.")
@click.option("--mandate-signed-on", type=DAY)
@click.option(
    "--bills-from", type=DAY, help="The first of a month: usage and recurring costs are billed from then."
)
@click.option(
    "--price", "prices", multiple=True, metavar="CODE=EURO", help="This customer's own price; repeat."
)
@click.option("--issuer", "issuer_id", help="Another issuer than that of the partner, or the default one.")
@_account_options
def account(
    customer: int,
    prices: tuple[str, ...],
    mandate_signed_on: datetime | None,
    bills_from: datetime | None,
    **options: Any,
) -> None:
    """Show how a customer is billed, or change that: transfer or direct_debit, terms, e-invoice profile."""
    customer_id = _id(customer)
    wanted = {name: value for name, value in options.items() if value is not None}
    for name, day in (("mandate_signed_on", mandate_signed_on), ("bills_from", bills_from)):
        if day is not None:
            wanted[name] = day.date().isoformat()
    with calls_to("invoicing") as call:
        row = call("account", customer_id=customer_id)
        if prices:
            wanted["prices"] = {**row["prices"], **dict(_price(text) for text in prices)}
        if wanted:
            call(
                "save_account",
                customer_id=customer_id,
                revision=row["revision"],
                command_id=new_id(),
                **wanted,
            )
            row = call("account", customer_id=customer_id)
    for name, value in row.items():
        if value not in (None, "", {}) and name != "customer_id":
            click.echo(f"{name:<18} {value}")


def _price(text: str) -> tuple[str, str]:
    code, _sign, price = text.rpartition("=")
    if not code:
        raise click.BadParameter(f"'{text}' is no price: write CODE=9.95.", param_hint="--price")
    return code, price


@command.command()
@_CUSTOMER
def charges(customer: int) -> None:
    """List what staff and services put on a customer's invoices."""
    with calls_to("invoicing") as call:
        found = call("charges", customer_id=_id(customer))
    for row in found["rows"]:
        price = f"{row['percentage']} %" if row["percentage"] else f"{row['quantity']} × {row['price']}"
        term = f"{row['starts']} – {row['ends'] or ''}"
        invoiced = " (invoiced)" if row["invoice_id"] else ""
        click.echo(f"{row['id']}  {row['kind']:<9} {term:<24} {price:>18}  {row['description']}{invoiced}")
    for row in found["requested"]:
        invoiced = " (invoiced)" if row["invoice_id"] else ""
        click.echo(
            f"{row['id']:<32}  asked     {row['day']:<24} {row['amount']:>18}  {row['description']}{invoiced}"
        )


@command.command()
@_CUSTOMER
@click.argument("kind", type=click.Choice(["recurring", "one_off", "discount"]))
@click.option("--product", default="", metavar="CODE", help="What is not given comes from this product.")
@click.option("--description", default="")
@click.option("--quantity", default="1", show_default=True)
@click.option("--price", help="Euro ex VAT, per month or once.")
@click.option("--percentage", help="Of a discount.")
@click.option("--of", multiple=True, help="Of which lines: subscription, one_off, usage, bundle; repeat.")
@click.option("--from", "starts", type=DAY, required=True, help="First day.")
@click.option("--to", "ends", type=DAY, help="Last day.")
def charge(
    customer: int, starts: datetime, ends: datetime | None, of: tuple[str, ...], **options: Any
) -> None:
    """Put something on a customer's invoices: every month, once, or as a discount."""
    days = {"starts": starts.date().isoformat(), "ends": ends.date().isoformat() if ends else None}
    with calls_to("invoicing") as call:
        row = call(
            "add_charge", customer_id=_id(customer), command_id=new_id(), of=list(of), **days, **options
        )
    click.echo(f"{row['id']}  {row['description']}")


@command.command("end-charge")
@click.argument("charge_id")
@click.option("--on", "ends", type=DAY, help="Last day; not for a one-off, which goes away.")
def end_charge(charge_id: str, ends: datetime | None) -> None:
    """End a charge or a discount, or take away a one-off that is not invoiced yet."""
    day = ends.date().isoformat() if ends else None
    with calls_to("invoicing") as call:
        row = call("end_charge", charge_id=charge_id, ends=day, command_id=new_id())
    click.echo(f"{row['description']}: ends {row['ends'] or '–'}")


def _id(number: int) -> str:
    with calls_to("identity") as call:
        return str(numbered(call, number)["id"])
