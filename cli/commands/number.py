"""Fixed numbers: ranges in, assigned to customers, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import click

from cli.company_options import numbered
from cli.connection import Call, calls_to
from shared.ids import new_id

DAY = click.DateTime(["%Y-%m-%d", "%d-%m-%Y"])


@click.group(help=__doc__)
def command() -> None:
    pass


@command.group("range")
def ranges() -> None:
    """Ranges of numbers that are ours to give out."""


@ranges.command()
@click.argument("first")
@click.argument("last")
@click.option("--source", default="", metavar="TEXT", help="Where the numbers come from.")
def add(first: str, last: str, source: str) -> None:
    """Add the numbers FIRST up to and including LAST."""
    with calls_to("pbx") as call:
        made = call("add_range", first=first, last=last, source=source, command_id=new_id())
    click.echo(f"{made['first']}  {made['last']}  {made['size']} numbers")


@ranges.command("list")
def list_ranges() -> None:
    """List the ranges and how much of each is assigned."""
    click.echo(f"{'first':<16} {'last':<16} {'assigned':>13}  source")
    with calls_to("pbx") as call:
        for row in call("ranges")["rows"]:
            used = f"{row['assigned']} of {row['size']}"
            click.echo(f"{row['first']:<16} {row['last']:<16} {used:>13}  {row['source']}")


@command.command()
@click.argument("customer_number", type=int)
@click.argument("numbers", nargs=-1, required=True)
@click.option("--from", "valid_from", type=DAY, help="First day (default: today).")
@click.option("--to", "valid_to", type=DAY, help="First day on which they are no longer the customer's.")
def assign(
    customer_number: int, numbers: tuple[str, ...], valid_from: datetime | None, valid_to: datetime | None
) -> None:
    """Assign NUMBERS to a customer: all of them, or none."""
    fields = {
        "customer_id": customer_id(customer_number),
        "numbers": numbers,
        "valid_from": written(valid_from) or date.today().isoformat(),
        "valid_to": written(valid_to),
    }
    with calls_to("pbx") as call:
        made = call("assign_numbers", command_id=new_id(), **fields)["assignments"]
    for row in made:
        click.echo(f"{row['number']:<16} {period(row['valid_from'], row['valid_to'])}  (id {row['id']})")


@command.command()
@click.argument("assignment_id")
@click.option("--on", "valid_to", type=DAY, required=True, help="First day on which it is no longer theirs.")
def end(assignment_id: str, valid_to: datetime) -> None:
    """End an assignment (its ID is in the list), or move its end."""
    fields = {"assignment_id": assignment_id, "valid_to": written(valid_to)}
    with calls_to("pbx") as call:
        row = call("end_assignment", command_id=new_id(), **fields)
    click.echo(f"{row['number']:<16} {period(row['valid_from'], row['valid_to'])}  (id {row['id']})")


@command.command("list")
@click.argument("customer_number", type=int, required=False)
def list_(customer_number: int | None) -> None:
    """List the assignments of everybody, or of one customer."""
    owner = customer_id(customer_number) if customer_number is not None else None
    known = customer_numbers()
    click.echo(f"{'number':<16} {'customer':<9} {'period':<25} id")
    with calls_to("pbx") as call:
        for row in rows_of(call, "assignments", customer_id=owner):
            whose = known.get(row["customer_id"], "?")
            when = period(row["valid_from"], row["valid_to"])
            click.echo(f"{row['number']:<16} {whose:<9} {when:<25} {row['id']}")


@command.command()
def republish() -> None:
    """Tell all other services again whose every number is, and of every user of a PBX."""
    with calls_to("pbx") as call:
        click.echo(f"{call('republish')['events']} events queued")


def customer_id(number: int) -> str:
    """The ID of the customer with this number; raises Problem when there is none."""
    with calls_to("identity") as call:
        return str(numbered(call, number)["id"])


def customer_numbers() -> dict[str, str]:
    """Customers' numbers by ID."""
    with calls_to("identity") as call:
        return {row["id"]: str(row["number"]) for row in rows_of(call, "customers")}


def rows_of(call: Call, method: str, **fields: Any) -> Iterator[dict[str, Any]]:
    """The rows of all pages."""
    after = None
    while True:
        page = call(method, after=after, **fields)
        yield from page["rows"]
        after = page["next"]
        if after is None:
            return


def written(day: datetime | None) -> str | None:
    """As the services read days."""
    return day.date().isoformat() if day else None


def period(first: str, end: str | None) -> str:
    return f"{first} – {end or ''}".rstrip()
