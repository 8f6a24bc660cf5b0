"""Telephones: whose each SIP user is (as provisioning tells), and where it is registered (as the proxy
tells). One document per SIP user with both halves, each of which may come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel, UpdateOne

from services.pbx.store.base import Reading, Transaction
from shared import outbox
from shared.events import RegistrationChanged, wrap
from shared.mongo import Document

INDEXES = {"phones": [IndexModel([("customer_id", ASCENDING)])]}
GRACE = timedelta(hours=1)
"""The proxy tells when a registration ends. Should it not, so long after its end it is believed no more."""


@dataclass(frozen=True)
class Phone:
    """``owner``: ``user:ID``, ``line:ID`` or ``""``."""

    sip_user: str
    customer_id: str
    owner: str
    registered: bool


@dataclass(frozen=True)
class Registration:
    """What the proxy knows of a SIP user since ``at``; ``state``: registered, unregistered, expired."""

    sip_user: str
    state: str
    at: datetime
    contact: str = ""
    expires_at: datetime | None = None
    user_agent: str = ""
    source: str = ""
    call_id: str = ""
    cseq: int = 0


class PhoneChanges(Transaction):
    """What events do with telephones."""

    def place_phone(
        self, sip_user: str, customer_id: str, device_id: str, owner: str, revision: int, deleted: bool
    ) -> bool:
        """Whose a SIP user is, unless we know that of a later revision; whether it was news."""
        row = self._db["phones"].find_one({"_id": sip_user}, session=self._session) or {}
        if row.get("revision", 0) >= revision:
            return False
        half = {
            "customer_id": None if deleted else customer_id,
            "device_id": device_id,
            "owner": "" if deleted else owner,
            "revision": revision,
        }
        wanted = {"_id": sip_user}
        self._db["phones"].update_one(wanted, {"$set": half}, upsert=True, session=self._session)
        return True

    def device_of(self, customer_id: str, owner: str) -> str | None:
        """The ID of a device of ``user:ID`` or ``line:ID``; None when there is none."""
        wanted = {"customer_id": customer_id, "owner": owner}
        row = self._db["phones"].find_one(wanted, sort=[("_id", ASCENDING)], session=self._session)
        return str(row["device_id"]) if row else None

    def registered(self, found: Sequence[Registration]) -> list[Registration]:
        """Keep what is later than what we know; those that were."""
        known = {
            row["_id"]: row
            for row in self._db["phones"].find(
                {"_id": {"$in": [r.sip_user for r in found]}}, session=self._session
            )
        }
        news: dict[str, Registration] = {}
        told: list[Registration] = []
        for registration in sorted(found, key=lambda r: (r.at, r.cseq)):
            row = known.get(registration.sip_user, {})
            before = news.get(registration.sip_user)
            at = before.at if before else row.get("seen_at")
            contact = before.contact if before else row.get("contact", "")
            if at is not None and at > registration.at:
                continue
            if registration.state == "expired" and registration.contact != contact:
                continue  # an old contact of a telephone that has moved on
            news[registration.sip_user] = registration
            told.append(registration)
        if news:
            self._db["phones"].bulk_write(
                [UpdateOne({"_id": r.sip_user}, {"$set": _half(r)}, upsert=True) for r in news.values()],
                ordered=False,
                session=self._session,
            )
        return told

    def tell_registrations(self, found: Sequence[Registration]) -> None:
        """Queue an event for each; the moment is the proxy's."""
        events = [wrap(_event(registration), None, registration.at) for registration in found]
        if events:
            outbox.add(self._db, self._session, *events)


class PhoneReads(Reading):
    """What is asked about telephones."""

    def phone(self, sip_user: str, now: datetime) -> Phone | None:
        row = self._db["phones"].find_one({"_id": sip_user, "customer_id": {"$type": "string"}})
        return _phone(row, now) if row else None

    def phones_of(self, customer_id: str, now: datetime) -> list[Phone]:
        rows = self._db["phones"].find({"customer_id": customer_id}).sort("_id", ASCENDING)
        return [_phone(row, now) for row in rows]


def _event(registration: Registration) -> RegistrationChanged:
    return RegistrationChanged(
        sip_user=registration.sip_user,
        state=registration.state,
        contact=registration.contact,
        expires_at=registration.expires_at,
        user_agent=registration.user_agent,
        source=registration.source,
        call_id=registration.call_id,
        cseq=registration.cseq,
    )


def _half(registration: Registration) -> Document:
    return {
        "state": registration.state,
        "seen_at": registration.at,
        "contact": registration.contact,
        "expires_at": registration.expires_at,
        "user_agent": registration.user_agent,
        "source": registration.source,
    }


def _phone(row: Document, now: datetime) -> Phone:
    until = row.get("expires_at")
    there = row.get("state") == "registered" and until is not None and until + GRACE > now
    return Phone(row["_id"], row["customer_id"], row["owner"], there)
