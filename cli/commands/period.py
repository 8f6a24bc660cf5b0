"""Close a billing month of a customer."""

from __future__ import annotations

import re

import click

from cli.company_options import numbered
from cli.connection import calls_to


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("customer_number", type=int)
@click.argument("month")
def close(customer_number: int, month: str) -> None:
    """Close MONTH (YYYY-MM) for a customer, for ever; usage that still comes goes into the next one.

    Months are closed in order. Closing a month again changes nothing.
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", month):
        raise click.BadParameter(f"'{month}' is no month: write it as 2026-10.", param_hint="MONTH")
    with calls_to("identity") as call:
        customer = numbered(call, customer_number)
    with calls_to("cdr") as call:
        closed = call("close_period", customer_id=customer["id"], period=month)
    booked = f"{closed['rows']:,} rows, {closed['amount']} euro ex VAT"
    click.echo(f"{closed['period']} is closed for {customer['name']}: {booked}.")
