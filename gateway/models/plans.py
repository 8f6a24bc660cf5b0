"""Rate plans as staff see them: versions, lines, what differs, uploads, and who has which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.charts import Progress
from gateway.formatters import day_short, exact, number
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

KINDS = {"voice": _l("Gesprek"), "sms": _l("Sms"), "data": _l("Data")}
CHANGES = {"added": _l("nieuw"), "removed": _l("weg"), "changed": _l("gewijzigd")}
USES = {
    ("voice", "telephony"): _l("Bellen"),
    ("voice", "mobile"): _l("Bellen met een mobiel abonnement"),
    ("sms", "telephony"): _l("Sms sturen"),
}
FIELDS = {
    "destination": _l("Bestemming"),
    "type": _l("Gesprekstype"),
    "connect_fee": _l("Starttarief"),
    "rate": _l("Tarief"),
    "per": _l("Per"),
    "increment": _l("Blok"),
    "steps": _l("Stappen"),
    "minimum": _l("Minimum"),
    "maximum": _l("Maximum"),
}
OPEN_STATES = ("queued", "running")


class PlanVersion(msgspec.Struct, frozen=True, kw_only=True):
    """``counts``: calls of today are rated by it. ``lines`` is not known of old ones."""

    version: str
    name: str
    valid_from: date
    precision: int
    lines: int | None = None
    imported_at: datetime
    imported_by: str
    reason: str = ""
    file: str = ""
    counts: bool = False
    is_default: bool = False
    customers: int = 0


@dataclass(frozen=True)
class Plan:
    """The versions of one name, newest first."""

    name: str
    versions: tuple[PlanVersion, ...]

    @property
    def is_default(self) -> bool:
        return self.versions[0].is_default

    @property
    def customers(self) -> int:
        return self.versions[0].customers

    @property
    def counting(self) -> PlanVersion | None:
        return next((one for one in self.versions if one.counts), None)

    def before(self, version: str) -> str | None:
        """The version that this one followed."""
        names = [one.version for one in self.versions]
        place = names.index(version) + 1 if version in names else len(names)
        return names[place] if place < len(names) else None


def by_name(versions: Iterable[PlanVersion]) -> list[Plan]:
    """The standard plan first, the others by name."""
    found: dict[str, list[PlanVersion]] = {}
    for one in versions:
        found.setdefault(one.name, []).insert(0, one)
    plans = [Plan(name, tuple(inner)) for name, inner in found.items()]
    return sorted(plans, key=lambda plan: (not plan.is_default, plan.name.casefold()))


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A price from ``offset`` seconds (bytes, pieces) on; ``increment`` is ``60`` or ``60/6``."""

    offset: int
    rate: Decimal
    per: str
    increment: str

    @property
    def price(self) -> str:
        return exact(self.rate)

    @property
    def block(self) -> str:
        """Empty where it is billed as it is used."""
        return "" if self.increment == "1" else self.increment


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a version; ``line`` is where it stands in the file. Amounts in euro ex VAT."""

    line: int
    kind: str
    prefix: str
    destination: str
    type: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    days: str = ""
    begin: str = msgspec.field(name="from", default="")
    end: str = msgspec.field(name="to", default="")
    priority: int = 0
    connect_fee: Decimal
    steps: tuple[Step, ...]
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None
    counts: bool = False

    @property
    def kind_label(self) -> Any:
        return KINDS.get(self.kind, self.kind)

    @property
    def when(self) -> str:
        """``ma-vr 08:00–19:00, tot en met 31-12-2026``; empty for always."""
        times = f"{self.begin}–{self.end}" if self.begin or self.end else ""
        times = "" if times == "00:00–24:00" else times
        parts = [" ".join(part for part in (self.days, times) if part)]
        if self.valid_from:
            parts.append(_("vanaf %(day)s", day=day_short(self.valid_from)))
        if self.valid_to:
            parts.append(_("tot en met %(day)s", day=day_short(self.valid_to)))
        if self.priority:
            parts.append(_("prioriteit %(n)s", n=self.priority))
        return ", ".join(part for part in parts if part)

    @property
    def limits(self) -> str:
        """``minimaal 0,10, maximaal 20,00 per gesprek``; empty for none."""
        parts = []
        if self.minimum:
            parts.append(_("minimaal %(amount)s", amount=number(self.minimum, 2)))
        if self.maximum is not None:
            parts.append(_("maximaal %(amount)s", amount=number(self.maximum, 2)))
        return ", ".join(parts)

    def shown(self, field: str) -> str:
        """One of :data:`FIELDS` in words; of more steps the first, but for ``steps`` itself."""
        first, *more = self.steps
        if field == "steps":
            return "; ".join(f"{_('vanaf %(n)s', n=step.offset)} {step.price}" for step in more) or "–"
        if field in ("rate", "per", "increment"):
            return {"rate": first.price, "per": first.per, "increment": first.increment}[field]
        value = getattr(self, field)
        if isinstance(value, Decimal):
            return exact(value)
        return str(value or "–")


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What one does with a number, and the lines for it in the order in which they are tried."""

    kind: str
    product: str
    lines: tuple[Line, ...]

    @property
    def label(self) -> Any:
        return USES.get((self.kind, self.product), self.kind)


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a version's lines; ``party`` is the number that was typed, ``uses`` what counts for it."""

    total: int
    found: int
    party: str | None = None
    uses: tuple[Use, ...] = ()
    rows: tuple[Line, ...] = ()
    next: int | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is not the same in two versions; ``percentage`` is of its first price."""

    change: str
    before: Line | None = None
    after: Line | None = None
    fields: tuple[str, ...] = ()
    percentage: Decimal | None = None

    @property
    def line(self) -> Line:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def words(self) -> list[tuple[Any, str, str]]:
        """Of a changed line: each field with what it was and what it became."""
        one, other = self.before, self.after
        if one is None or other is None:
            return []
        return [(FIELDS.get(name, name), one.shown(name), other.shown(name)) for name in self.fields]

    @property
    def percents(self) -> str:
        """``+12,5 %``; empty where there is nothing to compare."""
        if self.percentage is None:
            return ""
        return f"{'+' if self.percentage > 0 else ''}{number(self.percentage, 1)} %"


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A page of differences, and how many there are of each kind."""

    counts: dict[str, int]
    same: int
    found: int
    rows: tuple[Difference, ...] = ()
    next: int | None = None


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """An error or warning about an upload: its line (0: the whole), the column, and what stood there."""

    line: int
    column: str | None = None
    problem: str
    advice: str
    value: str = ""


