"""Why a row of usage costs what it does."""

from __future__ import annotations

from typing import Any

import click

from cli.connection import calls_to

CORRECTIONS = {
    "minimum": "minimum per call",
    "maximum": "maximum per call",
    "deviation": "the customer's margin",
    "rounding": "rounding",
}


@click.command(help=__doc__)
@click.argument("row_id")
def command(row_id: str) -> None:
    """ROW_ID is carrier|record|ordinal, as the console and exports show it."""
    with calls_to("cdr") as call:
        why = call("explain", row_id=row_id)
    row = why["row"]
    click.echo(f"{row['start']} {row['number']} to {row['receiver']}: {row['quantity']} ({row['kind']})")
    click.echo(f"{row['type']}, {row['destination']}, by {why['version']} prefix {row['prefix']}")
    if why["replaced"]:
        click.echo("The customer has a tariff of their own instead of the plan's.")
    click.echo(
        f"{'from':>8} {'used':>8} {'billed':>8} {'rate':>12} {'per':<6} {'fee':>14} {'cost':>14}  when"
    )
    for one in why["segments"]:
        click.echo(
            f"{one['offset']:>8} {one['quantity']:>8} {one['billed']:>8} {one['rate']:>12} {one['per']:<6}"
            f" {one['fee']:>14} {one['cost']:>14}  {_when(one)}"
        )
    for correction in why["corrections"]:
        words = CORRECTIONS[correction["name"]]
        if correction["name"] == "deviation":
            words += f" ({why['margin']} %)"
        click.echo(f"{words:>74} {correction['amount']:>14}")
    click.echo(f"{'amount (ex VAT)':>59} {why['amount']:>14}")
    if not why["agrees"]:
        click.echo("The amount that is booked is another one: it was rated by an earlier release.")


def _when(one: dict[str, Any]) -> str:
    words = [one["days"], f"{one['from']}–{one['to']}" if one["from"] or one["to"] else ""]
    return " ".join(word for word in words if word) or "always"
