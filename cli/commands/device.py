"""Telephones: list and add them, see what a model would get, put their secrets under a new key."""

from __future__ import annotations

from typing import Any

import click

from cli.commands.number import customer_id, customer_numbers, rows_of
from cli.connection import calls_to
from cli.problems import Problem
from shared.ids import new_id


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command("list")
@click.argument("customer_number", type=int, required=False)
def list_(customer_number: int | None) -> None:
    """List the telephones of everybody, or of one customer."""
    owner = customer_id(customer_number) if customer_number is not None else None
    known = customer_numbers()
    click.echo(f"{'customer':<9} {'mac':<18} {'model':<22} {'fetched':<20} {'registered':<11} label, whose")
    with calls_to("provisioning") as call:
        for row in rows_of(call, "devices_of", customer_id=owner):
            state = row["state"]
            whose = known.get(row["customer_id"], "?")
            seen = "yes" if state["registered"] else "no"
            start = f"{whose:<9} {row['mac'] or '–':<18} {row['model_name']:<22}"
            fetched = (state["fetched_at"] or "–")[:19]
            named = row["user_name"] or row["line_name"]
            who = f", {named}" if named else ""
            click.echo(f"{start} {fetched:<20} {seen:<11} {row['label']}{who}")


@command.command()
def models() -> None:
    """List the models that are known, each a file in services/provisioning/profiles."""
    with calls_to("provisioning") as call:
        for row in call("known_models")["rows"]:
            click.echo(f"{row['model']:<22} {row['name']}")


@command.command()
@click.argument("model")
@click.option("--phonebook", is_flag=True, help="The phonebook instead of the configuration.")
def preview(model: str, phonebook: bool) -> None:
    """Show what a telephone of MODEL would get, with invented values."""
    with calls_to("provisioning") as call:
        found = call("preview", model=model)
    if not found["text"]:
        raise Problem(f"a {found['name']} fetches nothing: its values are typed in.")
    schemes = ", ".join(found["challenge"])
    click.echo(f"{found['name']}: {found['url']} ({schemes}), told by {found['resync']}", err=True)
    click.echo(found["phonebook" if phonebook else "text"], nl=False)


@command.command()
@click.argument("customer_number", type=int)
@click.argument("model")
@click.argument("mac")
@click.option("--extension", help="Of the PBX user whose telephone it is.")
@click.option("--line", metavar="NUMBER", help="Of the line without a PBX whose telephone it is.")
@click.option("--label", default="", metavar="TEXT", help="What the customer calls it.")
@click.password_option(help="With which it fetches its configuration.")
def add(
    customer_number: int,
    model: str,
    mac: str,
    extension: str | None,
    line: str | None,
    label: str,
    password: str,
) -> None:
    """Add a telephone of MODEL with this MAC address for a customer."""
    if extension and line:
        raise Problem("a telephone is of a user or of a line, not of both.")
    owner = customer_id(customer_number)
    whose = {
        "user_id": _element_with(owner, "users", "extension", extension) if extension else None,
        "line_id": _element_with(owner, "lines", "number", line) if line else None,
    }
    fields = {"model": model, "mac": mac, "label": label, "password": password, **whose}
    with calls_to("provisioning") as call:
        made = call("add_device", customer_id=owner, **fields, command_id=new_id())
        rows = rows_of(call, "devices_of", customer_id=owner)
        fetches_as = next((row["config_user"] for row in rows if row["id"] == made["id"]), "")
    known = f", fetches its configuration as {fetches_as}" if fetches_as else ""
    click.echo(f"added (id {made['id']}){known}")


@command.command()
def republish() -> None:
    """Tell all other services again of every telephone."""
    with calls_to("provisioning") as call:
        click.echo(f"{call('republish')['events']} events queued")


def _element_with(customer: str, kind: str, field: str, value: str) -> str:
    """The ID of the user or line with this extension or number."""
    with calls_to("pbx") as call:
        config: dict[str, Any] = call("config_of", customer_id=customer, which="published")["config"]
    found = next((one for one in config[kind] if one.get(field) == value), None)
    if found is None:
        raise Problem(f"this customer has none of its {kind} with {field} {value}.")
    return str(found["id"])
