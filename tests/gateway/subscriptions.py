"""What mobile answers about a customer with the subscriptions of the manual's example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.errors import NotFound

MB = 1_000_000
FIRST, SECOND, ENDED = "a" * 32, "b" * 32, "c" * 32
START, CARD_CHANGED = "2026-01-01T08:30:00+01:00", "2026-05-16T11:05:00+02:00"


def measure(used: int, allowance: int | None, state: str = "inside") -> dict[str, Any]:
    return {"used": used, "allowance": allowance, "state": state}


def row(subscription_id: str = FIRST, **changed: Any) -> dict[str, Any]:
    return {
        "id": subscription_id,
        "number": "+31600123456",
        "cost": "0.00",
        "data": measure(966 * MB, 500 * MB, "above_group"),
        "voice": measure(600, 9000),
        "sim": "8931000000000006512",
        "label": "Winkel Delft",
        "product": "zakelijk_mobiel",
        "product_name": "Zakelijk Mobiel",
        "type": "Zakelijk Mobiel Bundel",
        "active_from": "2026-01-01T00:00:00+01:00",
        "ended_at": None,
        "blocked": "no",
        "revision": 1,
    } | changed


def overview(**changed: Any) -> dict[str, Any]:
    second = row(
        SECOND,
        number="+31600441020",
        cost="0.35",
        data=measure(37 * MB + 500_000, 500 * MB),
        voice=measure(1740, 9000),
        label="",
    )
    group = {"group": "zakelijk_mobiel", "name": "Zakelijk Mobiel Bundel"}
    return {
        "month": "2026-11",
        "updated_at": "2026-11-22T15:41:00+00:00",
        "limit": limit(),
        "group_limits": [{**group, "kind": kind, "percentages": [80, 100]} for kind in ("data", "voice")],
        "cost": "0.35",
        "bundles": [
            {**group, "kind": "data", "used": 1003 * MB, "allowance": 1000 * MB, "over": 3 * MB, "left": 0}
            | {"amount": "0.00"},
            {**group, "kind": "voice", "used": 2340, "allowance": 18000, "over": 0, "left": 15660}
            | {"amount": "0.00"},
        ],
        "rows": [row(), second],
        "next": None,
        "counts": {"active": 2, "ended": 1},
    } | changed


def limit(amount: str | None = "75.00", source: str = "own", **changed: Any) -> dict[str, Any]:
    base = {"amount": amount, "source": source, "default": "50.00", "used": "0.35", "reached_at": None}
    return base | changed


def subscription(**changed: Any) -> dict[str, Any]:
    start = {"valid_from": "2026-01-01", "valid_to": None}
    return {
        "id": FIRST,
        "customer_id": "d" * 32,
        "number": "+31600123456",
        "product": "zakelijk_mobiel",
        "product_name": "Zakelijk Mobiel",
        "active_from": START,
        "ended_at": None,
        "sim_number": "8931000000000006512",
        "has_puk": True,
        "label": "Winkel Delft",
        "numbers": [{**start, "number": "+31600123456"}],
        "sims": [
            {"sim_number": "8931000000000000016", "valid_from": START, "valid_to": CARD_CHANGED},
            {"sim_number": "8931000000000006512", "valid_from": CARD_CHANGED, "valid_to": None},
        ],
        "modules": [{**start, "module": "zakelijk_mobiel_eu", "name": "Zakelijk Mobiel naar EU"}],
        "products": [{**start, "product": "zakelijk_mobiel"}],
        "blocks": ["sms_data_roaming"],
        "blocked": "no",
        "revision": 3,
    } | changed


def one_limit(code: str, name: str, unit: str, **changed: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "unit": unit,
        "step": None,
        "fixed": False,
        "percentages": [],
        "value": None,
        "source": "none",
        "default": None,
        "used": "0",
        "allowance": None,
        "counted": 0,
        "reached": [],
        "reached_at": None,
    } | changed


def limits() -> dict[str, Any]:
    return {
        "month": "2026-11",
        "limits": [
            one_limit("total", "Totaal per aansluiting", "euro", value="25.00", source="own", used="0.35"),
            one_limit("sms_bundle", "SMS bundel", "percent", fixed=True, percentages=[80, 100], used="12"),
            one_limit(
                "zakelijk_mobiel_eu",
                "Zakelijk Mobiel naar EU",
                "minutes",
                step=100,
                value="200",
                source="default",
                default="200",
                used="212",
                reached_at="2026-11-21T10:00:00+00:00",
            ),
        ],
    }


def sim(state: str = "active", **changed: Any) -> dict[str, Any]:
    return {
        "state": state,
        "blocked": state == "blocked",
        "wanted": None,
        "since": None,
        "by": None,
        "reason": None,
        "cost": "7.50",
        "block_cost": "7.50",
        "unblock_cost": "0.00",
        "can_order": True,
    } | changed


def blocks(**changed: Any) -> dict[str, Any]:
    return {
        "sim": sim(),
        "blocks": [
            {"code": "premium_sms", "name": "Blokkeren premium SMS", "on": False, "help": ""},
            {
                "code": "sms_data_roaming",
                "name": "SMS data roaming limiet",
                "on": True,
                "help": "Bij deze limiet krijgt de telefoon een sms.",
            },
        ],
        "history": [],
    } | changed


def known(answer: Any) -> Callable[..., Any]:
    """The answer about a subscription that one may see; about any other there is none."""

    def give(subscription_id: str, **_fields: Any) -> Any:
        if subscription_id not in (FIRST, SECOND, ENDED):
            raise NotFound()
        return answer

    return give


def answers() -> dict[tuple[str, str], Any]:
    return {
        ("mobile", "overview"): overview(),
        ("mobile", "subscription"): known(subscription()),
        ("mobile", "limits"): known(limits()),
        ("mobile", "blocks"): known(blocks()),
        ("mobile", "change_label"): known(subscription()),
        ("mobile", "show_puk"): known({"puk": "12345678"}),
        ("mobile", "set_customer_limit"): {"value": None},
        ("mobile", "set_limit"): known({"value": None}),
        ("mobile", "request_sim_block"): known({"id": "e" * 32}),
    }
