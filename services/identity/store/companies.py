"""The companies: customers, partners and the operator, as staff look for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pymongo import ASCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.identity.domain.customers import Customer, Kind
from services.identity.store.rows import customer_of
from shared.mongo import Document

INDEXES = {
    "customers": [
        IndexModel([("number", ASCENDING)], unique=True),
        # There is one operator, also when two processes start on an empty database.
        IndexModel([("kind", ASCENDING)], unique=True, partialFilterExpression={"kind": Kind.OPERATOR.value}),
        IndexModel([("parent_id", ASCENDING), ("number", ASCENDING)]),
    ]
}


@dataclass(frozen=True)
class Search:
    """Which companies: ``query`` is part of the name, or all of the number or the KvK number.

    ``partner_id``: only that partner's; ``after``: only higher numbers. Whose list it is (the operator,
    or the partner) is in it only when asked for by number or kind.
    """

    partner_id: str | None = None
    query: str = ""
    kind: Kind | None = None
    parent_id: str | None = None
    number: int | None = None
    after: int = 0


class CompanyBook:
    """Reads."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db

    def page(self, search: Search, limit: int) -> list[Customer]:
        """By number."""
        rows = self._db["customers"].find({"$and": _wanted(search)}).sort("number", ASCENDING).limit(limit)
        return [customer for row in rows if (customer := customer_of(row))]

    def ids_below(self, partner_id: str) -> list[str]:
        """The partner's own ID and those of its customers."""
        rows = self._db["customers"].find({"parent_id": partner_id}, {"_id": 1})
        return [partner_id, *(str(row["_id"]) for row in rows)]

    def names(self, ids: Iterable[str | None]) -> dict[str, str]:
        return names(self._db, ids)

    def users(self, ids: Iterable[str]) -> dict[str, int]:
        return users(self._db, ids)


def names(
    db: Database[Document], ids: Iterable[str | None], session: ClientSession | None = None
) -> dict[str, str]:
    """The name of each company by its ID."""
    rows = db["customers"].find({"_id": {"$in": [i for i in set(ids) if i]}}, {"name": 1}, session=session)
    return {row["_id"]: row["name"] for row in rows}


def users(db: Database[Document], ids: Iterable[str], session: ClientSession | None = None) -> dict[str, int]:
    """How many users each company has; one without is not there."""
    wanted = {"$match": {"customer_id": {"$in": list(ids)}}}
    each = {"$group": {"_id": "$customer_id", "users": {"$sum": 1}}}
    return {row["_id"]: row["users"] for row in db["users"].aggregate([wanted, each], session=session)}


def _wanted(search: Search) -> list[Document]:
    wanted: list[Document] = [{"number": {"$gt": search.after}}]
    asked_by_name = search.number is None and search.kind is None
    if search.partner_id:
        own = [] if asked_by_name else [{"_id": search.partner_id}]
        wanted.append({"$or": [{"parent_id": search.partner_id}, *own]})
    elif asked_by_name:
        wanted.append({"kind": {"$ne": Kind.OPERATOR.value}})
    if search.number is not None:
        wanted.append({"number": search.number})
    if search.kind is not None:
        wanted.append({"kind": search.kind.value})
    if search.parent_id:
        wanted.append({"parent_id": search.parent_id})
    if search.query:
        wanted.append({"$or": _containing(search.query)})
    return wanted


def _containing(query: str) -> list[Document]:
    found: list[Document] = [{"name_key": {"$regex": re.escape(query.casefold())}}]
    if query.isdecimal() and query.isascii():
        found += [{"kvk": query}, {"number": int(query)}]
    return found
