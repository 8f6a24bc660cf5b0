"""Reading what stands in the end: rows, quarantine, counters, charges, invoices, mails, dead letters."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chaos import ledger
from chaos.bed import Bed, Json
from chaos.commands import Desk
from chaos.ledger import Finding, Found, Ordered, Sums, Wrong
from chaos.scene import Scene
from chaos.traffic import Traffic
from cli.topology import EDGE_QUEUE, RESYNC_QUEUE, SERVICES

DONE = ("done", "failed", "cancelled")
MICRO = 1_000_000
POISON = "chaos-poison"
LETTERS = 1000
INVOICE = "invoice"
_KEPT = re.compile(
    rf"(\.dead|^dead|^unrouted|^rpc\.reply-.*|^{re.escape(EDGE_QUEUE)}|^{re.escape(RESYNC_QUEUE)})$"
)
"""Queues that need not be empty: what is buried, answers to whoever has gone, and what the SIP proxy would
tell and be told, which does not run here. Delays must be."""


_DEAD = re.compile(r"(^|\.)dead$")


@dataclass(frozen=True)
class Books:
    """What one seed has left behind. ``began``: when it did; ``run_id``: its run of invoices, if any;
    ``poison``: messages between services that nobody can read."""

    bed: Bed
    scene: Scene
    traffic: Traffic
    desk: Desk
    began: datetime
    run_id: str = ""
    poison: tuple[str, ...] = ()

    def pending(self) -> str:
        """What is not done yet; "" when all queues, outboxes and the ledger are empty. May raise OSError or
        PyMongoError while something is away."""
        ingest = self.bed.queues(self.bed.house.ingest_vhost)
        portal = self.bed.queues(self.bed.house.portal_vhost)
        waiting = {name: n for name, n in portal.items() if n and not _KEPT.search(name)}
        waiting |= {"usage": ingest["usage"]} if ingest.get("usage") else {}
        for service in SERVICES:
            unsent = self.bed.database(service)["outbox"].count_documents({"waiting": True})
            waiting |= {f"outbox of {service}": unsent} if unsent else {}
        unfolded = self.bed.database("cdr")["ledger"].count_documents({})
        waiting |= {"ledger": unfolded} if unfolded else {}
        if self.run_id and not self._run_ended():
            waiting["the run of invoices"] = 1
        return ", ".join(f"{name}: {n}" for name, n in waiting.items())

    def findings(self) -> list[Finding]:
        """Every difference between what was sent and what stands."""
        sent = self.traffic
        found = self._usage()
        return [
            *ledger.usage(sent.good, sent.bad, sent.bombs, sent.empty, found),
            *ledger.commands(self._orders("charge"), self._charges()),
            *ledger.commands(self._orders("subscription"), self._subscriptions()),
            *ledger.numbers(self._places()),
            *(self._invoices() if self.run_id else ()),
            *self._dead_letters(),
        ]

    def _usage(self) -> Found:
        found, ids = Found(), [company.id for company in self.scene.companies]
        rows = self.bed.database("cdr")["usage"].find(
            {"customer": {"$in": ids}}, {"sign": 1, "amount": 1, "customer": 1}
        )
        found.booked = dict.fromkeys(range(len(ids)), Sums())
        for row in rows:
            mark, customer = row["_id"].split("|")[1], ids.index(row["customer"])
            found.rows[mark] = found.rows.get(mark, Sums()).plus(row["sign"], row["amount"])
            found.booked[customer] = found.booked[customer].plus(row["sign"], row["amount"])
        found.counters = {n: self._totals(customer_id) for n, customer_id in enumerate(ids)}
        self._quarantine(found)
        return found

    def _totals(self, customer_id: str) -> Sums:
        last = (self.scene.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        span = {"from": self.scene.month.isoformat(), "to": last.isoformat()}
        total = self.desk.call("cdr", "totals_of", customer_id=customer_id, selection=span)["total"]
        return Sums(total["calls"], int(Decimal(total["amount"]) * MICRO))

    def _quarantine(self, found: Found) -> None:
        for document in self.bed.database("cdr")["quarantine"].find():
            source, mark = bytes(document["source"]), self.traffic.mark_in(bytes(document["source"]))
            if mark:
                found.quarantine[mark, document["reason"]] += 1
            elif not source:
                found.empty += 1
            elif document["reason"] == "unreadable" and document["received_at"] >= self.began:
                found.unreadable += 1

    def _orders(self, kind: str) -> list[Ordered]:
        return [
            Ordered(order.name, order.window, bool(order.answers), order.differs, order.refused)
            for order in self.desk.orders
            if order.kind == kind
        ]

    def _charges(self) -> dict[str, Counter[str]]:
        names = {"description": {"$in": [order.name for order in self.desk.orders]}}
        rows = list(self.bed.database("invoicing")["charges"].find(names, {"description": 1}))
        ids = {row["_id"]: row["description"] for row in rows}
        return {
            "in the charges": Counter(ids.values()),
            "in the audit log": self._audited(ids, "charge.added"),
        }

    def _subscriptions(self) -> dict[str, Counter[str]]:
        """Where they are made, and with whom hears of them by an event."""
        names = {"label": {"$in": [order.name for order in self.desk.orders]}}
        ids = {row["_id"]: row["label"] for row in self.bed.database("mobile")["subscriptions"].find(names)}
        effects = {
            "in mobile": Counter(ids.values()),
            "in the audit log": self._audited(ids, "subscription.created"),
        }
        for service in ("cdr", "invoicing"):
            known = self.bed.database(service)["subscriptions"].find({"_id": {"$in": list(ids)}}, {"_id": 1})
            effects[f"with {service}"] = Counter(ids[row["_id"]] for row in known)
        return effects

    def _audited(self, ids: dict[str, str], action: str) -> Counter[str]:
        wanted = {"subject.id": {"$in": list(ids)}, "action": action}
        rows = self.bed.database("identity_audit")["audit"].find(wanted, {"subject.id": 1})
        return Counter(ids[row["subject"]["id"]] for row in rows)

    def _places(self) -> dict[str, list[int]]:
        given: dict[str, list[int]] = defaultdict(list)
        for row in self.bed.database("invoicing")["invoices"].find({}, {"document": 0}):
            given[f"{row['series']} {row['year']}"].append(row["place"])
        return given

    def _run_ended(self) -> bool:
        row = self.bed.database("invoicing")["jobs"].find_one({"_id": self.run_id}, {"state": 1})
        return row is None or row["state"] in DONE

    def _invoices(self) -> list[Finding]:
        """One per customer; one mail each; and what it says of usage is the sum of the rows of that month."""
        names = {company.id: company.name for company in self.scene.companies}
        wanted = {"customer_id": {"$in": list(names)}}
        rows = list(self.bed.database("invoicing")["invoices"].find({**wanted, "kind": "invoice"}))
        mails = self.bed.database("identity")["mails"].find({**wanted, "letter": INVOICE})
        return [
            *ledger.once_each(
                "the invoice of", names.values(), Counter(names[row["customer_id"]] for row in rows)
            ),
            *ledger.once_each("the mail to", names.values(), Counter(names[m["customer_id"]] for m in mails)),
            *ledger.at_most_once("delivered mail", self._delivered()),
            *(each for row in rows for each in self._invoiced(row, names[row["customer_id"]])),
            *self._held_up(),
        ]

    def _held_up(self) -> list[Finding]:
        """Why somebody got no invoice, or no files with it."""
        rows = self.bed.database("invoicing")["run_rows"].find({"run_id": self.run_id})
        strange = [row for row in rows if row["state"] not in ("issued", "done", "already")]
        return [
            Finding(Wrong.DIFFERS, f"{row['name']} is {row['state']}: {row['sentence']}") for row in strange
        ]

    def _invoiced(self, row: Json, name: str) -> list[Finding]:
        lines = json.loads(row["document"])["lines"]
        said = sum((Decimal(line["net"]) for line in lines if line["group"] == "usage"), Decimal(0))
        period = int(f"{self.scene.month:%Y%m}")
        wanted = {"customer": row["customer_id"], "period": period}
        amounts = self.bed.database("cdr")["usage"].find(wanted, {"amount": 1})
        micro = sum(int(each["amount"]) for each in amounts)
        cents = (2 * micro + 10_000) // 20_000
        if int(said * 100) == cents:
            return []
        return [Finding(Wrong.DIFFERS, f"the invoice of {name} says {said} of usage, its rows {cents} cents")]

    def _delivered(self) -> Counter[str]:
        """How often the mail server took each mail of this seed."""
        there: Counter[str] = Counter()
        for path in Path(self.bed.house.mail).glob("*.eml"):
            mail: Message = message_from_bytes(path.read_bytes())
            if f"voorbeeld-{self.traffic.seed}-" in str(mail["X-Envelope-To"]):
                there[str(mail["Message-ID"])] += 1
        return there

    def _dead_letters(self) -> list[Finding]:
        """Nothing is buried but what we poisoned, and calls that expired as their callers had given up."""
        findings, missing = [], set(self.poison)
        for vhost in (self.bed.house.portal_vhost, self.bed.house.ingest_vhost):
            for queue, n in self.bed.queues(vhost).items():
                letters = self._letters(vhost, queue) if n and _DEAD.search(queue) else ()
                missing -= {letter["payload"] for letter in letters}
                strange = [letter for letter in letters if not _is_explained(letter)]
                findings += [Finding(Wrong.LOST, f"buried in {queue}: {_told(letter)}") for letter in strange]
        return findings + [Finding(Wrong.LOST, f"{each} is not in the dead letters") for each in missing]

    def _letters(self, vhost: str, queue: str) -> Sequence[Json]:
        path = f"/queues/{quote(vhost, safe='')}/{quote(queue, safe='')}/get"
        asked = {"count": LETTERS, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": 2000}
        letters: Sequence[Json] = self.bed.api("POST", path, asked)
        return letters


def _is_explained(letter: dict[str, Any]) -> bool:
    headers = letter.get("properties", {}).get("headers", {})
    return POISON in letter["payload"] or headers.get("x-first-death-reason") == "expired"


def _told(letter: dict[str, Any]) -> str:
    reason = letter.get("properties", {}).get("headers", {}).get("tikker.reason", "")
    return f"{reason} {letter['payload'][:120]}"
