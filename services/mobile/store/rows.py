"""Subscriptions as documents, and back."""

from __future__ import annotations

from services.mobile.domain.sim import OrderState, SimState
from services.mobile.domain.subscriptions import ModuleTerm, NumberTerm, ProductTerm, SimTerm, Subscription
from shared.mongo import Document


def row(subscription: Subscription) -> Document:
    """``product`` and ``shown_number`` are the last of their kind: what lists sort and count by."""
    numbers = subscription.numbers
    return {
        "_id": subscription.id,
        "customer_id": subscription.customer_id,
        "product": subscription.products[-1].product,
        "shown_number": numbers[-1].number if numbers else "",
        "active_from": subscription.active_from,
        "ended_at": subscription.ended_at,
        "sim_number": subscription.sim_number,
        "label": subscription.label,
        "numbers": [{"number": t.number, "valid_from": t.start, "valid_to": t.end} for t in numbers],
        "products": [
            {"product": t.product, "valid_from": t.start, "valid_to": t.end} for t in subscription.products
        ],
        "sims": [
            {"sim_number": t.sim_number, "valid_from": t.start, "valid_to": t.end, "puk": t.puk}
            for t in subscription.sims
        ],
        "modules": [
            {"module": t.module, "valid_from": t.start, "valid_to": t.end} for t in subscription.modules
        ],
        "blocks": list(subscription.blocks),
        "sim_state": sim_row(subscription.sim_state),
        "revision": subscription.revision,
    }


def sim_row(state: SimState) -> Document:
    return {
        "blocked": state.blocked,
        "last": state.last.value if state.last else None,
        "wanted": state.wanted,
        "since": state.since,
        "by": state.by,
        "reason": state.reason,
    }


def subscription(found: Document) -> Subscription:
    """Rows of before products and SIM cards had a history have one of each."""
    start, end = found["active_from"], found["ended_at"]
    products = found.get("products") or [_term("product", found, start, end)]
    sims = found.get("sims", [_term("sim_number", found, start, end)] if found["sim_number"] else [])
    return Subscription(
        id=found["_id"],
        customer_id=found["customer_id"],
        active_from=start,
        ended_at=end,
        label=found["label"],
        numbers=tuple(NumberTerm(n["number"], n["valid_from"], n["valid_to"]) for n in found["numbers"]),
        products=tuple(ProductTerm(p["product"], p["valid_from"], p["valid_to"]) for p in products),
        sims=tuple(SimTerm(s["sim_number"], s["valid_from"], s["valid_to"], s.get("puk", "")) for s in sims),
        modules=tuple(
            ModuleTerm(m["module"], m["valid_from"], m["valid_to"]) for m in found.get("modules", ())
        ),
        blocks=tuple(found.get("blocks", ())),
        sim_state=_sim_state(found.get("sim_state")),
        revision=found["revision"],
    )


def _term(name: str, found: Document, start: object, end: object) -> Document:
    return {name: found[name], "valid_from": start, "valid_to": end}


def _sim_state(found: Document | None) -> SimState:
    if not found:
        return SimState()
    last = OrderState(found["last"]) if found["last"] else None
    return SimState(
        found["blocked"], last, found["wanted"], found["since"], found["by"], found.get("reason", "")
    )
