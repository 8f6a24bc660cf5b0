"""*Mobiel*: total use, group bundles, and a page of subscriptions with theirs (MOB-01 to MOB-03)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.mobile.domain import limits, shares
from services.mobile.domain.limits import CUSTOMER_TOTAL, GROUP_KINDS, PERCENTAGES
from services.mobile.domain.months import month_of
from services.mobile.domain.products import DATA, GROUPS, NATIONAL_DATA, NATIONAL_VOICE, PRODUCTS, VOICE
from services.mobile.domain.subscriptions import Subscription
from services.mobile.domain.terms import Terms
from services.mobile.domain.usage import BundleSum, CustomerMonth, SubscriptionMonth
from services.mobile.schemas import Reply
from services.mobile.schemas.replies import euro, moment
from services.mobile.store import Store
from services.mobile.views.subscriptions import whose
from shared.acting import Acting
from shared.errors import Invalid
from shared.events import BundleShare
from shared.words import gettext as _

Groups = dict[tuple[str, str], BundleSum]
"""By group and kind."""


def overview(
    store: Store,
    acting: Acting,
    now: datetime,
    *,
    ended: bool,
    query: str,
    limit: int,
    after: str | None = None,
    customer_id: str | None = None,
) -> Reply:
    """The current month of a customer: the own one of users, that of ``customer_id`` for staff."""
    customer = whose(acting, customer_id)
    if customer is None:
        raise Invalid(fields={"customer_id": [_("Vul dit in.")]})
    month = month_of(now)
    terms, used = store.terms(customer), store.customer_month(customer, month)
    active, gone = store.counts(customer, now)
    groups = _groups(used, active, terms, now)
    found = store.shown(customer, now, ended, query.strip(), after, limit)
    months = store.subscription_months([each.id for each in found], month)
    rows = [
        _row(each, months.get(each.id) or SubscriptionMonth(customer, each.id, month), groups, terms, now)
        for each in found
    ]
    return {
        "month": month,
        "updated_at": moment(used.updated_at),
        "limit": _limit(store, customer, used),
        "group_limits": [_group_limit(group, kind) for group, kind in groups],
        "cost": euro(used.cost),
        "bundles": [_bundle(place, line) for place, line in groups.items()],
        "rows": rows,
        "next": found[-1].id if len(found) == limit else None,
        "counts": {"active": sum(active.values()), "ended": gone},
    }


def _limit(store: Store, customer: str, used: CustomerMonth) -> Reply:
    own = store.settings(customer, "").get(("", CUSTOMER_TOTAL.code))
    default = store.defaults(store.parent_of(customer)).get(CUSTOMER_TOTAL.code)
    found = limits.effective(own, default)
    reached = store.reached(customer, used.month, "").get(CUSTOMER_TOTAL.code, [])
    moments = [at for threshold, at in reached if found.value is not None and threshold >= found.value]
    return {
        "amount": None if found.value is None else CUSTOMER_TOTAL.shown(found.value),
        "source": found.source,
        "default": None if found.default is None else CUSTOMER_TOTAL.shown(found.default),
        "used": euro(used.cost),
        "reached_at": moment(min(moments)) if moments else None,
    }


def _groups(used: CustomerMonth, counts: dict[str, int], terms: Terms, now: datetime) -> Groups:
    """What cdr says of each group bundle; before it has said anything this month, none of it is used."""
    found: Groups = {}
    for group, product in GROUPS.items():
        for kind in GROUP_KINDS:
            line = used.groups.get(f"{group}|{kind}")
            bundle = product.bundle(kind)
            if line is None and bundle is not None and counts.get(product.code):
                share = terms.bundle(f"{product.code}.{kind}", bundle, now).volume
                line = BundleSum(0, 0, share * counts[product.code], 0, 0)
            if line is not None and (line.used or line.allowance):
                found[group, kind] = line
    return found


def _bundle(place: tuple[str, str], line: BundleSum) -> Reply:
    """Bytes or seconds, exact; who shows them rounds once."""
    group, kind = place
    return {
        "group": group,
        "name": GROUPS[group].group_name,
        "kind": kind,
        "used": line.used,
        "allowance": line.allowance,
        "over": line.over,
        "left": max(0, line.allowance - line.used),
        "amount": euro(line.amount),
    }


def _group_limit(group: str, kind: str) -> Reply:
    return {
        "group": group,
        "name": GROUPS[group].group_name,
        "kind": kind,
        "percentages": list(PERCENTAGES),
    }


def _row(
    subscription: Subscription, used: SubscriptionMonth, groups: Groups, terms: Terms, now: datetime
) -> Reply:
    product = subscription.product_at(now)
    own, free = shares.shares(subscription, terms), PRODUCTS[product].unlimited
    return {
        "id": subscription.id,
        "number": subscription.number_at(now),
        "cost": euro(used.cost),
        "data": _measure(own, used, DATA, "bytes", (NATIONAL_DATA,), groups, DATA in free),
        "voice": _measure(own, used, VOICE, "seconds", NATIONAL_VOICE, groups, VOICE in free),
        "sim": subscription.sim_number,
        "label": subscription.label,
        "product": product,
        "product_name": PRODUCTS[product].name,
        "type": PRODUCTS[product].group_name or PRODUCTS[product].name,
        "active_from": moment(subscription.active_from),
        "ended_at": moment(subscription.ended_at),
        "blocked": subscription.sim_state.mark,
        "revision": subscription.revision,
    }


def _measure(
    own: tuple[BundleShare, ...],
    used: SubscriptionMonth,
    kind: str,
    measure: str,
    types: Iterable[str],
    groups: Groups,
    unlimited: bool,
) -> Reply | None:
    """National use beside the own share: ``above_group`` once nothing covers it any more. None where there
    is neither a share nor use."""
    amount = used.total(measure, types)
    allowance = shares.own_volume(own, used.month, kind)
    if allowance is None and unlimited:
        return {"used": amount, "allowance": None, "state": "unlimited"}
    if allowance is None:
        return {"used": amount, "allowance": None, "state": "none"} if amount else None
    group = next((share.group for share in own if share.kind == kind and share.group), "")
    state = "inside"
    if amount > allowance:
        line = groups.get((group, kind))
        covered = line is not None and line.used <= line.allowance
        state = "above_own" if covered else "above_group"
    return {"used": amount, "allowance": allowance, "state": state}
