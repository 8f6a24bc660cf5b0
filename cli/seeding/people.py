"""Customers, users, numbers, subscriptions and the rate plan of the demo: made where they are missing."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from cli.demo import cast
from cli.demo.cast import Customer
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
    partner = _ensure_customer(doors, "partner", cast.PARTNER, (), "partner", None)
    _ensure_ranges(doors)
    ids = {
        customer.code: _ensure_customer(
            doors, customer.code, customer.name, customer.products, "customer", partner
        )
        for customer in cast.CUSTOMERS
    }
    for customer in cast.CUSTOMERS:
        _ensure_numbers(doors, customer, ids[customer.code], since)
        _ensure_subscriptions(doors, customer, ids[customer.code], since)
    for customer in cast.CUSTOMERS:
        _ensure_users(doors, customer, ids[customer.code])
    _ensure_plan(doors)
    return ids


def find_customer(doors: Doors, name: str) -> str | None:
    """The ID of the customer or partner with exactly this name."""
    rows = doors.staff("identity", "customers", query=name)["rows"]
    return next((str(row["id"]) for row in rows if row["name"] == name), None)


def _ensure_customer(
    doors: Doors, code: str, name: str, products: tuple[str, ...], kind: str, parent: str | None
) -> str:
    found = find_customer(doors, name)
    if found is not None:
        return found
    wanted = {"name": name, "products": products, "kind": kind, "parent_id": parent}
    made = doors.staff("identity", "create_customer", command_id=f"demo-customer-{code}", **wanted)
    return str(made["id"])


def _ensure_users(doors: Doors, customer: Customer, customer_id: str) -> None:
    for user in customer.users:
        with suppress(Conflict):  # the name is taken: by this very user, made before
            doors.staff(
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


def _ensure_subscriptions(doors: Doors, customer: Customer, customer_id: str, since: date) -> None:
    rows = _all(doors, "mobile", "subscriptions", customer_id) if customer.subscriptions else []
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
