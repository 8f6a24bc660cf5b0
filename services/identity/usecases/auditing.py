"""The audit log: what every service tells is kept, found again, and proved to be whole (ID-10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.identity.domain import audit
from services.identity.domain.audit import HOUSE, Head, Key, Sought
from services.identity.schemas.audit_replies import entry_reply, key_reply
from services.identity.schemas.replies import Reply
from services.identity.store import Store
from services.identity.usecases.checks import own_customer
from shared.acting import Acting
from shared.errors import NotFound
from shared.events import AuditRecorded, Envelope
from shared.logging import get_logger

log = get_logger(__name__)

ZONE = ZoneInfo("Europe/Amsterdam")
AT_A_TIME = 2_000
"""Entries that one call checks: a fraction of a second."""


def keep(store: Store, envelope: Envelope[AuditRecorded]) -> None:
    """Put an entry in the log, once. The log of this process says so too, on another machine."""
    content = audit.content_of(envelope)
    if store.audit.append(content):
        log.info("audit", chain=content["chain"], action=content["action"], event_id=envelope.event_id)


def entries(
    store: Store,
    acting: Acting,
    *,
    customer_id: str | None,
    first: date | None,
    last: date | None,
    who: str,
    what: str,
    query: str,
    after: Key | None,
    before: Key | None,
    limit: int,
) -> Reply:
    """A page of the log, newest first. ``next`` goes into ``after`` for older entries, ``newer`` into
    ``before``; each is null where there are none."""
    sought = Sought(
        chain=chain_for(store, acting, customer_id),
        first=_midnight(first) if first else None,
        end=_midnight(last + timedelta(days=1)) if last else None,
        who=who,
        what=what,
        query=query,
    )
    rows = store.audit.page(sought, limit + 1, after, before)
    more = len(rows) > limit
    rows = (rows[1:] if before else rows[:limit]) if more else rows
    older = more if not before else bool(rows)
    newer = more if before else bool(rows) and after is not None and _is_newer(store, sought, rows[0])
    return {
        "rows": [entry_reply(row, acting) for row in rows],
        "next": key_reply(rows[-1]) if rows and older else None,
        "newer": key_reply(rows[0]) if newer else None,
    }


def verify(
    store: Store, acting: Acting, *, customer_id: str | None, after: int, seq: int | None, hash: str
) -> Reply:
    """Check a chain from entry ``after`` on: the entries that are good so far, the first that is not, and
    where to go on (``next``; null at the end).

    ``seq`` and ``hash``: a head that was written down elsewhere must still stand in the chain.
    """
    chain = chain_for(store, acting, customer_id)
    head, behind, rows = store.audit.links(chain, after, AT_A_TIME)
    good, broken = audit.first_broken(rows, behind) if behind.seq == after else (Head(), after)
    at_end = len(rows) < AT_A_TIME
    if broken is None and at_end and good != head:
        broken = min(good.seq, head.seq) + 1 if good.seq != head.seq else good.seq
    if seq is not None and store.audit.hash_at(chain, seq) != hash:
        broken = min(broken or seq, seq)
    return {
        "entries": good.seq,
        "first_broken": broken,
        "next": None if at_end or broken else good.seq,
        "head": {"seq": head.seq, "hash": head.hash},
    }


def heads(store: Store, acting: Acting, *, after: str, limit: int) -> Reply:
    """The head of every chain, to be kept where nobody who can write in our database comes."""
    acting.require_staff()
    found = store.audit.heads(after, limit)
    rows = [
        {"customer_id": None if chain == HOUSE else chain, "seq": head.seq, "hash": head.hash}
        for chain, head in found
    ]
    return {"rows": rows, "next": found[-1][0] if len(found) == limit else None}


def chain_for(store: Store, acting: Acting, customer_id: str | None) -> str:
    """Whose log the acting person may see: user managers their own company's, the operator's people
    everybody's and that of the house, an ICT partner's people that of the partner and its customers.

    NotFound for somebody else's.
    """
    if acting.kind == "user":
        own = own_customer(acting)
        if customer_id not in (None, own):
            raise NotFound()
        return own
    if acting.kind == "staff" and acting.scope == "customer" and acting.customer_id:
        if customer_id not in (None, acting.customer_id):
            raise NotFound()
        return acting.customer_id
    partner = acting.require_console()
    if partner is None:
        return audit.chain_of(customer_id)
    _check_below(store, partner, customer_id)
    return customer_id or partner


def _check_below(store: Store, partner: str, customer_id: str | None) -> None:
    if customer_id in (None, partner):
        return
    customer = store.customer(customer_id or "")
    if customer is None or customer.parent_id != partner:
        raise NotFound()


def _is_newer(store: Store, sought: Sought, row: Reply) -> bool:
    return store.audit.any_newer(sought, Key(row["at"], row["seq"]))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)
