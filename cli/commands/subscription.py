"""Mobile subscriptions: made, changed, ended, listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

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
@click.option("--puk", default="", metavar="DIGITS", help="The card's PUK; kept sealed.")
@click.option("--label", default="", metavar="TEXT", help="What the customer calls it.")
@click.option("--module", "modules", multiple=True, metavar="CODE", help="May be given more than once.")
def create(
    customer_number: int,
    number: str,
    product: str,
    active_from: datetime | None,
    sim_number: str,
    puk: str,
    label: str,
    modules: tuple[str, ...],
) -> None:
    """Create a subscription with its NUMBER for a customer. Codes: ./tikker mobile products."""
    fields = {
        "customer_id": customer_id(customer_number),
        "number": number,
        "product": product,
        "active_from": written(active_from) or date.today().isoformat(),
        "sim_number": sim_number,
        "puk": puk,
        "label": label,
        "modules": list(modules),
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


@command.command()
@click.argument("subscription_id")
@click.argument("number")
@click.option("--from", "valid_from", type=DAY, help="First day (default: today).")
def number(subscription_id: str, number: str, valid_from: datetime | None) -> None:
    """Give a subscription another NUMBER."""
    _change("change_number", subscription_id, number=number, valid_from=_day(valid_from))


@command.command()
@click.argument("subscription_id")
@click.argument("product")
@click.option("--from", "valid_from", type=DAY, help="First day (default: today).")
def product(subscription_id: str, product: str, valid_from: datetime | None) -> None:
    """Change a subscription to another PRODUCT; modules that it does not have end with it."""
    _change("change_product", subscription_id, product=product, valid_from=_day(valid_from))


@command.command()
@click.argument("subscription_id")
@click.argument("sim_number", metavar="ICCID")
@click.option("--puk", default="", metavar="DIGITS", help="The card's PUK; kept sealed.")
def sim(subscription_id: str, sim_number: str, puk: str) -> None:
    """Put another SIM card into a subscription, at once."""
    _change("change_sim", subscription_id, sim_number=sim_number, puk=puk)


@command.group()
def module() -> None:
    """Modules of a subscription."""


@module.command("add")
@click.argument("subscription_id")
@click.argument("module", metavar="CODE")
@click.option("--from", "valid_from", type=DAY, help="First day (default: today).")
def add_module(subscription_id: str, module: str, valid_from: datetime | None) -> None:
    """Add a module."""
    _change("add_module", subscription_id, module=module, valid_from=_day(valid_from))


@module.command("end")
@click.argument("subscription_id")
@click.argument("module", metavar="CODE")
@click.option("--on", "valid_to", type=DAY, required=True, help="First day on which it is off.")
def end_module(subscription_id: str, module: str, valid_to: datetime) -> None:
    """End a module."""
    _change("end_module", subscription_id, module=module, valid_to=written(valid_to))


@command.command()
@click.argument("subscription_id")
@click.argument("codes", nargs=-1, metavar="CODE…")
def blocks(subscription_id: str, codes: tuple[str, ...]) -> None:
    """Set which blocks are on: those named, and no others."""
    _change("set_blocks", subscription_id, codes=list(codes))


@command.command()
@click.argument("subscription_id")
def show(subscription_id: str) -> None:
    """Show a subscription with its history."""
    with calls_to("mobile") as call:
        row = call("subscription", subscription_id=subscription_id)
    _print(row)


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
@click.option("--anew", is_flag=True, help="Under higher revisions: after an upgrade with other products.")
def republish(anew: bool) -> None:
    """Tell all other services again of every subscription."""
    with calls_to("mobile") as call:
        click.echo(f"{call('republish', anew=anew)['events']} events queued")


def _change(method: str, subscription_id: str, **fields: Any) -> None:
    with calls_to("mobile") as call:
        row = call(method, subscription_id=subscription_id, command_id=new_id(), **fields)
    _print(row)


def _print(row: dict[str, Any]) -> None:
    click.echo(f"{row['number'] or '–'}  {row['product_name']}  {row['label']}".rstrip())
    click.echo(
        f"  SIM      {row['sim_number'] or '–'}{'  blocked: ' + row['blocked'] if row['sim_number'] else ''}"
    )
    for term in row["numbers"]:
        click.echo(f"  number   {term['number']}  {period(term['valid_from'], term['valid_to'])}")
    for term in row["products"]:
        click.echo(f"  product  {term['product']}  {period(term['valid_from'], term['valid_to'])}")
    for term in row["modules"]:
        click.echo(f"  module   {term['module']}  {period(term['valid_from'], term['valid_to'])}")
    click.echo(f"  blocks   {', '.join(row['blocks']) or '–'}")


def _day(given: datetime | None) -> str:
    return written(given) or date.today().isoformat()
