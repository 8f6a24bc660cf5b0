"""Telling others where the sums of subscriptions and bundles stand (``cdr.usage.rated.v1``).

Each message takes the next number of one document in the transaction that its sums are read in: two that
tell at once collide there, so of two lines about the same thing the later number is the later state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.bundles import Bundle, Key, Terms, Used, bundles_of, costs
from services.cdr.domain.periods import period_of, written
from services.cdr.store.bundles import BundleStore
from services.cdr.store.subscription_use import NONE, CustomerMonth, SubscriptionUseStore, Touched
from shared import outbox
from shared.events import BundleUse, SubscriptionUse, UsageRated, wrap
from shared.money import to_wire
from shared.mongo import Document

MOST_LINES = 500
"""Of one message: about 150 kB."""
SETTLING = timedelta(seconds=2)
"""Changes of subscriptions come in bursts: others hear of them together."""
CUSTOMERS_AT_ONCE = 20

Line = SubscriptionUse | BundleUse


class UsageRatedStore:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self._bundles = BundleStore(db)
        self._uses = SubscriptionUseStore(db)
        self._month = 0

    def fold(self, ledger: Sequence[Document], session: ClientSession) -> None:
        """Add ledger documents to the use of subscriptions, and tell what they touched."""
        touched = self._uses.add(ledger, session)
        if touched:
            self._tell(self._touched(touched, session), session)

    def tell_changed(self, now: datetime) -> int:
        """Tell of bundles that changed otherwise than by use, or began anew with the month; of how many
        customers."""
        month = period_of(now)
        if month != self._month:
            self._bundles.begin_month(month, now)
            self._month = month
        customers = self._bundles.unsent(now - SETTLING, CUSTOMERS_AT_ONCE)
        for customer in customers:
            self._tell_customer(customer, month)
        return len(customers)

    def _tell_customer(self, customer: str, current: int) -> None:
        marks = self._bundles.marks(customer) or {}
        if "unsent" not in marks:
            return
        gone = {Key(*key) for key in marks["unsent"].get("gone", ())}
        changed = frozenset(marks["unsent"].get("changed", ()))
        used = self._bundles.run(lambda session: self._uses.months(customer, session))
        for month in sorted(month for month in {*used, current} if month >= marks["unsent"]["from"]):
            tell = partial(self._tell_month, (customer, month), gone, changed)
            self._bundles.run(tell)
        self._bundles.sent(customer, marks["n"])

    def _tell_month(
        self, whose: CustomerMonth, gone: Iterable[Key], changed: AbstractSet[str], session: ClientSession
    ) -> None:
        """All bundles of a month, and what use of ``changed`` subscriptions costs now. What a subscription
        has no more counts as nothing."""
        sums = self._uses.read([whose], session, folded=True)[whose]
        terms = self._bundles.known(whose[0], session).terms(whose[1])
        told = {**dict.fromkeys(gone, Bundle()), **bundles_of(terms, sums)}
        lines: list[Line] = [
            _use(whose, terms, one, of, found)
            for one in sorted(changed & sums.keys())
            for of, found in sorted(sums[one].items())
        ]
        lines += (_bundle(*whose, key, told[key]) for key in sorted(told))
        self._tell(lines, session)

    def _touched(self, touched: Touched, session: ClientSession) -> list[Line]:
        sums = self._uses.read(list(touched), session, folded=True)
        lines: list[Line] = []
        for (customer, month), uses in touched.items():
            found = sums[customer, month]
            terms = self._bundles.known(customer, session).terms(month)
            for one, of in sorted(uses):
                lines.append(_use((customer, month), terms, one, of, found[one].get(of, NONE)))
            keys = {key for one, _ in uses for key in terms.keys_of(one)}
            if keys:
                bundles = bundles_of(terms, found)
                lines += (_bundle(customer, month, key, bundles[key]) for key in sorted(keys))
        return lines

    def _tell(self, lines: Iterable[Line], session: ClientSession) -> None:
        rest = iter(lines)
        while part := list(islice(rest, MOST_LINES)):
            event = UsageRated(
                sequence=self._next(session),
                subscriptions=tuple(one for one in part if isinstance(one, SubscriptionUse)),
                bundles=tuple(one for one in part if isinstance(one, BundleUse)),
            )
            outbox.add(self._db, session, wrap(event, None))

    def _next(self, session: ClientSession) -> int:
        counted: Document = self._db["reference"].find_one_and_update(  # type: ignore[assignment]
            {"_id": "usage_rated"},
            {"$inc": {"sequence": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return int(counted["sequence"])


def _use(
    whose: CustomerMonth, terms: Terms, subscription: str, call_type: str, sums: Used
) -> SubscriptionUse:
    events, seconds, volume, messages, *_ = sums
    return SubscriptionUse(
        customer_id=whose[0],
        subscription_id=subscription,
        month=written(whose[1]),
        type=call_type,
        events=events,
        seconds=seconds,
        bytes=volume,
        messages=messages,
        amount=to_wire(costs(terms, subscription, call_type, sums)),
    )


def _bundle(customer: str, month: int, key: Key, bundle: Bundle) -> BundleUse:
    return BundleUse(
        customer_id=customer,
        month=written(month),
        kind=key.kind,
        used=bundle.used,
        allowance=bundle.allowance,
        over=bundle.over,
        amount=to_wire(bundle.amount),
        group=key.group,
        subscription_id=key.subscription,
        module=key.module,
    )
