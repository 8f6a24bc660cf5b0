"""Whether a phone is registered, from what the SIP proxy tells in any order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

REGISTERED = "registered"
GONE_FOR = timedelta(days=2)
"""A contact that has been gone for so long is forgotten: what comes later about it is news."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """One address at which a phone has registered. ``since``: the first of its registrations in a row."""

    contact: str
    state: str
    at: datetime
    since: datetime
    cseq: int = 0
    expires_at: datetime | None = None
    agent: str = ""
    source: str = ""

    def is_live(self, now: datetime) -> bool:
        return self.state == REGISTERED and (self.expires_at is None or self.expires_at > now)

    @property
    def last_seen(self) -> datetime:
        """When it was last heard of: an expiry is not a sign of life."""
        if self.state == "expired":
            return min(self.expires_at or self.at, self.at)
        return self.at


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """Is it registered now, since when, and when was it last heard of."""

    registered: bool = False
    since: datetime | None = None
    last_seen: datetime | None = None
    agent: str = ""
    source: str = ""


def told(contacts: Iterable[Contact], news: Contact) -> tuple[Contact, ...]:
    """The contacts after an event. Of two about one contact the later holds, then the higher cseq."""
    known = {c.contact: c for c in contacts if c.contact == news.contact or news.at - c.at < GONE_FOR}
    old = known.get(news.contact)
    if old is not None and (old.at, old.cseq) >= (news.at, news.cseq):
        return tuple(known.values())
    if old is not None and old.is_live(news.at) and news.state == REGISTERED:
        news = msgspec.structs.replace(news, since=old.since)
    known[news.contact] = news
    return tuple(known.values())


def state_of(contacts: Iterable[Contact], now: datetime) -> Registration:
    """All contacts of a phone together."""
    found = sorted(contacts, key=lambda c: c.last_seen)
    live = [c for c in found if c.is_live(now)]
    if not found:
        return Registration()
    shown = (live or found)[-1]
    return Registration(
        registered=bool(live),
        since=min(c.since for c in live) if live else None,
        last_seen=found[-1].last_seen,
        agent=shown.agent,
        source=shown.source,
    )
