"""The processes of cdr on a real broker and database, with carriers, owners of numbers and users."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database

from shared.acting import Acting
from shared.events import Event, MobileSubscriptionChanged, PbxNumberChanged, SubscriptionNumber, encode, wrap
from shared.ids import new_id
from shared.publisher import Message, Publisher
from shared.rpc_client import RpcClient
from tests.support.processes import Process, until

Json = dict[str, Any]

MOST_PAGES = 100
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NATIONAL, MOBILE, FREE, BELGIAN = "+31850003000", "+31600123456", "+318000000", "+3220000012"
BRITISH = "+442079460000"  # the plan has no price for it
STAFF = Acting(kind="staff", scope="operator", username="test", correlation_id="from-a-test")

PLAN = """soort;prefix;bestemming;gesprekstype;tarief;per;starttarief
gesprek;+31;Nederland;;0,0213;min;0,03
gesprek;+3160;Nederland mobiel;mobile;0,0897;min;0,03
gesprek;+31800;Gratis;;0;min;0
gesprek;+32;België;;0,05;min;0
gesprek;in:;Inkomend;;0;min;0
gesprek;fwd:;Doorgeschakeld;;0,01;min;0
gesprek;ext:;Intern;;0;min;0
sms;+31;Sms;;0,0601;stuk;0
sms;alpha:;Sms;;0,0601;stuk;0
data;data:national;Data Nederland;;0,0123;MB;0
data;data:eu;Data EU;;0,0123;MB;0
"""

_serial = itertools.count(random.randrange(1000, 2000))


def event(record: str, **fields: Any) -> Json:
    """A voice event of one minute to a fixed number; ``from_`` stands for ``from``."""
    base: Json = {"record": record, "kind": "voice", "to": NATIONAL, "duration": 60}
    base |= {name.rstrip("_"): value for name, value in fields.items()}
    if base["kind"] != "voice":
        base.pop("duration")
    if base["kind"] == "data":
        base.pop("to")
    elif "from" not in base:
        base["from"] = base["charged"]
    start = base["start"]
    return base | {"start": start.isoformat() if isinstance(start, datetime) else start}


@dataclass
class Cdr:
    """``rpc`` as staff; events through the broker; a look into the database."""

    portal: Publisher
    carriers: Publisher
    gateway: RpcClient
    cli: RpcClient
    database: Database[Json]
    portal_uri: str
    ingest_uri: str
    processes: dict[str, Process]
    _marker: Customer | None = None
    _sent: int = 0

    def staff(self, method: str, **fields: Any) -> Any:
        return self.cli.call("cdr", method, STAFF, **fields)

    def customer(self, *numbers: str, product: str = "telephony") -> Customer:
        """A new customer, who owns the numbers (one of their own when none are given)."""
        made = Customer(self)
        for number in numbers or (fixed_number(),):
            made.gets(number, product)
        return made

    def tell(self, customer_id: str, change: Event) -> None:
        """An ownership event, as pbx and mobile publish them."""
        body = encode(wrap(change, customer_id))
        self.portal.publish([Message(change.exchange(), change.name, body)])

    def send(self, *events: Json, carrier: str = "vasco", pack: int = 200) -> None:
        """Hand over events as a carrier does."""
        piles = [events[start : start + pack] for start in range(0, len(events), pack)]
        self.send_bodies([json.dumps({"events": pile}).encode() for pile in piles], carrier)
        self._sent += len(events)

    def send_bodies(self, bodies: Sequence[bytes], carrier: str = "vasco", **properties: Any) -> None:
        self.carriers.publish(
            [Message(f"carrier.{carrier}", "usage.v1", body, properties=properties) for body in bodies]
        )

    def settle(self) -> None:
        """Return when everything handed over so far has been booked.

        A batch that is not full waits for those before it, so the marker in such a batch is the last;
        the first marker may have been in a full one.
        """
        for _ in range(2 if self._sent > 1000 else 1):
            record = f"marker-{new_id()}"
            self._marker = self._marker or self.customer()
            self.send(self._marker.call(record))
            until(lambda r=record: self.database["usage"].find_one({"_id": f"vasco|{r}|0"}), what="booking")  # type: ignore[misc]
        self._sent = 0

    def quarantined(self, record: str) -> Json | None:
        """What the quarantine holds of a record."""
        found = self.database["quarantine"].find_one({"record": record})
        return dict(found) if found else None

    def rows(self, record: str, carrier: str = "vasco") -> list[Json]:
        """A record's rows in the order in which they were booked."""
        found = self.database["usage"].find({"_id": {"$regex": f"^{carrier}[|]{record}[|]"}})
        return sorted(found, key=lambda row: int(row["_id"].rpartition("|")[2]))


