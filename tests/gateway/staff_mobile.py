"""What mobile answers staff: what can be subscribed to, terms, defaults, orders to carriers."""

from __future__ import annotations

from typing import Any

from shared.errors import NotFound
from tests.gateway import companies, subscriptions

CARD = "8931000000000006529"


def bundle(code: str, kind: str, volume: int, group: str = "") -> dict[str, Any]:
    sizes = {"bundle": code, "kind": kind, "types": [], "volume": volume, "bundle_unit": 1}
    return {**sizes, "rate": "0.050000", "group": group}


def catalogue() -> dict[str, Any]:
    group = "zakelijk_mobiel"
    shares = [
        bundle(f"{group}.data", "data", 500_000_000, group),
        bundle(f"{group}.voice", "voice", 9000, group),
    ]
    module = {"code": "mobiel_bellen_eu", "name": "Mobiel Bellen EU", "unit": "minutes", "step": 250}
    return {
        "products": [
            {"code": group, "name": "Zakelijk Mobiel", "group_name": "Zakelijk Mobiel Bundel"}
            | {"bundles": shares},
            {"code": "data_only", "name": "Data Only", "group_name": ""}
            | {"bundles": [bundle("data_only.data", "data", 5_000_000_000)]},
        ],
        "modules": [{**module, "products": [group], **bundle(module["code"], "voice", 15000)}],  # type: ignore[arg-type]
        "blocks": [
            {"code": "premium_sms", "name": "Blokkeren premium SMS"},
            {"code": "sms_data_roaming", "name": "SMS data roaming limiet"},
        ],
        "block_cost": "7.50",
        "unblock_cost": "0.00",
    }


def listed() -> dict[str, Any]:
    row = subscriptions.subscription(active_from="2026-01-01", ended_at=None)
    return {"rows": [row], "next": None}


def terms() -> dict[str, Any]:
    agreed = [{"bundle": "zakelijk_mobiel.data", "volume": 750_000_000, "rate": "0.000000"}]
    return {
        "steps": [{"month": "2026-10", "bundles": agreed, "block_cost": "5.00", "unblock_cost": None}],
        "block_cost": "7.50",
        "unblock_cost": "0.00",
    }


def defaults(partner_id: str = companies.PARTNER) -> dict[str, Any]:
    if partner_id != companies.PARTNER:
        raise NotFound()
    total = {"code": "customer_total", "name": "Totaal per klant", "unit": "euro", "step": None}
    calls = {"code": "mobiel_bellen_eu", "name": "Mobiel Bellen EU", "unit": "minutes", "step": 250}
    return {
        "partner_id": companies.PARTNER,
        "limits": [total | {"value": "50.00", "set_at": None}, calls | {"value": None, "set_at": None}],
    }


def orders() -> dict[str, Any]:
    row = {"id": "e" * 32, "what": "block", "state": "refused", "reason": "SIM onbekend", "by": "sanne.dewit"}
    row |= {"number": "+31600123456", "customer_id": companies.OURS, "subscription_id": subscriptions.FIRST}
    row |= {"requested_at": "2026-11-22T10:00:00+00:00", "answered_at": None}
    stray = {"carrier": "mobi", "at": "2026-11-22T10:01:00+00:00", "reason": "Onbekende opdracht", "body": ""}
    return {"rows": [row], "next": None, "strays": [stray]}


CHANGES = (
    *("create_subscription", "change_sim", "change_number", "change_product", "end_subscription"),
    *("add_module", "end_module", "set_blocks", "set_terms", "set_partner_defaults"),
)


def answers() -> dict[tuple[str, str], Any]:
    return {
        ("mobile", "products"): catalogue(),
        ("mobile", "subscriptions"): listed(),
        ("mobile", "terms"): terms(),
        ("mobile", "partner_defaults"): defaults,
        ("mobile", "sim_commands"): orders(),
        **{("mobile", method): subscriptions.subscription() for method in CHANGES},
    }
