"""What came of each seed, kept in a file so that many can be stopped and gone on with; and the report."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.report import Promise, Report

BACK_SECONDS = 15.0
NEVER = 9999.0
"""Written for what did not come back while we waited."""
SHOWN_FINDINGS = 20


@dataclass(frozen=True)
class Outcome:
    """What one fault did.

    ``back_s``: from when what was hurt accepted connections again until everybody was served again;
    ``gap_s``: the longest time in which somebody (``gap_of``) got nothing; ``errors``: what was not
    answered, by lane and kind; ``skipped``: why it was not done.
    """

    fault: str
    lost: int = 0
    doubled: int = 0
    back_s: float = 0.0
    gap_s: float = 0.0
    gap_of: str = ""
    errors: dict[str, int] = field(default_factory=dict)
    skipped: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Seed:
    """What came of one seed. ``findings``: sentences of what is wrong; ``figures``: how much was tried."""

    seed: int
    at: str
    seconds: float
    outcomes: tuple[Outcome, ...]
    lost: int
    doubled: int
    differs: int
    findings: tuple[str, ...]
    figures: dict[str, float | int]

    @property
    def back_s(self) -> float:
        return max((each.back_s for each in self.outcomes if not each.skipped), default=0.0)

    @property
    def gap_s(self) -> float:
        return max((each.gap_s for each in self.outcomes if not each.skipped), default=0.0)

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.differs) and self.back_s <= BACK_SECONDS

    def line(self) -> str:
        """All of it in one line."""
        done = sum(1 for each in self.outcomes if not each.skipped)
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return (
            f"seed {self.seed}: {verdict}; {done} faults, {self.figures.get('events', 0):,} events, "
            f"{self.lost} lost, {self.doubled} doubled, {self.differs} differ, back in {self.back_s:.1f} s, "
            f"longest gap {self.gap_s:.1f} s ({self.seconds:.0f} s, "
            f"load of the machine {self.figures.get('machine_load', 0):.0f})"
        )


class Kept:
    """The results of earlier seeds, in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[int, Seed]:
        """By seed; {} when there are none, or when nobody can read them."""
        try:
            return {row["seed"]: _seed(row) for row in json.loads(self._path.read_text())}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def add(self, result: Seed) -> None:
        """Whole or not at all: a run may be stopped at any moment."""
        known = self.read() | {result.seed: result}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps([asdict(known[seed]) for seed in sorted(known)], indent=1) + "\n")
        os.replace(fresh, self._path)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def missing(wanted: Iterable[int], known: dict[int, Seed]) -> list[int]:
    """The seeds that are still to be run, in order."""
    return [seed for seed in wanted if seed not in known]


def _seed(row: dict[str, Any]) -> Seed:
    outcomes = tuple(Outcome(**each) for each in row["outcomes"])
    return Seed(**{**row, "outcomes": outcomes, "findings": tuple(row["findings"])})


def table(result: Seed) -> str:
    """One line per fault, then what is wrong."""
    width = max((len(each.fault) for each in result.outcomes), default=0)
    head = f"{'fault':<{width}}  {'lost':>5} {'doubled':>7} {'longest gap':>22} {'back':>8}  not answered"
    lines = [head, *(_row(each, width) for each in result.outcomes)]
    lines += [f"  {text}" for text in result.findings[:SHOWN_FINDINGS]]
    more = len(result.findings) - SHOWN_FINDINGS
    return "\n".join([*lines, *([f"  and {more} more"] if more > 0 else [])])


def _row(each: Outcome, width: int) -> str:
    if each.skipped:
        return f"{each.fault:<{width}}  skipped: {each.skipped}"
    gap = f"{each.gap_s:.1f} s {each.gap_of}"
    errors = ", ".join(f"{what} {n}" for what, n in sorted(each.errors.items()))
    back = f"{each.back_s:.1f} s" if each.back_s < NEVER else "never"
    text = f"{each.fault:<{width}}  {each.lost:>5} {each.doubled:>7} {gap:>22} {back:>8}  {errors}"
    return f"{text} ({each.problem})" if each.problem else text


def report(results: Sequence[Seed]) -> Report:
    """Over all seeds."""
    found = Report("chaos")
    done = [each for result in results for each in result.outcomes if not each.skipped]
    found.figures["chaos.seeds"] = len(results)
    found.figures["chaos.faults"] = len(done)
    found.figures["chaos.skipped"] = sum(len(result.outcomes) for result in results) - len(done)
    found.figures["chaos.machine_load"] = max((r.figures.get("machine_load", 0) for r in results), default=0)
    for name in ("events", "messages", "commands", "invoices", "pages", "phone_files"):
        found.figures[f"chaos.{name}"] = sum(result.figures.get(name, 0) for result in results)
    found.figures["chaos.gap_s"] = max((result.gap_s for result in results), default=0.0)
    found.figures["chaos.seconds_per_seed"] = max(
        (round(result.seconds, 1) for result in results), default=0.0
    )
    for name in sorted({each.fault for each in done}):
        found.figures[f"chaos.{name}: back_s"] = max(e.back_s for e in done if e.fault == name)
        found.figures[f"chaos.{name}: gap_s"] = max(e.gap_s for e in done if e.fault == name)
    for name in ("lost", "doubled", "differs"):
        total = sum(int(getattr(result, name)) for result in results)
        found.promises.append(Promise(f"chaos.{name}", total, 0, least=False))
    back = max((result.back_s for result in results), default=0.0)
    found.promises.append(Promise("chaos.back_s", back, BACK_SECONDS, least=False))
    return found
