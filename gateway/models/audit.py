"""The audit log as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

import msgspec

from gateway.formatters import day_short, local
from gateway.models.audit_values import Difference, differences
from gateway.models.audit_words import WHAT, sentence
from gateway.words import gettext as _

Query = dict[str, str]


class AuditActor(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it. ``viewed_by``: staff who looked along as the customer."""

    kind: str
    scope: str = "none"
    username: str | None = None
    address: str = ""
    viewed_by: str = ""

    @property
    def name(self) -> str:
        """The person, as one would look for them."""
        if self.viewed_by:
            return _("namens u: %(name)s", name=self.viewed_by)
        if self.kind == "anonymous":
            return _("niet ingelogd")
        if self.kind == "service":
            return _("Tikker zelf")
        return self.username or _("onbekend")

    @property
    def role(self) -> str:
        """What kind of person, where it is not one of the customer's own."""
        if self.kind != "staff":
            return ""
        return _("ICT-partner") if self.scope == "partner" else _("beheerder")


class AuditSubject(msgspec.Struct, frozen=True, kw_only=True):
    """What it was done to."""

    kind: str
    id: str
    name: str


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log; ``before`` and ``after`` hold the fields that changed."""

    id: str
    seq: int
    at: datetime
    service: str
    action: str
    actor: AuditActor
    subject: AuditSubject
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    reason: str = ""

    @property
    def sentence(self) -> str:
        return sentence(self.action, self.subject.name)

    @property
    def differences(self) -> list[Difference]:
        return differences(self.before, self.after)


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first; ``next`` leads to older entries, ``newer`` to newer ones."""

    rows: tuple[AuditEntry, ...] = ()
    next: str | None = None
    newer: str | None = None

    @property
    def days(self) -> Iterator[tuple[date, list[AuditEntry]]]:
        """The rows by day on the Dutch clock."""
        for day, rows in groupby(self.rows, key=lambda row: local(row.at).date()):
            yield day, list(rows)


@dataclass(frozen=True)
class LogFilter:
    """A filter that is set, in words, and the query that is left without it."""

    words: str
    query: Query


@dataclass(frozen=True)
class LogSearch:
    """``first`` and ``last`` are days, both inclusive; ``what`` is a key of :data:`WHAT`."""

    first: date | None = None
    last: date | None = None
    who: str = ""
    what: str = ""
    query: str = ""
    after: str = ""
    before: str = ""

    def to_rpc(self) -> dict[str, Any]:
        """As identity's ``audit`` takes it."""
        asked: dict[str, Any] = {
            "from": self.first.isoformat() if self.first else None,
            "to": self.last.isoformat() if self.last else None,
            "who": self.who,
            "what": WHAT[self.what].code if self.what else None,
            "query": self.query,
            "after": self.after,
            "before": self.before,
        }
        return {name: value for name, value in asked.items() if value}

    def to_query(self) -> Query:
        """The query parameters that lead back to this search, at its beginning."""
        asked = {
            "vanaf": day_short(self.first) if self.first else "",
            "tot": day_short(self.last) if self.last else "",
            "wie": self.who,
            "wat": self.what,
            "zoek": self.query,
        }
        return {name: value for name, value in asked.items() if value}

    def anywhere(self) -> LogSearch:
        """The same search, at its beginning."""
        return replace(self, after="", before="")

    @property
    def at_beginning(self) -> bool:
        return not self.after and not self.before

    def older(self, key: str) -> Query:
        return self.to_query() | {"bladzijde": f"ouder-{key}"}

    def newer(self, key: str) -> Query:
        return self.to_query() | {"bladzijde": f"nieuwer-{key}"}

    @property
    def filters(self) -> list[LogFilter]:
        """What is set, each with the way to drop it."""
        words = {
            "vanaf": _("Vanaf %(day)s", day=day_short(self.first)) if self.first else "",
            "tot": _("Tot en met %(day)s", day=day_short(self.last)) if self.last else "",
            "wie": _("Wie: %(name)s", name=self.who),
            "wat": _("Wat: %(name)s", name=WHAT[self.what].label) if self.what else "",
            "zoek": _("Zoek: %(words)s", words=self.query),
        }
        query = self.to_query()
        return [
            LogFilter(words[name], {key: value for key, value in query.items() if key != name})
            for name in query
        ]
