"""Customers: create, list, show and change them."""

from __future__ import annotations

from typing import Any

import click

from cli.company_options import PRODUCTS, company_options, list_companies, numbered, shown, told
from cli.connection import Call, calls_to
from cli.problems import Problem
from shared.ids import new_id


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("name")
@click.option("--product", "products", multiple=True, type=click.Choice(PRODUCTS), help="Repeat for more.")
@click.option("--partner", is_flag=True, help="An ICT partner, which has customers of its own.")
@click.option("--under", type=int, metavar="NUMBER", help="Its partner (default: the operator).")
@click.option("--reason", default="", help="For the audit log.")
@company_options
def create(
    name: str, products: tuple[str, ...], partner: bool, under: int | None, reason: str, **facts: Any
) -> None:
    """Create a customer and print its number."""
    with calls_to("identity") as call:
        made = call(
            "create_customer",
            name=name,
            products=list(products),
            kind="partner" if partner else "customer",
            parent_id=numbered(call, under)["id"] if under is not None else None,
            reason=reason,
            command_id=new_id(),
            **told(facts),
        )
    click.echo(f"{made['number']}  {made['name']}  (id {made['id']})")


@command.command("list")
@click.argument("words", metavar="QUERY", required=False)
@click.option("--query", help="The same as the argument: part of the name, or a customer or KvK number.")
@click.option("--under", type=int, metavar="NUMBER", help="Only those of this partner.")
def list_(words: str | None, query: str | None, under: int | None) -> None:
    """List customers and partners, or those that QUERY finds."""
    with calls_to("identity") as call:
        parent = numbered(call, under)["id"] if under is not None else None
        list_companies(call, query=query or words, parent_id=parent)


@command.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Show all that is known of a company (10000 is the operator)."""
    with calls_to("identity") as call:
        for line in shown(numbered(call, number)):
            click.echo(line)


@command.command()
@click.argument("number", type=int)
@click.option("--name")
@click.option(
    "--product",
    "products",
    multiple=True,
    type=click.Choice((*PRODUCTS, "none")),
    help="All that it shall have: repeat for more. Its users log in anew.",
)
@click.option("--under", type=int, metavar="NUMBER", help="Its partner from now on; 10000 is the operator.")
@click.option("--kind", type=click.Choice(("customer", "partner")), help="Its users log in anew.")
@click.option("--invoice-to-address", is_flag=True, help="Bills go to the visiting address again.")
@click.option("--revision", type=int, help="Refuse when it is no longer at this one (default: as it is now).")
@click.option("--reason", default="", help="For the audit log.")
@company_options
def change(number: int, invoice_to_address: bool, revision: int | None, reason: str, **options: Any) -> None:
    """Change what the options tell; an empty text takes a fact away, the rest stays."""
    with calls_to("identity") as call:
        now = numbered(call, number)
        fields = told(options, now) | _place(call, options)
        if options["products"]:
            fields["products"] = _products(options["products"])
        if invoice_to_address:
            fields["invoice_address"] = None
        if not fields:
            raise Problem("nothing to change: ./tikker customer change --help says what can be.")
        changed = call(
            "change_customer",
            customer_id=now["id"],
            revision=revision or now["revision"],
            reason=reason,
            command_id=new_id(),
            **fields,
        )
    for line in shown(changed):
        click.echo(line)


@command.command()
def republish() -> None:
    """Tell all other services again of every company: those that came later learn the older ones."""
    with calls_to("identity") as call:
        click.echo(f"{call('republish')['events']} events queued")


def _place(call: Call, options: dict[str, Any]) -> dict[str, Any]:
    fields = {name: options[name] for name in ("name", "kind") if options[name] is not None}
    if options["under"] is not None:
        fields["parent_id"] = numbered(call, options["under"])["id"]
    return fields


def _products(chosen: tuple[str, ...]) -> list[str]:
    if "none" in chosen and len(chosen) > 1:
        raise Problem("--product none goes without other products.")
    return [product for product in chosen if product != "none"]
