"""Telephone lines without a PBX: given out, named, taken back."""

from __future__ import annotations

from typing import Any

import click

from cli.commands.number import customer_id
from cli.connection import Call, calls_to
from cli.problems import Problem
from shared.ids import new_id
from shared.phone_numbers import party


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("customer_number", type=int)
@click.argument("number")
@click.option("--name", default="", help="What it is called, such as Winkel.")
@click.option("--extension", metavar="DIGITS", help="2 to 4 digits.")
@click.option("--main-number", metavar="NUMBER", help="The number that it belongs to.")
def add(customer_number: int, number: str, name: str, extension: str | None, main_number: str | None) -> None:
    """Give a customer a line on one of its own NUMBERs."""
    values = {"number": number, "name": name, "extension": extension, "main_number": main_number}
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        made = call("add_line", customer_id=owner, values=values, command_id=new_id())
    click.echo(_shown(made["value"]))


@command.command()
@click.argument("customer_number", type=int)
@click.argument("line_id")
@click.option("--name")
@click.option("--extension", metavar="DIGITS", help="2 to 4 digits; empty for none.")
@click.option("--main-number", metavar="NUMBER", help="Empty for none.")
@click.option("--number", help="Another of the customer's own numbers.")
def change(customer_number: int, line_id: str, **options: str | None) -> None:
    """Change a line (its ID is in the list); an option that is left out stays as it is."""
    values = {name: value for name, value in options.items() if value is not None}
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        made = call("change_line", customer_id=owner, id=line_id, values=values, command_id=new_id())
    click.echo(_shown(made["value"]))


@command.command()
@click.argument("customer_number", type=int)
@click.argument("line_id")
def remove(customer_number: int, line_id: str) -> None:
    """Take a line back; the number stays the customer's."""
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        call("remove_line", customer_id=owner, id=line_id, command_id=new_id())
    click.echo("removed")


@command.command("list")
@click.argument("customer_number", type=int)
def list_(customer_number: int) -> None:
    """List a customer's lines."""
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        for line in lines_of(call, owner):
            click.echo(_shown(line))


def lines_of(call: Call, owner: str) -> list[dict[str, Any]]:
    """A customer's lines as they hold now."""
    config = call("config_of", customer_id=owner, which="published")["config"]
    found: list[dict[str, Any]] = config["lines"]
    if not found:
        raise Problem("this customer has no lines: ./tikker line add gives one.")
    return found


def _shown(line: dict[str, Any]) -> str:
    extension = line["extension"] or "–"
    return f"{party(line['number']):<15} {extension:<5} {line['name']:<20}  (id {line['id']})"
