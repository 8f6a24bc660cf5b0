"""A customer's PBX: given out, its paid places, its whole configuration as a file."""

from __future__ import annotations

import json
from typing import Any, TextIO

import click

from cli.commands.number import customer_id
from cli.connection import calls_to
from cli.problems import Problem
from shared.ids import new_id
from shared.phone_numbers import party


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("customer_number", type=int)
def enable(customer_number: int) -> None:
    """Give a customer a PBX, with a company voicemail on 999."""
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        made = call("enable_pbx", customer_id=owner, command_id=new_id())
    click.echo(f"the PBX is there (revision {made['revision']})")


@command.command()
@click.argument("customer_number", type=int)
@click.option("--reason", default="", help="For the audit log.")
def disable(customer_number: int, reason: str) -> None:
    """Take a customer's PBX away; enabling it again brings back what was set up."""
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        call("disable_pbx", customer_id=owner, reason=reason, command_id=new_id())
    click.echo("the PBX is gone; enable brings it back as it was")


@command.command("calls-abroad")
@click.argument("customer_number", type=int)
@click.option("--most", type=int, help="At once; 0: none at all.")
@click.option("--preset", is_flag=True, help="As many as customers have for whom nothing was chosen.")
@click.option("--reason", default="", help="For the audit log.")
def calls_abroad(customer_number: int, most: int | None, preset: bool, reason: str) -> None:
    """Show, or change, how many calls abroad a customer may have at once, with or without a PBX."""
    if preset and most is not None:
        raise Problem("give --most or --preset, not both.")
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        if preset or most is not None:
            fields = {"customer_id": owner, "most": most, "reason": reason}
            call("set_calls_abroad", **fields, command_id=new_id())
        found = call("config_of", customer_id=owner, which="published")["calls_abroad"]
    how = f"chosen, the preset is {found['preset']}" if found["chosen"] else "the preset"
    click.echo(f"calls abroad at once: {found['most']} ({how}); now {found['under_way']}")


@command.group()
def user() -> None:
    """Users, each a paid place."""


@user.command("add")
@click.argument("customer_number", type=int)
@click.argument("username")
@click.option("--first-name", default="")
@click.option("--last-name", default="")
@click.option("--extension", metavar="DIGITS", help="2 to 4 digits.")
@click.option("--number", help="One of the customer's own numbers.")
def add_user(customer_number: int, **values: str | None) -> None:
    """Add a user; the customer may give names and numbers later."""
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        made = call("add_user", customer_id=owner, values=values, command_id=new_id())
    click.echo(_user(made["value"]))


@user.command("remove")
@click.argument("customer_number", type=int)
@click.argument("user_id")
def remove_user(customer_number: int, user_id: str) -> None:
    """Take a user's place away (the ID is in ``pbx show``)."""
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        call("remove_user", customer_id=owner, id=user_id, command_id=new_id())
    click.echo("removed")


@command.command()
@click.argument("customer_number", type=int)
@click.option("--draft", is_flag=True, help="With the changes that are not published yet.")
def show(customer_number: int, draft: bool) -> None:
    """Show who and what there is, with numbers and extensions."""
    found = _config(customer_number, draft)
    config = found["config"]
    number = config["company"]["number"]
    click.echo(f"company  {config['company']['name'] or '–'}  {party(number)}")
    click.echo(f"night    {config['night']['state']}  to {party(config['night']['destination'])}")
    for kind in ("menus", "groups"):
        for element in config[kind]:
            click.echo(f"{kind[:-1]:<8} {_numbers(element)} {element['name']:<24}  (id {element['id']})")
    for row in config["users"]:
        click.echo(f"user     {_user(row)}")


@command.command()
@click.argument("customer_number", type=int)
@click.argument("file", type=click.File("w"), default="-")
@click.option("--draft", is_flag=True, help="With the changes that are not published yet.")
def export(customer_number: int, file: TextIO, draft: bool) -> None:
    """Write the whole configuration as JSON."""
    json.dump(_config(customer_number, draft)["config"], file, indent=1, ensure_ascii=False)
    file.write("\n")


@command.command("import")
@click.argument("customer_number", type=int)
@click.argument("file", type=click.File())
def import_(customer_number: int, file: TextIO) -> None:
    """Publish a configuration that ``export`` wrote in place of what there is."""
    try:
        config = json.load(file)
    except ValueError as problem:
        raise Problem(f"{file.name} is no JSON: {problem}.") from None
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        made = call("import_config", customer_id=owner, config=config, command_id=new_id())
    click.echo(f"published (revision {made['revision']})")


def _config(customer_number: int, draft: bool) -> dict[str, Any]:
    """Raises Problem when the customer has no PBX."""
    owner = customer_id(customer_number)
    with calls_to("pbx") as call:
        found: dict[str, Any] = call("config_of", customer_id=owner, which="draft" if draft else "published")
    if not found["enabled"]:
        raise Problem(f"customer {customer_number} has no PBX: ./tikker pbx enable gives one.")
    return found


def _numbers(element: dict[str, Any]) -> str:
    return f"{party(element['number']):<15} {element['extension'] or '–':<5}"


def _user(row: dict[str, Any]) -> str:
    name = f"{row['first_name']} {row['last_name']}".strip() or row["username"]
    return f"{_numbers(row)} {name:<24}  (id {row['id']})"