class Against(msgspec.Struct, frozen=True, kw_only=True):
    """How an upload differs from the version it follows."""

    version: str
    added: int
    removed: int
    changed: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of an upload found."""

    lines: int
    errors: tuple[Remark, ...] = ()
    errors_total: int = 0
    warnings: tuple[Remark, ...] = ()
    warnings_total: int = 0
    against: Against | None = None


class CheckJob(msgspec.Struct, frozen=True, kw_only=True):
    """The check while it goes on."""

    state: str
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    error: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An upload that is not a version yet."""

    id: str
    file: str
    size: int
    name: str
    valid_from: date
    precision: int
    by: str
    version: str
    at: datetime
    expires_at: datetime
    saved: str | None = None
    exists: bool = False
    job: CheckJob | None = None
    report: Report | None = None

    @property
    def going(self) -> bool:
        """Whether it is being checked."""
        return self.report is None and self.job is not None and self.job.state in OPEN_STATES

    @property
    def failed(self) -> str:
        """Why the check broke off; empty when it did not."""
        ended = self.job is not None and self.job.state not in (*OPEN_STATES, "done")
        return (self.job.error or _("Het nakijken is gestopt.")) if self.job and ended else ""

    def progress(self, now: datetime) -> Progress:
        job = self.job or CheckJob(state="queued")
        seconds = int((now - job.started_at).total_seconds()) if job.started_at else 0
        return Progress(job.done, job.total or None, seconds)


class PlanCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who was given a plan, with their own terms."""

    customer_id: str
    lines: tuple[dict[str, str], ...] = ()


class PlanCustomers(msgspec.Struct, frozen=True, kw_only=True):
    rows: tuple[PlanCustomer, ...] = ()
    next: str | None = None


class CustomerPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Which plan rates a customer; ``own``: it was given to them, else it is the standard one."""

    plan: str
    own: bool
    version: str | None = None
    lines: tuple[dict[str, str], ...] = ()
    revision: int = 0
