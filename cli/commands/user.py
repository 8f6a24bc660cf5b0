"""Users of a customer, a partner or (customer 10000) the operator: list, create, change, block them."""

from __future__ import annotations

import secrets
from typing import Any

import click

from cli.company_options import numbered
from cli.connection import Call, calls_to
from cli.problems import Problem
from shared.ids import new_id

ROLES = (
    "user_management",
    "invoices",
    "settings",
    "mobile_access",
    "mobile_limits",
    "mobile_blocks",
    "mobile_sim_block",
)
DETAILS = ("email", "title", "initials", "first_name", "infix", "last_name", "gender")
PASSWORD_BYTES = 12  # 16 characters
PAGE = 200

WHY = click.option("--reason", default="", help="For the audit log.")


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command("list")
@click.argument("customer_number", type=int)
@click.argument("query", default="")
def list_(customer_number: int, query: str) -> None:
    """List a company's users, or those with QUERY in name, address or number."""
    click.echo(f"{'number':<7} {'username':<24} {'e-mail':<32} {'':<8} name")
    with calls_to("identity") as call:
        for row in _rows(call, str(numbered(call, customer_number)["id"]), query):
            state = "blocked" if row["blocked"] else ""
            click.echo(
                f"{row['number']:<7} {row['username']:<24} {row['email'] or '–':<32} {state:<8} {_name(row)}"
            )


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
def show(customer_number: int, username: str) -> None:
    """Show a user with roles and mail registrations."""
    with calls_to("identity") as call:
        user = call("user", user_id=_named(call, customer_number, username)["id"])
    told = {
        "username": user["username"],
        "name": _name(user),
        "e-mail": user["email"],
        "roles": ", ".join(user["roles"]) or "none",
        "mail": ", ".join(user["registrations"]) or "none",
        "welcome": user["welcome"],
        "blocked": "yes" if user["blocked"] else "no",
        "id": user["id"],
    }
    for name, value in told.items():
        click.echo(f"{name:<12} {value}".rstrip())


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="Repeat for more.")
@click.option("--password", help="Default: one is made and printed, this once.")
@click.option("--welcome", is_flag=True, help="Mail a link to choose a password with, instead.")
@click.option("--email", default="", help="Where mail for the user goes.")
@click.option("--first-name", default="")
@click.option("--infix", default="", help="Between first and last name, such as: de.")
@click.option("--last-name", default="")
def create(
    customer_number: int,
    username: str,
    roles: tuple[str, ...],
    password: str | None,
    welcome: bool,
    **names: str,
) -> None:
    """Create a user of a customer, a partner or (customer 10000) the operator."""
    if welcome and password:
        raise Problem("--welcome and --password exclude each other.")
    chosen = password or secrets.token_urlsafe(PASSWORD_BYTES)
    with calls_to("identity") as call:
        customer = numbered(call, customer_number)
        who = {"customer_id": customer["id"], "username": username, **names}
        if welcome:
            made = _invited(call, who, roles)
        else:
            made = call("create_user", **who, password=chosen, roles=list(roles), command_id=new_id())
    click.echo(f"{made['username']} can log in for {customer['name']}  (id {made['id']})")
    if welcome:
        click.echo(f"a welcome mail goes to {made['email']}")
    elif password is None:
        click.echo(f"password: {chosen}")


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
@click.option("--email")
@click.option("--title")
@click.option("--initials")
@click.option("--first-name")
@click.option("--infix")
@click.option("--last-name")
@click.option("--gender", type=click.Choice(("", "female", "male", "other")))
@WHY
def change(customer_number: int, username: str, reason: str, **details: str | None) -> None:
    """Change a user's name and address; what is not given stays."""
    with calls_to("identity") as call:
        now = call("user", user_id=_named(call, customer_number, username)["id"])
        given = {name: value for name, value in details.items() if value is not None}
        kept = {name: now[name] for name in DETAILS}
        call("change_user", user_id=now["id"], command_id=new_id(), reason=reason, **(kept | given))
    click.echo(f"{username} is changed")


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
@click.argument("roles", nargs=-1, type=click.Choice(ROLES))
@WHY
def roles(customer_number: int, username: str, roles: tuple[str, ...], reason: str) -> None:
    """Give a user exactly these roles; none at all without any. The user logs in anew."""
    with calls_to("identity") as call:
        user = _do(call, "change_roles", customer_number, username, roles=list(roles), reason=reason)
    click.echo(f"{username}: {', '.join(user['roles']) or 'no roles'}")


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
@WHY
def block(customer_number: int, username: str, reason: str) -> None:
    """Keep a user out from now on."""
    with calls_to("identity") as call:
        _do(call, "block_user", customer_number, username, blocked=True, reason=reason)
    click.echo(f"{username} is blocked")


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
@WHY
def unblock(customer_number: int, username: str, reason: str) -> None:
    """Let a blocked user in again."""
    with calls_to("identity") as call:
        _do(call, "block_user", customer_number, username, blocked=False, reason=reason)
    click.echo(f"{username} can log in again")


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
@WHY
def welcome(customer_number: int, username: str, reason: str) -> None:
    """Send the welcome mail again to who has not chosen a password yet."""
    with calls_to("identity") as call:
        user = _do(call, "resend_welcome", customer_number, username, reason=reason)
    click.echo(f"a welcome mail goes to {user['email']}")


@command.command()
@click.argument("customer_number", type=int)
@click.argument("username")
@click.confirmation_option(prompt="The user is gone for good. Go on?")
@WHY
def delete(customer_number: int, username: str, reason: str) -> None:
    """Take a user away for good; the username is free again."""
    with calls_to("identity") as call:
        _do(call, "delete_user", customer_number, username, reason=reason)
    click.echo(f"{username} is gone")


def _invited(call: Call, who: dict[str, Any], roles: tuple[str, ...]) -> dict[str, Any]:
    """A user who chooses a password by mail, with roles."""
    details = dict.fromkeys(DETAILS, "") | who
    made: dict[str, Any] = call("add_user", **details, welcome=True, command_id=new_id())
    if roles:
        call("change_roles", user_id=made["id"], roles=list(roles), command_id=new_id())
    return made


def _do(call: Call, method: str, customer_number: int, username: str, **fields: Any) -> dict[str, Any]:
    user_id = _named(call, customer_number, username)["id"]
    done: dict[str, Any] = call(method, user_id=user_id, command_id=new_id(), **fields)
    return done


def _named(call: Call, customer_number: int, username: str) -> dict[str, Any]:
    """The user of that company with exactly this name, in any case. Raises Problem when there is none."""
    customer = numbered(call, customer_number)
    for row in _rows(call, str(customer["id"]), username):
        if str(row["username"]).casefold() == username.casefold():
            return row
    raise Problem(
        f"{customer['name']} has no user {username}: ./tikker user list {customer_number} shows them."
    )


def _rows(call: Call, customer_id: str, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        number = len(rows) // PAGE + 1
        page = call("users", customer_id=customer_id, query=query, page=number, size=PAGE)
        rows += page["rows"]
        if len(page["rows"]) < PAGE:
            return rows


def _name(user: dict[str, Any]) -> str:
    return " ".join(part for part in (user["first_name"], user["infix"], user["last_name"]) if part)
