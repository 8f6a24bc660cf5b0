"""Which bundles a subscription has in time, and what others are told of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from services.mobile.domain.months import bounds
from services.mobile.domain.products import MODULES, PRODUCTS, Bundle
from services.mobile.domain.subscriptions import Subscription, Term
from services.mobile.domain.terms import Terms
from services.mobile.domain.usage import CustomerMonth, GroupPart
from shared.events import BundleShare, MobileSubscriptionChanged, SubscriptionNumber
from shared.events import ModuleTerm as ModuleTold
from shared.events import ProductTerm as ProductTold


def shares(subscription: Subscription, terms: Terms) -> tuple[BundleShare, ...]:
    """All bundles it has had, of its products and of its modules; where terms change one follows another."""
    found: list[BundleShare] = []
    for product in subscription.products:
        for bundle in PRODUCTS[product.product].bundles:
            found += _pieces(bundle, f"{product.product}.{bundle.kind}", "", product, terms)
    for module in subscription.modules:
        found += _pieces(MODULES[module.module].bundle, module.module, module.module, module, terms)
    return tuple(found)


def own_volume(shares: tuple[BundleShare, ...], month: str, kind: str, module: str = "") -> int | None:
    """What the subscription's own share of a kind is in a month; None when it has none. Where one follows
    another within the month the largest counts, as it does for cdr."""
    first, behind = bounds(month)
    volumes = [
        share.volume
        for share in shares
        if (share.kind, share.module) == (kind, module)
        and share.valid_from < behind
        and (share.valid_to is None or share.valid_to > first)
    ]
    return max(volumes, default=None)


def group_part(
    subscription: Subscription, customer: CustomerMonth, kind: str, terms: Terms
) -> GroupPart | None:
    """Its part in the group's bundle in which its national use of a month counts; None when it counts in one
    of its own. Of products that follow each other in the month the last says where, as it does for cdr."""
    first, behind = bounds(customer.month)
    there = [t for t in subscription.products if t.start < behind and (t.end is None or t.end > first)]
    bundle = PRODUCTS[there[-1].product].bundle(kind) if there else None
    line = customer.groups.get(f"{bundle.group}|{kind}") if bundle else None
    if bundle is None or line is None:
        return None
    code = f"{there[-1].product}.{kind}"
    return GroupPart(terms.bundle(code, bundle, max(first, there[-1].start)).volume, line)


def changed(subscription: Subscription, terms: Terms) -> MobileSubscriptionChanged:
    """What others are told of a subscription."""
    return MobileSubscriptionChanged(
        subscription_id=subscription.id,
        revision=subscription.revision,
        product=subscription.products[-1].product,
        active_from=subscription.active_from,
        ended_at=subscription.ended_at,
        label=subscription.label,
        numbers=tuple(
            SubscriptionNumber(number=t.number, valid_from=t.start, valid_to=t.end)
            for t in subscription.numbers
        ),
        bundles=shares(subscription, terms),
        modules=tuple(
            ModuleTold(module=t.module, valid_from=t.start, valid_to=t.end) for t in subscription.modules
        ),
        products=tuple(
            ProductTold(product=t.product, valid_from=t.start, valid_to=t.end) for t in subscription.products
        ),
    )


def _pieces(bundle: Bundle, code: str, module: str, term: Term, terms: Terms) -> Iterator[BundleShare]:
    """The bundle over the term, cut where what was agreed on becomes another."""
    cuts = [step.start for step in terms.steps if _inside(step.start, term)]
    start, current = term.start, terms.bundle(code, bundle, term.start)
    for cut in cuts:
        agreed = terms.bundle(code, bundle, cut)
        if agreed != current:
            yield _share(current, module, start, cut)
            start, current = cut, agreed
    if term.end is None or start < term.end:
        yield _share(current, module, start, term.end)


def _inside(moment: datetime, term: Term) -> bool:
    return term.start < moment and (term.end is None or moment < term.end)


def _share(bundle: Bundle, module: str, start: datetime, end: datetime | None) -> BundleShare:
    return BundleShare(
        kind=bundle.kind,
        types=bundle.types,
        volume=bundle.volume,
        valid_from=start,
        valid_to=end,
        group=bundle.group,
        module=module,
        unit=bundle.unit,
        rate=bundle.rate,
    )
