"""Customers, users, numbers, subscriptions and the rate plan of the demo: made where they are missing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from cli.demo import cast
from cli.demo.cast import Customer, Facts, User
from cli.seeding.doors import Doors
from cli.state import REPOSITORY
from shared.errors import Conflict

RATE_PLAN = REPOSITORY / "services" / "cdr" / "demo" / "rate_plan_2026.csv"
PLAN = "default"
PLAN_FROM = date(2020, 1, 1)

Ids = dict[str, str]
"""Customer ID by the code of the customer in cli/demo/cast.py."""


def ensure_people(doors: Doors, since: date) -> Ids:
    """Everybody and everything that usage needs, owned from the day ``since`` on.

    What cdr learns by events comes first, so that it knows whose usage it is when that comes.
    """
    partner = _ensure_partner(doors)
    _ensure_ranges(doors)
    ids = {customer.code: ensure_customer(doors, customer, partner) for customer in cast.CUSTOMERS}
    for customer in cast.CUSTOMERS:
        _ensure_numbers(doors, customer, ids[customer.code], since)
        ensure_subscriptions(doors, customer, ids[customer.code], since)
    for customer in cast.CUSTOMERS:
        ensure_users(doors, customer.users, ids[customer.code])
    ensure_users(doors, (cast.PARTNER_STAFF,), partner)
    ensure_users(doors, (cast.OPERATOR_STAFF,), operator_id(doors))
    _ensure_plan(doors)
    return ids


def find_customer(doors: Doors, name: str) -> str | None:
    """The ID of the customer or partner with exactly this name."""
    found = _company_named(doors, name)
    return str(found["id"]) if found else None


def operator_id(doors: Doors) -> str:
    return str(doors.staff("identity", "customers", number=cast.OPERATOR_NUMBER)["rows"][0]["id"])


def has_user(doors: Doors, customer_id: str, user: User) -> bool:
    """Whether the company has a user of that name."""
    rows = doors.staff("identity", "users", customer_id=customer_id, query=user.username)["rows"]
    return any(row["username"] == user.username for row in rows)


def _ensure_partner(doors: Doors) -> str:
    wanted = {"name": cast.PARTNER, "products": (), "kind": "partner"}
    return _ensure_company(doors, "partner", wanted, cast.PARTNER_FACTS)


def ensure_customer(doors: Doors, customer: Customer, partner: str) -> str:
    """The ID of the customer, the partner's or the operator's own."""
    wanted = {
        "name": customer.name,
        "products": customer.products,
        "kind": "customer",
        "parent_id": partner if customer.partners else None,
    }
    return _ensure_company(doors, customer.code, wanted, customer.facts)


def _ensure_company(doors: Doors, code: str, wanted: dict[str, Any], facts: Facts) -> str:
    """The company's ID. One that nothing is known of but its name gets the demo's facts."""
    found = _company_named(doors, wanted["name"])
    if found is None:
        wanted = {**wanted, **facts.told(), "command_id": f"demo-company-{code}"}
        return str(doors.staff("identity", "create_customer", **wanted)["id"])
    if found["address"] is None and found["kvk"] is None:
        change = {"customer_id": found["id"], "revision": found["revision"], **facts.told()}
        doors.staff("identity", "change_customer", command_id=f"demo-facts-{code}", **change)
    return str(found["id"])


def _company_named(doors: Doors, name: str) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = doors.staff("identity", "customers", query=name)["rows"]
    return next((row for row in rows if row["name"] == name), None)


def subscriptions_of(doors: Doors, customer_id: str) -> list[dict[str, Any]]:
    """Ended ones too."""
    return _all(doors, "mobile", "subscriptions", customer_id)


def ensure_users(doors: Doors, users: Sequence[User], customer_id: str) -> list[dict[str, Any]]:
    """The users that were made now."""
    made = []
    for user in users:
        with suppress(Conflict):  # the name is taken: by this very user, made before
            answer = doors.staff(
                "identity",
                "create_user",
                command_id=f"demo-user-{user.username}",
                customer_id=customer_id,
                username=user.username,
                password=user.password,
                email=user.email,
                first_name=user.first_name,
                infix=user.infix,
                last_name=user.last_name,
                roles=user.roles,
            )
            made.append(answer)
    return made


def _ensure_ranges(doors: Doors) -> None:
    known = {row["first"] for row in doors.staff("pbx", "ranges")["rows"]}
    for first, last in cast.RANGES:
        if first not in known:
            command = f"demo-range-{first[1:]}"
            doors.staff("pbx", "add_range", first=first, last=last, source="vasco", command_id=command)


def _ensure_numbers(doors: Doors, customer: Customer, customer_id: str, since: date) -> None:
    rows = _all(doors, "pbx", "assignments", customer_id)
    known = {row["number"] for row in rows}
    missing = [number for number in customer.numbers if number not in known]
    if missing:
        doors.staff(
            "pbx",
            "assign_numbers",
            customer_id=customer_id,
            numbers=missing,
            valid_from=since.isoformat(),
            command_id=f"demo-numbers-{missing[0][1:]}-{len(missing)}-{since}",
        )


def ensure_subscriptions(doors: Doors, customer: Customer, customer_id: str, since: date) -> None:
    """All of them, from a day on."""
    rows = subscriptions_of(doors, customer_id) if customer.subscriptions else []
    known = {term["number"] for row in rows for term in row["numbers"]}
    for wanted in customer.subscriptions:
        if wanted.number not in known:
            doors.staff(
                "mobile",
                "create_subscription",
                customer_id=customer_id,
                product=wanted.product,
                number=wanted.number,
                active_from=since.isoformat(),
                sim_number=wanted.sim_number,
                puk=wanted.puk,
                label=wanted.label,
                command_id=f"demo-subscription-{wanted.number[1:]}-{since}",
            )


def _all(doors: Doors, service: str, method: str, customer_id: str) -> list[dict[str, Any]]:
    rows, after = [], None
    while True:
        page = doors.staff(service, method, customer_id=customer_id, after=after)
        rows += page["rows"]
        after = page["next"]
        if after is None:
            return rows


def _ensure_plan(doors: Doors) -> None:
    """The sample plan as everybody's default, unless there is a default plan already."""
    if any(plan["name"] == PLAN for plan in doors.staff("cdr", "plans")):
        return
    csv = RATE_PLAN.read_text("utf-8-sig")
    doors.staff("cdr", "import_plan", name=PLAN, valid_from=PLAN_FROM.isoformat(), csv=csv)
    doors.staff("cdr", "assign_plan", customer_id=PLAN, plan=PLAN)
