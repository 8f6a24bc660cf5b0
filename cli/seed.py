"""Demo data for a first start, and the logins that come with it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import NamedTuple

import click

from cli.demo import cast, incidents, mobile
from cli.demo.calendar import months_until, today
from cli.demo.usage import Demo
from cli.problems import Problem
from cli.seeding.billing import ensure_billing
from cli.seeding.doors import Doors, open_doors
from cli.seeding.handsets import ensure_handsets
from cli.seeding.incidents import ensure_incidents
from cli.seeding.mobile import ensure_mobile, send_usage
from cli.seeding.people import ensure_people, find_customer, has_user, operator_id
from cli.seeding.telephony import ensure_telephony
from cli.seeding.usage import Loader

OPERATOR = "operator"


class Login(NamedTuple):
    """A demo account, as ``up`` prints it."""

    username: str
    password: str
    who: str


def seed(demo: Demo, now: datetime | None = None) -> None:
    """Load the demo as it stands now; what is there already stays, so it can run again. Raises Problem."""
    moment, started = now or datetime.now(UTC), time.monotonic()
    with open_doors() as doors:
        ids = ensure_people(doors, since=date(*months_until(moment)[0], 1))
        click.echo(f"Demo customers, users, numbers and rate plan are there ({len(ids)} customers).")
        ensure_telephony(doors, ids, today(moment))
        ensure_handsets(doors, ids)
        ensure_mobile(
            doors, find_customer(doors, cast.PARTNER) or "", date(*months_until(moment)[0], 1), moment
        )
        Loader(demo, moment, doors, ids, click.echo).load()
        send_usage(doors, moment)  # by now cdr has heard whose numbers these are
        ensure_billing(doors, ids, months_until(moment), today(moment), click.echo)
    click.echo(f"The demo data are complete ({time.monotonic() - started:.0f} s).")


def make_incidents(now: datetime | None = None) -> None:
    """What has gone wrong, or is being watched, where there is nothing of that yet. Raises Problem."""
    moment = now or datetime.now(UTC)
    with open_doors() as doors:
        customer = find_customer(doors, incidents.ATTACKED.name)
        if customer:
            ensure_incidents(doors, customer, moment, click.echo)


def seed_if_empty() -> bool:
    """Load the demo data where there are no customers, or where that was broken off; whether it did.

    A system without demo data is still of use: what goes wrong is printed, not raised.
    """
    try:
        with open_doors() as doors:
            if not (_is_empty(doors) or _was_broken_off(doors)):
                return False
        click.echo("First start: loading demo data, about a minute…")
        seed(Demo())
        make_incidents()
    except Problem as problem:
        problem.show()
        click.echo("The demo data are not complete; ./tikker seed goes on with them.", err=True)
        return False
    return True


def logins() -> list[Login]:
    """The accounts of the demo data; none in a system that has other customers only."""
    try:
        with open_doors() as doors:
            known = (*cast.CUSTOMERS, *(example.customer for example in mobile.EXAMPLES))
            there = [customer for customer in known if find_customer(doors, customer.name)]
            staff = _staff_logins(doors) if there else []
    except Problem:
        return []
    return staff + [
        Login(user.username, user.password, f"{customer.name}, {user.what}")
        for customer in there
        for user in customer.users
    ]


def _staff_logins(doors: Doors) -> list[Login]:
    """Those of the operator and the partner that are there."""
    companies = (
        ("the operator", operator_id(doors), cast.OPERATOR_STAFF),
        (cast.PARTNER, find_customer(doors, cast.PARTNER), cast.PARTNER_STAFF),
    )
    return [
        Login(user.username, user.password, f"{name}, {user.what}")
        for name, company_id, user in companies
        if company_id and has_user(doors, company_id, user)
    ]


def _is_empty(doors: Doors) -> bool:
    return all(row["kind"] == OPERATOR for row in doors.staff("identity", "customers")["rows"])


def _was_broken_off(doors: Doors) -> bool:
    """Whether demo customers are there whose past months were never closed, which comes last."""
    ids = [find_customer(doors, customer.name) for customer in cast.CUSTOMERS]
    known = [customer_id for customer_id in ids if customer_id]
    if not known and find_customer(doors, cast.PARTNER) is None:
        return False
    periods = [doors.staff("cdr", "periods_of", customer_id=customer_id)["recent"] for customer_id in known]
    return len(known) < len(ids) or any(all(p["state"] == "open" for p in recent) for recent in periods)
