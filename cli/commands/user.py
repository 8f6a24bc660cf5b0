"""Create users of the portal."""

from __future__ import annotations

import secrets

import click

from cli.commands.customer import numbered
from cli.connection import calls_to
from shared.ids import new_id

ROLES = (
    "user_management",
    "invoices",
    "settings",
    "mobile_access",
    "mobile_limits",
    "mobile_blocks",
    "mobile_sim_block",
)
PASSWORD_BYTES = 12  # 16 characters


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="Repeat for more.")
@click.option("--password", help="Default: one is made and printed, this once.")
@click.option("--email", default="", help="Where mail for the user goes.")
@click.option("--first-name", default="")
@click.option("--infix", default="", help="Between first and last name, such as: de.")
@click.option("--last-name", default="")
def create(
    customer_number: int, username: str, roles: tuple[str, ...], password: str | None, **names: str
) -> None:
    """Create a user of a customer, a partner or (customer 10000) the operator."""
    chosen = password or secrets.token_urlsafe(PASSWORD_BYTES)
    with calls_to("identity") as call:
        customer = numbered(call, customer_number)
        made = call(
            "create_user",
            customer_id=customer["id"],
            username=username,
            password=chosen,
            roles=list(roles),
            command_id=new_id(),
            **names,
        )
    click.echo(f"{made['username']} can log in for {customer['name']}  (id {made['id']})")
    if password is None:
        click.echo(f"password: {chosen}")
