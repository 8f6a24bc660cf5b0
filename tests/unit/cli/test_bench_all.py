"""``./tikker bench all``: what each benchmark is told, and the one table of all promises."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bench.everything import ALL, Bench, Outcome, arguments, outcome, to_json, to_text
from cli import __main__ as program
from cli.commands import bench as commands
from cli.commands import chaos

HOLDS = {"name": "pages.p95_ms", "value": 120.5, "limit": 300, "holds": True}
BROKEN = {"name": "export.rows_per_s", "value": 12_000, "limit": 40_000, "holds": False}
PAGES = Bench("pages", "seconds", 30, ("--users", "20"))


@pytest.mark.parametrize(
    ("quick", "sizes", "told"),
    [
        (False, {}, ["pages", "--json"]),
        (True, {}, ["pages", "--json", "--seconds", "30", "--users", "20"]),
        (False, {"pages": 5, "mobile": 9}, ["pages", "--json", "--seconds", "5"]),
        (True, {"pages": 5}, ["pages", "--json", "--seconds", "5", "--users", "20"]),
    ],
)
def test_a_size_that_was_given_goes_before_a_quick_one(
    quick: bool, sizes: dict[str, int], told: list[str]
) -> None:
    assert arguments(PAGES, quick, sizes) == told


def test_every_other_command_of_bench_is_run_with_options_that_it_has() -> None:
    group = commands.command.commands
    assert {bench.name for bench in ALL if bench.group} == set(group) - {"all"}
    for bench in ALL:
        command = group[bench.name] if bench.group else chaos.command
        command.make_context(bench.name, arguments(bench, True, {})[1:])


def test_a_benchmark_that_breaks_is_a_line_and_a_failure() -> None:
    broken = outcome("route", "", 1, "starting\nRuntimeError: no port\n")
    assert (broken.holds, broken.problem) == (False, "ended with 1: RuntimeError: no port")
    assert outcome("route", json.dumps({"promises": [HOLDS]}), 0, "") == Outcome("route", [HOLDS])


def test_the_table_has_every_promise_and_says_which_fail() -> None:
    found = [Outcome("pages", [HOLDS]), Outcome("export", [BROKEN]), Outcome("route", problem="ended with 1")]
    assert to_text(found).splitlines() == [
        "bench   figure                 is  promised  holds",
        "pages   pages.p95_ms        120.5       300  yes",
        "export  export.rows_per_s  12,000    40,000  NO",
        "route: ended with 1",
        "2 of 2 promises and 3 benchmarks fail",
    ]
    told = json.loads(to_json(found))
    assert (told["holds"], told["problems"]) == (False, {"route": "ended with 1"})
    assert [(p["bench"], p["holds"]) for p in told["promises"]] == [("pages", True), ("export", False)]
    assert to_text(found[:1]).splitlines()[-1] == "All hold."


def test_a_size_of_what_has_none_is_refused() -> None:
    answer = CliRunner().invoke(program.main, ["bench", "all", "--size", "route=5"])
    assert answer.exit_code == 2 and "write NAME=N with one of ingest, totals" in answer.output
