"""Mobile rows of before there were bundles get their subscription, and count in what it used.

Only those in open periods: a month that was closed without lines stays as it was invoiced. It is done when a
process starts, once; some rows at a time, each lot in one transaction with the sums to fold.
"""

from __future__ import annotations

from collections.abc import Iterator

from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.calendar import calendar
from services.cdr.domain.posting import Deltas
from services.cdr.store.usage import ledger_document
from shared.mongo import Document, transact

AT_ONCE = 500
_DONE = {"_id": "rows_have_subscriptions"}


def give_subscriptions(db: Database[Document]) -> int:
    """How many rows got theirs."""
    if db["reference"].find_one(_DONE):
        return 0
    given = 0
    for query, subscription in _terms(db):
        while some := transact(db, lambda session, q=query, s=subscription: _give(db, q, s, session)):  # type: ignore[misc]
            given += some
    db["reference"].update_one(_DONE, {"$set": {"rows": given}}, upsert=True)
    return given


def _terms(db: Database[Document]) -> Iterator[tuple[Document, str]]:
    """(the rows of a number while a subscription had it, the subscription)."""
    for owner in list(db["owners"].find({"product": "mobile"})):
        closed = db["periods"].find({"customer": owner["customer"]}, {"period": 1})
        head = {
            "customer": owner["customer"],
            "period": {"$gt": max((one["period"] for one in closed), default=0)},
            "product": "mobile",
            "subscription": {"$exists": False},
        }
        for term in owner["numbers"]:
            start = {"$gte": term["valid_from"]}
            if term["valid_to"]:
                start["$lt"] = term["valid_to"]
            yield {**head, "number": term["number"], "start": start}, owner["_id"].partition(":")[2]


def _give(db: Database[Document], query: Document, subscription: str, session: ClientSession) -> int:
    rows = list(db["usage"].find(query, session=session).limit(AT_ONCE))
    if rows:
        deltas = Deltas()
        for row in rows:
            deltas.add({**row, "subscription": subscription}, calendar(int(row["start"].timestamp()))[0])
        counted = Deltas(uses=deltas.uses)
        db["usage"].update_many(
            {"_id": {"$in": [row["_id"] for row in rows]}},
            {"$set": {"subscription": subscription}},
            session=session,
        )
        db["ledger"].insert_one(ledger_document("old-rows", counted), session=session)
    return len(rows)
