"""What goes out: subscriptions, orders, terms as JSON."""

from __future__ import annotations

from datetime import datetime

from services.mobile.domain.products import MODULES, PRODUCTS
from services.mobile.domain.sim import Order
from services.mobile.domain.subscriptions import Subscription
from services.mobile.domain.terms import Terms
from services.mobile.schemas import Reply
from shared.days import day_of
from shared.money import to_wire


def subscription_reply(subscription: Subscription, now: datetime) -> Reply:
    """``number`` and ``product`` are those of now; ``numbers``, ``sims``, ``modules`` the whole history."""
    product = subscription.product_at(now)
    return {
        "id": subscription.id,
        "customer_id": subscription.customer_id,
        "number": subscription.number_at(now),
        "product": product,
        "product_name": PRODUCTS[product].name,
        "sim_number": subscription.sim_number,
        "has_puk": bool(subscription.sim and subscription.sim.puk),
        "label": subscription.label,
        "active_from": day(subscription.active_from),
        "ended_at": day(subscription.ended_at),
        "numbers": [
            {"number": t.number, "valid_from": day(t.start), "valid_to": day(t.end)}
            for t in subscription.numbers
        ],
        "products": [
            {
                "product": t.product,
                "name": PRODUCTS[t.product].name,
                "valid_from": day(t.start),
                "valid_to": day(t.end),
            }
            for t in subscription.products
        ],
        "sims": [
            {"sim_number": t.sim_number, "valid_from": moment(t.start), "valid_to": moment(t.end)}
            for t in subscription.sims
        ],
        "modules": [
            {
                "module": t.module,
                "name": MODULES[t.module].name,
                "valid_from": day(t.start),
                "valid_to": day(t.end),
            }
            for t in subscription.modules
        ],
        "blocks": list(subscription.blocks),
        "blocked": subscription.sim_state.mark,
        "revision": subscription.revision,
    }


def order_reply(order: Order) -> Reply:
    """An order to the carrier and what became of it."""
    return {
        "id": order.id,
        "subscription_id": order.subscription_id,
        "customer_id": order.customer_id,
        "number": order.number,
        "sim_number": order.sim_number,
        "carrier": order.carrier,
        "what": "block" if order.block else "unblock",
        "state": order.state.value,
        "cost": order.cost,
        "charged": order.charged,
        "by": order.by,
        "requested_at": moment(order.requested_at),
        "expires_at": moment(order.expires_at),
        "answered_at": moment(order.answered_at),
        "reason": order.reason,
    }


def terms_reply(terms: Terms) -> Reply:
    """All steps, oldest first."""
    return {
        "steps": [
            {
                "month": step.month,
                "bundles": [
                    {"bundle": code, "volume": d.volume, "rate": d.rate} for code, d in step.bundles.items()
                ],
                "block_cost": step.block_cost,
                "unblock_cost": step.unblock_cost,
            }
            for step in terms.steps
        ]
    }


def page_reply(rows: list[Reply], last_id: str | None) -> Reply:
    """``next`` goes into the next call's ``after``; None on the last page."""
    return {"rows": rows, "next": last_id}


def day(at: datetime | None) -> str | None:
    return day_of(at).isoformat() if at else None


def moment(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return at.isoformat().replace("+00:00", "Z") if at else None


def euro(micro: int) -> str:
    """The exact amount with at least two decimals."""
    whole, _, decimals = to_wire(micro).partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
