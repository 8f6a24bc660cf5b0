"""A desk on which plans change, and re-ratings of what it has booked, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.posting import Row
from services.cdr.domain.reference import PlanVersion, Versions
from services.cdr.domain.rerating import Change, Fate, Scope, Settled, Sums
from services.cdr.domain.terms import Terms, read_terms
from services.cdr.store.rerating import Turn
from services.cdr.usecases.rerating import book_changes, preview_customer
from tests.unit.cdr.books import ANNA, BERT, PLAN, Crash, Facts
from tests.unit.cdr.desk import Desk


def plan(version: str, rate: str, to_mobile: str = "0,09", also: str = "") -> PlanVersion:
    """The plan of the other tests with another price per minute to fixed and mobile numbers, and ``also``
    these lines."""
    text = (PLAN + also).replace(";0,02;", f";{rate};").replace(";0,09;", f";{to_mobile};")
    parsed = parse_plan(text.encode(), 4, version).plan
    assert parsed is not None
    return PlanVersion("default", date(2020, 1, 1), parsed)


class ChangingFacts(Facts):
    """Plans and terms that change while events come in."""

    def __init__(self) -> None:
        super().__init__()
        self.plan = plan("default 2020-01-01", "0,02")
        self.of: dict[str, Terms] = {}
        self.plans = 1

    def change(self, rate: str, to_mobile: str = "0,09", also: str = "") -> None:
        self.plans += 1
        self.plan = plan(f"default 2020-01-{self.plans:02d}", rate, to_mobile, also)

    def agree(self, customer: str, *lines: dict[str, str]) -> None:
        deviations, errors = read_terms(lines)
        assert deviations is not None, errors
        self.plans += 1
        self.of[customer] = Terms(f"terms-{self.plans}", deviations)

    def versions(self) -> Versions:
        known = super().versions()
        return Versions(known.owners, self.plans, known.closings)

    def plan_versions(self) -> Sequence[PlanVersion]:
        return [self.plan]

    def terms(self) -> Mapping[str, Terms]:
        return self.of


@dataclass
class MemoryPreviews:
    """Changes worked out, as store/rerating.py keeps them."""

    desk: Desk
    changes: dict[str, Change] = field(default_factory=dict)
    fates: dict[str, Settled] = field(default_factory=dict)

    def begin(self, turn: Turn, customer: str) -> None:
        self.changes = {key: c for key, c in self.changes.items() if c.customer != customer}

    def standing_rows(self, customer: str, scope: Scope) -> Iterator[Sequence[Row]]:
        newest: dict[str, Row] = {}
        for row in sorted(self.desk.store.rows.values(), key=lambda r: int(r["_id"].rpartition("|")[2])):
            newest[row["_id"].rpartition("|")[0]] = row
        seen = (r for r in newest.values() if not r.get("hidden"))
        yield [r for r in seen if r["customer"] == customer and r["period"] == scope.period]

    def keep(self, turn: Turn, changes: Sequence[tuple[Change, Row]]) -> None:
        self.changes |= {change.key: change for change, _ in changes}

    def end(self, turn: Turn, customer: str, sums: Sums) -> None:
        pass


class Rerating:
    """A preview of everything, and its booking, on a desk."""

    def __init__(self, desk: Desk, job: str = "job") -> None:
        self.desk, self.job = desk, job
        self.previews = MemoryPreviews(desk)

    def preview(self, *periods: int, **scope: Any) -> dict[str, Sums]:
        self.desk.reference.refresh()
        sums = {}
        for customer in (ANNA, BERT):
            for period in periods:
                one = MemoryPreviews(self.desk)
                turn = Turn(self.job, lambda session: None)
                sums[customer] = preview_customer(
                    turn, customer, Scope(period, **scope), one, self.desk.reference, lambda rows: None
                )
                self.previews.changes |= one.changes
        return sums

    def book(self, crash: str | None = None, size: int = 2) -> None:
        """Batch by batch; a crash in the first of them is followed by another process that goes on."""
        self.desk.store.crash = crash
        while waiting := [c for k, c in self.previews.changes.items() if k not in self.previews.fates]:
            written: list[Settled] = []
            try:
                self._batch(waiting[:size], written)
            except Crash:
                if crash == "before commit":
                    continue
            self.previews.fates |= {one.key: one for one in written}
        self.desk.store.crash = None

    def _batch(self, changes: Sequence[Change], written: list[Settled]) -> None:
        """``written`` is what the transaction would have written beside the rows."""

        def also(books: Any, settled: Sequence[Settled]) -> None:
            written[:] = settled

        book_changes(changes, self.job, self.desk.store, self.desk.reference, also)

    @property
    def told(self) -> list[tuple[Fate, int]]:
        return sorted((one.fate, one.difference) for one in self.previews.fates.values())
