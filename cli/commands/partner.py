"""ICT partners: create and list them; their customers are made with customer create --under."""

from __future__ import annotations

from typing import Any

import click

from cli.company_options import company_options, list_companies, told
from cli.connection import calls_to
from shared.ids import new_id


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("name")
@click.option("--reason", default="", help="For the audit log.")
@company_options
def create(name: str, reason: str, **facts: Any) -> None:
    """Create a partner and print its number; user create makes its people."""
    with calls_to("identity") as call:
        made = call(
            "create_customer",
            name=name,
            products=[],
            kind="partner",
            reason=reason,
            command_id=new_id(),
            **told(facts),
        )
    click.echo(f"{made['number']}  {made['name']}  (id {made['id']})")


@command.command("list")
@click.argument("query", required=False)
def list_(query: str | None) -> None:
    """List the partners, or those that QUERY finds; customer show and change are for them too."""
    with calls_to("identity") as call:
        list_companies(call, query=query, kind="partner")
