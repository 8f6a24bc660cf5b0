"""Every benchmark one after the other, each as a command of its own, and one table of all promises."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.portal import ROOT

Arguments = Sequence[str]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Bench:
    """``size``: the option that says how much; ``quick``: its value for a run of some minutes in all, where
    the command's own default is that of the promise."""

    name: str
    size: str = ""
    quick: int = 0
    more: Arguments = ()
    """What else is told in a quick run."""
    group: str = "bench"
    """The command that it is under; empty: it is one by itself."""


ALL = (
    Bench("ingest", "events", 20_000),
    Bench("totals", "rows", 100_000),
    Bench("details", "rows", 100_000),
    Bench("export", "rows", 100_000),
    Bench("routing", "plans", 2_000),
    Bench("route"),
    Bench("media", "seconds", 1),
    Bench("provisioning", "phones", 500),
    Bench("invoice", "invoices", 120, ("--long", "1")),
    Bench("mobile", "subscriptions", 500),
    Bench("pages", "seconds", 30, ("--users", "20")),
    Bench("rolling"),
    Bench("chaos", "seeds", 1, group=""),
)
NAMES = tuple(bench.name for bench in ALL)
SIZED = tuple(bench.name for bench in ALL if bench.size)


@dataclass
class Outcome:
    """The promises of one benchmark as its ``--json`` tells them; ``problem``: why there are none."""

    bench: str
    promises: list[Mapping[str, Any]] = field(default_factory=list)
    problem: str = ""

    @property
    def holds(self) -> bool:
        return not self.problem and all(promise["holds"] for promise in self.promises)


def arguments(bench: Bench, quick: bool, sizes: Mapping[str, int]) -> list[str]:
    """What its command is told: a size that was given goes before a quick one."""
    given = sizes.get(bench.name, bench.quick if quick and bench.size else None)
    sized = [f"--{bench.size}", str(given)] if given is not None else []
    return [bench.name, "--json", *sized, *(bench.more if quick else ())]


def outcome(bench: str, output: str, code: int, errors: str) -> Outcome:
    """What a command that has ended says."""
    try:
        return Outcome(bench, json.loads(output)["promises"])
    except (ValueError, KeyError, TypeError):
        last = (errors.strip() or "it said nothing").splitlines()[-1]
        return Outcome(bench, problem=f"ended with {code}: {last[:200]}")


def run(quick: bool, sizes: Mapping[str, int], say: Say) -> list[Outcome]:
    """All of them, in order; one that fails leaves the others."""
    found = []
    for bench in ALL:
        told = arguments(bench, quick, sizes)
        words = [*([bench.group] if bench.group else []), *told]
        say(" ".join(words))
        command = [sys.executable, "-m", "cli", *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        found.append(outcome(bench.name, done.stdout, done.returncode, done.stderr))
    return found


def to_json(found: Sequence[Outcome]) -> str:
    document = {
        "bench": "all",
        "holds": all(each.holds for each in found),
        "promises": [{"bench": each.bench, **promise} for each in found for promise in each.promises],
        "problems": {each.bench: each.problem for each in found if each.problem},
    }
    return json.dumps(document, indent=2)


def to_text(found: Sequence[Outcome]) -> str:
    """One line per promise; at the end how many do not hold."""
    rows = [
        (each.bench, p["name"], f"{p['value']:,}", f"{p['limit']:,}", "yes" if p["holds"] else "NO")
        for each in found
        for p in each.promises
    ]
    table = [("bench", "figure", "is", "promised", "holds"), *rows]
    widths = [max(len(row[column]) for row in table) for column in range(5)]
    lines = [_line(row, widths) for row in table]
    lines += [f"{each.bench}: {each.problem}" for each in found if each.problem]
    broken = sum(row[-1] == "NO" for row in rows) + sum(bool(each.problem) for each in found)
    lines.append(
        f"{broken} of {len(rows)} promises and {len(found)} benchmarks fail" if broken else "All hold."
    )
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    bench, figure, value, limit, holds = row
    left = f"{bench:<{widths[0]}}  {figure:<{widths[1]}}"
    return f"{left}  {value:>{widths[2]}}  {limit:>{widths[3]}}  {holds}"
