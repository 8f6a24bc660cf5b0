"""Create customers and partners, and list them."""

from __future__ import annotations

import click

from cli.connection import Call, calls_to
from cli.problems import Problem
from shared.ids import new_id

PRODUCTS = ("voip", "pbx", "mobile")


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("name")
@click.option("--product", "products", multiple=True, type=click.Choice(PRODUCTS), help="Repeat for more.")
@click.option("--partner", is_flag=True, help="An ICT partner, which has customers of its own.")
@click.option("--under", type=int, metavar="NUMBER", help="Its partner (default: the operator).")
def create(name: str, products: tuple[str, ...], partner: bool, under: int | None) -> None:
    """Create a customer and print its number."""
    with calls_to("identity") as call:
        made = call(
            "create_customer",
            name=name,
            products=list(products),
            kind="partner" if partner else "customer",
            parent_id=numbered(call, under)["id"] if under is not None else None,
            command_id=new_id(),
        )
    click.echo(f"{made['number']}  {made['name']}  (id {made['id']})")


@command.command("list")
@click.argument("query", required=False)
def list_(query: str | None) -> None:
    """List customers and partners, or those whose name contains QUERY."""
    click.echo(f"{'number':<7} {'kind':<9} {'products':<17} name")
    with calls_to("identity") as call:
        after = None
        while True:
            page = call("customers", query=query, after=after)
            for row in page["rows"]:
                products = ",".join(row["products"]) or "–"
                click.echo(f"{row['number']:<7} {row['kind']:<9} {products:<17} {row['name']}")
            after = page["next"]
            if after is None:
                return


def numbered(call: Call, number: int) -> dict[str, object]:
    """The customer with this number. Raises Problem when there is none."""
    rows = call("customers", number=number)["rows"]
    if not rows:
        raise Problem(f"there is no customer {number}: ./tikker customer list shows them.")
    found: dict[str, object] = rows[0]
    return found
