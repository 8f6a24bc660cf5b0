"""Mobile: products, what was agreed on with a customer, default limits, orders to carriers."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from cli.commands.number import customer_id
from cli.connection import calls_to
from cli.problems import Problem
from shared.ids import new_id

UNITS = {"data": (1_000_000, "MB"), "voice": (60, "min"), "sms": (1, "sms")}


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
def products() -> None:
    """List products, bundles, modules and blocks, with the codes that other commands take."""
    with calls_to("mobile") as call:
        table = call("products")
    for product in table["products"]:
        click.echo(f"{product['code']:<28} {product['name']}")
        for bundle in product["bundles"]:
            click.echo(f"  {bundle['bundle']:<26} {_bundle(bundle)}")
    click.echo("\nmodules")
    for module in table["modules"]:
        click.echo(
            f"  {module['code']:<26} {_bundle(module)}  ({module['name']}; {', '.join(module['products'])})"
        )
    click.echo("\nblocks")
    for block in table["blocks"]:
        click.echo(f"  {block['code']:<26} {block['name']}")
    click.echo(f"\nblocking a SIM card costs € {table['block_cost']}, ending that € {table['unblock_cost']}")


@command.group()
def terms() -> None:
    """What was agreed on with a customer."""


@terms.command("show")
@click.argument("customer_number", type=int)
def show_terms(customer_number: int) -> None:
    """Show what differs from the products, by the month from which it holds."""
    with calls_to("mobile") as call:
        found = call("terms", customer_id=customer_id(customer_number))
    for step in found["steps"]:
        costs = f"block € {step['block_cost'] or found['block_cost']}"
        click.echo(f"{step['month']}  {costs}, unblock € {step['unblock_cost'] or found['unblock_cost']}")
        for each in step["bundles"]:
            volume = "as the product" if each["volume"] is None else each["volume"]
            click.echo(f"  {each['bundle']:<26} volume {volume}, rate {each['rate'] or 'as the product'}")
    if not found["steps"]:
        click.echo("as the products are")


@terms.command("set")
@click.argument("customer_number", type=int)
@click.option("--month", help="From this month on, as 2026-12 (default: this one).")
@click.option(
    "--rate", "rates", multiple=True, metavar="BUNDLE=EURO", help="Price per MB, minute or SMS above."
)
@click.option("--volume", "volumes", multiple=True, metavar="BUNDLE=N", help="In MB, minutes or SMS.")
@click.option("--block-cost", metavar="EURO")
@click.option("--unblock-cost", metavar="EURO")
def set_terms(
    customer_number: int,
    month: str | None,
    rates: tuple[str, ...],
    volumes: tuple[str, ...],
    block_cost: str | None,
    unblock_cost: str | None,
) -> None:
    """Agree on other prices and volumes. What is not named is as the product has it."""
    with calls_to("mobile") as call:
        kinds = _kinds(call("products"))
        bundles: dict[str, dict[str, Any]] = {}
        for name, rate in map(_pair, rates):
            bundles.setdefault(name, {"bundle": name})["rate"] = rate
        for name, volume in map(_pair, volumes):
            if name not in kinds or not volume.isdigit():
                raise Problem(
                    f"--volume {name}={volume}: see ./tikker mobile products for codes; N is whole."
                )
            bundles.setdefault(name, {"bundle": name})["volume"] = int(volume) * UNITS[kinds[name]][0]
        call(
            "set_terms",
            customer_id=customer_id(customer_number),
            month=month or f"{date.today():%Y-%m}",
            bundles=list(bundles.values()),
            block_cost=block_cost,
            unblock_cost=unblock_cost,
            command_id=new_id(),
        )
    click.echo("set; other services hear of it in a moment")


@command.group()
def defaults() -> None:
    """Default limits of a partner's customers (or of the operator's: number 10000)."""


@defaults.command("show")
@click.argument("partner_number", type=int)
def show_defaults(partner_number: int) -> None:
    """Show them."""
    with calls_to("mobile") as call:
        found = call("partner_defaults", partner_id=customer_id(partner_number))
    _print_limits(found["limits"])


@defaults.command("set")
@click.argument("partner_number", type=int)
@click.argument("values", nargs=-1, required=True, metavar="CODE=VALUE…")
def set_defaults(partner_number: int, values: tuple[str, ...]) -> None:
    """Set some; CODE= takes one away."""
    limits = {code: value or None for code, value in map(_pair, values)}
    partner = customer_id(partner_number)
    with calls_to("mobile") as call:
        call("set_partner_defaults", partner_id=partner, limits=limits, command_id=new_id())
        _print_limits(call("partner_defaults", partner_id=partner)["limits"])


@command.command()
@click.option("--state", type=click.Choice(["requested", "confirmed", "refused", "timed_out"]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500))
def orders(state: str | None, limit: int) -> None:
    """List orders to carriers about SIM cards, the newest first, and answers that fit none."""
    with calls_to("mobile") as call:
        page = call("sim_commands", state=state, limit=limit)
    for row in page["rows"]:
        start = f"{row['requested_at'][:19]}  {row['what']:<8} {row['number']:<14} {row['carrier']:<8}"
        click.echo(f"{start} {row['state']:<10} {row['reason']}".rstrip())
    for stray in page["strays"]:
        click.echo(f"{stray['at'][:19]}  stray answer of {stray['carrier']}: {stray['reason']}", err=True)


def _bundle(bundle: dict[str, Any]) -> str:
    scale, unit = UNITS[bundle["kind"]]
    group = ", shared" if bundle["group"] else ""
    return f"{bundle['volume'] // scale} {unit}{group}, above it € {bundle['rate']} per {unit}"


def _kinds(table: dict[str, Any]) -> dict[str, str]:
    rows = [bundle for product in table["products"] for bundle in product["bundles"]]
    return {row["bundle"]: row["kind"] for row in [*rows, *table["modules"]]}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Problem(f"{text!r} is no NAME=VALUE.")
    return name, value


def _print_limits(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        value = "–" if row["value"] is None else f"{row['value']} {row['unit']}"
        click.echo(f"{row['code']:<28} {value:<16} {row['name']}")
