"""The lines of billing periods: worked out while a period is open, kept with it once it is closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bson.int64 import Int64
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.bundles import Bundle, Key, accounts_of
from services.cdr.domain.period_lines import Frozen, Held, Line, lines_of
from services.cdr.domain.periods import following
from services.cdr.store.bundles import BundleStore
from services.cdr.store.subscription_use import SubscriptionUseStore
from shared.mongo import Document

_FIELDS = ("period", "month", "label", "used", "allowance", "over", "above", "covered", "difference")


class PeriodLineStore:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self._bundles = BundleStore(db)
        self._uses = SubscriptionUseStore(db)

    def has_bundles(self, customer: str, session: ClientSession | None = None) -> bool:
        """Whether the customer has, or had, a mobile subscription."""
        return self._bundles.marks(customer, session) is not None

    def lines(self, customer: str, period: int, session: ClientSession | None = None) -> list[Line]:
        """What a period holds beside its rows; of an open one what it would hold if it closed now."""
        if session is not None:
            return self._lines(customer, period, session)
        if not self.has_bundles(customer):
            return []
        with self._db.client.start_session(snapshot=True) as snapshot:
            return self._lines(customer, period, snapshot)

    def _lines(self, customer: str, period: int, session: ClientSession) -> list[Line]:
        closed = _Closed.read(self._db, customer, session)
        if period <= closed.newest:
            return [line for line in closed.lines if line.period == period]
        return self._open_lines(customer, period, closed, session)

    def freeze(self, customer: str, period: int, session: ClientSession) -> list[Line]:
        """The lines of a period that closes now; from here on what changes in it, or in a month before it, is
        told in the period after."""
        if self._bundles.marks(customer, session) is None:
            return []
        closed = _Closed.read(self._db, customer, session)
        lines = self._lines_with(
            self._unsettled(customer, period, closed, session), customer, period, closed, session
        )
        self._bundles.settle(customer, session)
        return lines

    def _open_lines(self, customer: str, period: int, closed: _Closed, session: ClientSession) -> list[Line]:
        """Differences are told in the first open period."""
        first = bool(closed.newest) and period == following(closed.newest)
        unsettled = self._unsettled(customer, period, closed, session) if first else set()
        return self._lines_with(unsettled, customer, period, closed, session)

    def _lines_with(
        self, unsettled: set[int], customer: str, period: int, closed: _Closed, session: ClientSession
    ) -> list[Line]:
        months = sorted({period, *unsettled})
        known = self._bundles.known(customer, session)
        sums = self._uses.read([(customer, month) for month in months], session)
        now: dict[int, dict[Key, Bundle]] = {
            month: accounts_of(known.terms(month), sums[customer, month]) for month in months
        }
        return lines_of(period, now, closed.frozen, known.labels)

    def _unsettled(self, customer: str, period: int, closed: _Closed, session: ClientSession) -> set[int]:
        """The months in closed periods of which something else may be over now than those hold: use of them
        is booked since, up to a period, or a subscription changed."""
        late = self._uses.late_months(customer, closed.newest, period, session)
        since = (self._bundles.marks(customer, session) or {}).get("unsettled_from")
        if since is None:
            return late
        months = self._uses.months(customer, session) | set(closed.frozen)
        return late | {month for month in months if since <= month <= closed.newest}


@dataclass(frozen=True)
class _Closed:
    """The newest closed period (0 when there is none), and the lines of all closed ones."""

    newest: int
    lines: tuple[Line, ...]

    @classmethod
    def read(cls, db: Database[Document], customer: str, session: ClientSession) -> _Closed:
        found = list(db["periods"].find({"customer": customer}, {"period": 1, "lines": 1}, session=session))
        lines = tuple(from_document(line) for one in found for line in one.get("lines", ()))
        return cls(max((one["period"] for one in found), default=0), lines)

    @property
    def frozen(self) -> Frozen:
        held: dict[int, dict[Key, Held]] = defaultdict(dict)
        for line in self.lines:
            above, covered = held[line.month].get(line.key, Held())
            held[line.month][line.key] = Held(above + line.above, covered + line.covered)
        return held


def to_documents(lines: Iterable[Line]) -> list[Document]:
    """As they are kept in the document of a closed period."""
    return [{**{name: getattr(line, name) for name in _FIELDS}, "key": list(line.key)} for line in lines]


def from_document(document: dict[str, Any]) -> Line:
    # Whole numbers that need 64 bits come out as a class of the driver's own, which no message takes.
    values: dict[str, Any] = {name: document[name] for name in _FIELDS if name in document}
    if "amount" in document:  # closed before lines took back what bundles cover
        values |= {"above": document["amount"], "covered": 0}
    values = {name: int(value) if isinstance(value, Int64) else value for name, value in values.items()}
    return Line(key=Key(*document["key"]), **values)
