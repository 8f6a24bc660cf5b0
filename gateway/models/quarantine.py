"""What waits in quarantine, as staff see it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from gateway.charts import Progress
from gateway.words import lazy_gettext as _l

DISCARDED = "discarded"
REASONS = {
    "unknown_owner": _l("Geen bekende eigenaar"),
    "no_rate": _l("Geen tarief voor de bestemming"),
    "schema": _l("Voldoet niet aan het schema"),
    "contradiction": _l("Spreekt een eerder bericht tegen"),
    "carrier": _l("Noemt een andere aanbieder"),
    "unreadable": _l("Niet te lezen"),
    "fault": _l("Fout bij ons"),
    DISCARDED: _l("Terzijde gelegd"),
}
SENTENCES = {
    "unknown_owner": _l("Het nummer dat betaalt hoort op het moment van bellen bij geen enkele klant."),
    "no_rate": _l("Het tariefplan heeft geen regel voor deze bestemming."),
    "schema": _l("De aanbieder stuurt iets wat niet in het afgesproken formaat past."),
    "contradiction": _l("Hetzelfde bericht met dezelfde revisie kwam eerder met een andere inhoud."),
    "carrier": _l("Het bericht noemt een andere aanbieder dan die het stuurde."),
    "unreadable": _l("Dit is geen JSON, of het is niet uit te pakken."),
    "fault": _l("Onze software kon dit bericht niet boeken."),
    DISCARDED: _l("Een medewerker heeft deze berichten terzijde gelegd. Zij blijven bewaard."),
}
MENDS = {
    "unknown_owner": _l(
        "Wijs het nummer toe aan zijn eigenaar, vanaf een moment vóór het oudste bericht. Daarna worden de"
        " berichten vanzelf verwerkt."
    ),
    "no_rate": _l(
        "Voeg een tariefregel toe in een nieuwe versie van het plan. Daarna worden de berichten vanzelf"
        " verwerkt."
    ),
    "schema": _l("Vraag de aanbieder het bericht goed te sturen, en leg dit bericht daarna terzijde."),
    "contradiction": _l("Vraag de aanbieder welke inhoud klopt. Een hogere revisie wint."),
    "carrier": _l("Vraag de aanbieder het bericht met de eigen naam te sturen."),
    "unreadable": _l("Vraag de aanbieder het bericht opnieuw te sturen."),
    "fault": _l("Probeer de berichten opnieuw zodra de fout is verholpen."),
}
_FIELDS = {"unknown_owner": "charged", "no_rate": "to", "carrier": "carrier", "contradiction": "revision"}
_LAST_FIELD = re.compile(r"\.?(\w+)(?:\[\d+\])?\Z")
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]+)`|key '([^']+)'")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Events that wait for the same mending."""

    reason: str
    carrier: str
    case: str = ""
    count: int
    oldest: datetime
    newest: datetime

    @property
    def title(self) -> str:
        return str(REASONS.get(self.reason, self.reason))


class Discarded(msgspec.Struct, frozen=True, kw_only=True):
    by: str | None = None
    at: datetime
    reason: str = ""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it was received."""

    id: str
    carrier: str
    reason: str
    sentence: str
    record: str | None = None
    number: str | None = None
    source: str
    received_at: datetime
    was: str | None = None
    discarded: Discarded | None = None

    def lines(self, case: str) -> Iterator[tuple[str, bool]]:
        """The event over several lines, each with whether it is the faulty one."""
        wrong = self._field(case)
        try:
            text = json.dumps(json.loads(self.source), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            text = self.source
        for line in text.splitlines() or [""]:
            yield line, bool(wrong) and line.strip().startswith(f'"{wrong}"')

    def _field(self, case: str) -> str:
        unknown = _UNKNOWN_FIELD.search(self.sentence)
        if self.reason in _FIELDS:
            return _FIELDS[self.reason]
        if unknown:
            return unknown[1] or unknown[2]
        found = _LAST_FIELD.search(case)
        return found[1] if found else ""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What trying the first ``tried`` events again would give; ``amount`` in euro ex VAT."""

    tried: int
    books: int
    amount: Decimal
    closed: int
    stays: dict[str, int] = {}

    @property
    def waiting(self) -> int:
        return sum(self.stays.values())


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a case's events."""

    total: int
    events: tuple[Waiting, ...]
    next: str | None = None
    trial: Trial | None = None


class ReplayResult(msgspec.Struct, frozen=True, kw_only=True):
    tried: int
    booked: int
    waiting: int


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A replay under way or done."""

    id: str
    state: str
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    result: ReplayResult | None = None
    error: str = ""

    @property
    def going(self) -> bool:
        return self.state in ("queued", "running")

    def progress(self, now: datetime) -> Progress:
        seconds = int((now - self.started_at).total_seconds()) if self.started_at else 0
        return Progress(self.done, self.total or None, seconds)
