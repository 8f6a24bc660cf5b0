"""Mobile subscriptions: made, ended, listed."""

from __future__ import annotations

from datetime import date, datetime

import click

from cli.commands.number import DAY, customer_id, customer_numbers, period, rows_of, written
from cli.connection import calls_to
from shared.ids import new_id


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("customer_number", type=int)
@click.argument("number")
@click.option("--product", required=True, metavar="CODE", help="For example zakelijk_mobiel.")
@click.option("--from", "active_from", type=DAY, help="First day (default: today).")
@click.option("--sim", "sim_number", default="", metavar="ICCID", help="The number on the SIM card.")
@click.option("--label", default="", metavar="TEXT", help="What the customer calls it.")
def create(
    customer_number: int, number: str, product: str, active_from: datetime | None, sim_number: str, label: str
) -> None:
    """Create a subscription with its NUMBER for a customer."""
    fields = {
        "customer_id": customer_id(customer_number),
        "number": number,
        "product": product,
        "active_from": written(active_from) or date.today().isoformat(),
        "sim_number": sim_number,
        "label": label,
    }
    with calls_to("mobile") as call:
        row = call("create_subscription", command_id=new_id(), **fields)
    click.echo(f"{row['number']}  {row['product_name']}  from {row['active_from']}  (id {row['id']})")


@command.command()
@click.argument("subscription_id")
@click.option("--on", "ended_at", type=DAY, required=True, help="First day on which it is no more.")
def end(subscription_id: str, ended_at: datetime) -> None:
    """End a subscription (its ID is in the list). An end is final."""
    fields = {"subscription_id": subscription_id, "ended_at": written(ended_at)}
    with calls_to("mobile") as call:
        row = call("end_subscription", command_id=new_id(), **fields)
    click.echo(f"{period(row['active_from'], row['ended_at'])}  {row['product_name']}  (id {row['id']})")


@command.command("list")
@click.argument("customer_number", type=int, required=False)
def list_(customer_number: int | None) -> None:
    """List the subscriptions of everybody, or of one customer; ended ones too."""
    owner = customer_id(customer_number) if customer_number is not None else None
    known = customer_numbers()
    click.echo(f"{'number':<16} {'customer':<9} {'product':<17} {'period':<25} {'id':<32} label")
    with calls_to("mobile") as call:
        for row in rows_of(call, "subscriptions", customer_id=owner):
            whose, when = known.get(row["customer_id"], "?"), period(row["active_from"], row["ended_at"])
            start = f"{row['number'] or '–':<16} {whose:<9} {row['product']:<17} {when:<25}"
            click.echo(f"{start} {row['id']:<32} {row['label']}".rstrip())


@command.command()
def republish() -> None:
    """Tell all other services again of every subscription."""
    with calls_to("mobile") as call:
        click.echo(f"{call('republish')['events']} events queued")
