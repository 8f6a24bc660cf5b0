"""The demo's two examples of Mobiel: made where they are missing; and their usage of the current month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from cli.demo import mobile
from cli.demo.calendar import today
from cli.demo.mobile import Details, Example
from cli.demo.usage import MOBILE
from cli.seeding.doors import Doors
from cli.seeding.people import ensure_customer, ensure_subscriptions, ensure_users, subscriptions_of


def ensure_mobile(doors: Doors, partner: str, since: date, now: datetime) -> None:
    """What has been set up already stays as it is."""
    month = today(now).replace(day=1)
    limits = {"partner_id": partner, "limits": mobile.DEFAULT_LIMITS}
    doors.staff("mobile", "set_partner_defaults", command_id=f"demo-defaults-{partner[:16]}", **limits)
    for example in mobile.EXAMPLES:
        customer = example.customer
        customer_id = ensure_customer(doors, customer, partner)
        if not subscriptions_of(doors, customer_id):
            _ensure_terms(doors, example, customer_id, since)
        ensure_subscriptions(doors, customer, customer_id, since)
        _ensure_details(doors, example, customer_id, month)
        made = ensure_users(doors, customer.users, customer_id)
        for user in made:
            fields = {"user_id": user["id"], "registrations": mobile.REGISTRATIONS}
            command = f"demo-registrations-{user['username']}"
            doors.staff("identity", "change_registrations", command_id=command, **fields)


def send_usage(doors: Doors, now: datetime) -> None:
    """Hand over the month's usage; what was handed over before counts once."""
    month = today(now).replace(day=1)
    for example in mobile.EXAMPLES:
        doors.publish(MOBILE, [msgspec.json.encode({"events": list(example.events(month))})])


def _ensure_terms(doors: Doors, example: Example, customer_id: str, since: date) -> None:
    if example.free:
        doors.staff(
            "mobile",
            "set_terms",
            customer_id=customer_id,
            month=f"{since:%Y-%m}",
            bundles=[{"bundle": code, "rate": "0"} for code in example.free],
            command_id=f"demo-terms-{customer_id[:16]}",
        )


def _ensure_details(doors: Doors, example: Example, customer_id: str, month: date) -> None:
    """Modules since the month before, blocks and limits; ends, at the start of the month, come last and show
    that the rest is there."""
    rows = subscriptions_of(doors, customer_id)
    if sum(row["ended_at"] is not None for row in rows) >= len(example.ended):
        return
    ids = {row["number"]: row["id"] for row in rows}
    numbers = [subscription.number for subscription in example.customer.subscriptions]
    for place, details in example.details.items():
        _give(doors, ids[numbers[place]], details, mobile.previous_month(month))
    for place in example.ended:
        _call(doors, "end_subscription", ids[numbers[place]], "end", ended_at=month.isoformat())


def _give(doors: Doors, subscription_id: str, details: Details, since: date) -> None:
    for module in details.modules:
        fields = {"module": module, "valid_from": since.isoformat()}
        _call(doors, "add_module", subscription_id, module, **fields)
    if details.blocks:
        _call(doors, "set_blocks", subscription_id, "blocks", codes=details.blocks)
    for code, value in details.limits.items():
        _call(doors, "set_limit", subscription_id, f"limit-{code}", code=code, value=value)


def _call(doors: Doors, method: str, subscription_id: str, what: str, **fields: Any) -> None:
    command = f"demo-{what}-{subscription_id[:24]}"[:64]
    doors.staff("mobile", method, subscription_id=subscription_id, command_id=command, **fields)