def fixed_number() -> str:
    """A number that no other test has."""
    return f"+3185000{next(_serial) % 10_000:04d}"


def mobile_number() -> str:
    return f"+31600{next(_serial) % 1_000_000:06d}"


@dataclass
class Customer:
    """A customer with numbers, and a user of theirs who asks."""

    cdr: Cdr
    id: str = field(default_factory=new_id)
    numbers: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        return self.numbers[0]

    def gets(
        self,
        number: str,
        product: str = "telephony",
        begin: datetime = LONG_AGO,
        end: datetime | None = None,
    ) -> None:
        """The number is theirs from ``begin`` on; returns when cdr knows."""
        identity = new_id()
        if product == "telephony":
            source = f"pbx:{identity}"
            change: Event = PbxNumberChanged(
                assignment_id=identity, revision=1, number=number, valid_from=begin, valid_to=end
            )
        else:
            source = f"mobile:{identity}"
            owned = SubscriptionNumber(number=number, valid_from=begin, valid_to=end)
            change = MobileSubscriptionChanged(
                subscription_id=identity,
                revision=1,
                product="zakelijk_mobiel",
                active_from=begin,
                numbers=(owned,),
            )
        self.cdr.tell(self.id, change)
        until(lambda: self.cdr.database["owners"].find_one({"_id": source}), what="the owner to be known")
        self.numbers.append(number)

    def call(self, record: str, **fields: Any) -> Json:
        """An event that this customer's first number pays, now."""
        return event(record, **{"charged": self.number, "start": datetime.now(UTC), **fields})

    def ask(self, method: str, **fields: Any) -> Any:
        acting = Acting(kind="user", scope="customer", customer_id=self.id, user_id="u" * 32)
        return self.cdr.gateway.call("cdr", method, acting, **fields)

    def totals(self, by: str = "total", **selection: Any) -> Json:
        return dict(self.ask("totals", by=by, selection=selection))

    def total(self, **selection: Any) -> tuple[int, int, str]:
        """(calls, seconds, amount) of a selection."""
        total = self.totals(**selection)["total"]
        return total["calls"], total["duration"], total["amount"]

    def details(self, selection: Json | None = None, **fields: Any) -> Json:
        return dict(self.ask("details", selection=selection or {}, **fields))

    def walk(
        self, selection: Json, direction: str = "older", cursor: Any = None, **fields: Any
    ) -> Iterator[Json]:
        """Page after page from ``cursor`` on (None: from the newest row)."""
        for _ in range(MOST_PAGES):
            page = self.details(selection, cursor=cursor, **fields)
            yield page
            cursor = page[direction]
            if cursor is None:
                return
        raise AssertionError(f"more than {MOST_PAGES} pages")

    def pages(self, selection: Json, **fields: Any) -> Iterator[list[Json]]:
        """The rows of every page from the newest on."""
        return (page["rows"] for page in self.walk(selection, **fields))

    def close(self, period: str) -> Json:
        return dict(self.cdr.staff("close_period", customer_id=self.id, period=period))
