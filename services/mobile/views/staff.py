"""What staff read beside subscriptions: products, terms, defaults, orders to carriers."""

from __future__ import annotations

from services.mobile.domain import limits
from services.mobile.domain.blocks import BLOCKS
from services.mobile.domain.products import BLOCK_COST, MODULES, PRODUCTS, UNBLOCK_COST, Bundle, Product
from services.mobile.schemas import Reply
from services.mobile.schemas.replies import moment, order_reply, terms_reply
from services.mobile.store import Store
from services.mobile.usecases.limits import partner_of
from shared.acting import Acting

STRAYS = 50


def products() -> Reply:
    """The whole table: products with bundles, modules, blocks."""
    return {
        "products": [_product(product) for product in PRODUCTS.values()],
        "modules": [
            {
                "code": module.code,
                "name": module.name,
                "unit": module.unit,
                "step": module.step,
                "products": sorted(module.products),
                **_bundle(module.code, module.bundle),
            }
            for module in MODULES.values()
        ],
        "blocks": [{"code": code, "name": str(name)} for code, (name, _) in BLOCKS.items()],
        "block_cost": BLOCK_COST,
        "unblock_cost": UNBLOCK_COST,
    }


def terms(store: Store, customer_id: str) -> Reply:
    return {**terms_reply(store.terms(customer_id)), "block_cost": BLOCK_COST, "unblock_cost": UNBLOCK_COST}


def partner_defaults(store: Store, acting: Acting, *, partner_id: str | None = None) -> Reply:
    """All limits that can have a default, with the partner's."""
    whose = partner_of(acting, partner_id)
    known = store.defaults(whose)
    rows = []
    for code in limits.WITH_DEFAULT:
        limit, setting = limits.limit_named(code), known.get(code)
        value = setting.value if setting else None
        rows.append(
            {
                "code": code,
                "name": str(limit.name),
                "unit": limit.unit,
                "step": limit.step if limit.unit != "euro" else None,
                "value": None if value is None else limit.shown(value),
                "set_at": moment(setting.set_at) if setting else None,
            }
        )
    return {"partner_id": whose, "limits": rows}


def sim_commands(
    store: Store,
    *,
    limit: int,
    state: str | None = None,
    customer_id: str | None = None,
    after: str | None = None,
) -> Reply:
    """Orders to carriers, the newest first; and on the first page what carriers said that fits none."""
    found = store.order_page(state, customer_id, after, limit)
    strays = store.strays(STRAYS) if after is None and customer_id is None else []
    return {
        "rows": [{**order_reply(order), "sent_at": moment(sent_at)} for order, sent_at in found],
        "next": found[-1][0].id if len(found) == limit else None,
        "strays": [
            {"carrier": s["carrier"], "at": moment(s["at"]), "reason": s["reason"], "body": s["body"]}
            for s in strays
        ],
    }


def _product(product: Product) -> Reply:
    return {
        "code": product.code,
        "name": product.name,
        "group_name": product.group_name,
        "bundles": [_bundle(f"{product.code}.{b.kind}", b) for b in product.bundles],
    }


def _bundle(code: str, bundle: Bundle) -> Reply:
    return {
        "bundle": code,
        "kind": bundle.kind,
        "types": list(bundle.types),
        "volume": bundle.volume,
        "bundle_unit": bundle.unit,
        "rate": bundle.rate,
        "group": bundle.group,
    }
