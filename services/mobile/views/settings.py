"""*Limieten* and *Blokkeren* of one subscription (MOB-05, MOB-07)."""

from __future__ import annotations

from datetime import datetime

from services.mobile.domain import limits as domain
from services.mobile.domain.blocks import BLOCKS
from services.mobile.domain.limits import Effective, Limit
from services.mobile.domain.months import month_of
from services.mobile.domain.products import DATA
from services.mobile.domain.shares import group_part
from services.mobile.domain.subscriptions import Subscription
from services.mobile.domain.usage import SubscriptionMonth
from services.mobile.schemas import Reply
from services.mobile.schemas.replies import euro, moment, order_reply
from services.mobile.store import Store
from services.mobile.views.subscriptions import may_see
from shared.acting import Acting
from shared.errors import NotFound

HISTORY = 20
BLOCKS_ROLE, SIM_ROLE = "mobile_blocks", "mobile_sim_block"


def limits(store: Store, acting: Acting, now: datetime, *, subscription_id: str) -> Reply:
    """The limits that the subscription has now, with how far this month's use is."""
    found = _own(store, acting, subscription_id)
    month = month_of(now)
    used = store.subscription_months([found.id], month).get(found.id)
    used = used or SubscriptionMonth(found.customer_id, found.id, month)
    own = store.settings(found.customer_id, found.id)
    defaults = store.defaults(store.parent_of(found.customer_id))
    reached = store.reached(found.customer_id, month, found.id)
    customer = store.customer_month(found.customer_id, month)
    part = group_part(found, customer, DATA, store.terms(found.customer_id))
    rows = []
    for limit in domain.visible(found, now):
        setting = domain.effective(own.get((found.id, limit.code)), defaults.get(limit.code))
        counted = domain.use_of(limit, used, part)
        rows.append(_limit(limit, setting, counted, reached.get(limit.code, [])))
    return {"limits": rows, "month": month}


def _limit(
    limit: Limit,
    setting: Effective,
    counted: tuple[int, int | None],
    reached: list[tuple[int, datetime]],
) -> Reply:
    amount, allowance = counted
    moments = [at for threshold, at in reached if limit.fixed or threshold >= (setting.value or 0)]
    return {
        "code": limit.code,
        "name": str(limit.name),
        "unit": limit.unit,
        "step": limit.step if limit.unit != "euro" else None,
        "fixed": limit.fixed,
        "percentages": list(limit.percentages),
        "value": None if setting.value is None else limit.shown(setting.value),
        "source": setting.source,
        "default": None if setting.default is None else limit.shown(setting.default),
        "used": _used(limit, amount, allowance),
        "allowance": allowance,
        "counted": amount,
        "reached": sorted(threshold for threshold, _ in reached) if limit.fixed else [],
        "reached_at": moment(min(moments)) if moments and (limit.fixed or setting.value) else None,
    }


def _used(limit: Limit, amount: int, allowance: int | None) -> str:
    """In the limit's unit: euro exact, whole per cents, minutes or MB."""
    if limit.unit == "euro":
        return euro(amount)
    if allowance is not None:
        return str(amount * 100 // allowance if allowance else 0)
    return str((amount + limit.scale // 2) // limit.scale)


def blocks(store: Store, acting: Acting, now: datetime, *, subscription_id: str) -> Reply:
    """What is blocked, and what was asked of the carrier; the newest first. Who may block the card but not
    see the blocks gets the card only."""
    sees = acting.kind == "staff" or BLOCKS_ROLE in acting.roles
    found = _own(store, acting, subscription_id, BLOCKS_ROLE if sees else SIM_ROLE)
    state, terms = found.sim_state, store.terms(found.customer_id)
    history = store.history(found.id, HISTORY)
    return {
        "sim": {
            "state": state.name,
            "blocked": state.blocked,
            "wanted": state.wanted if state.last else None,
            "since": moment(state.since),
            "by": state.by,
            "reason": state.reason,
            "cost": terms.sim_cost(not state.blocked, now),
            "block_cost": terms.sim_cost(True, now),
            "unblock_cost": terms.sim_cost(False, now),
            "can_order": bool(found.sim_number) and not found.has_ended(now) and not state.is_open,
        },
        "blocks": [
            {"code": code, "name": str(name), "on": code in found.blocks, "help": str(help_text)}
            for code, (name, help_text) in BLOCKS.items()
            if sees
        ],
        "history": [_entry(order_reply(order)) for order in history],
    }


def _entry(order: Reply) -> Reply:
    at = order["answered_at"] or order["requested_at"]
    return {"at": at, **{key: order[key] for key in ("requested_at", "by", "what", "state", "reason")}}


def _own(store: Store, acting: Acting, subscription_id: str, *roles: str) -> Subscription:
    found = store.subscription(subscription_id)
    mine = may_see(acting, found.customer_id if found else "", *roles)
    if found is None or not mine:
        raise NotFound()
    return found
