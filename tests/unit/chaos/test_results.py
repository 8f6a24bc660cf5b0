"""Twenty seeds can be stopped and gone on with; the report says whether the promises hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.lanes import longest_gap
from chaos.results import NEVER, Kept, Outcome, Seed, missing, report, table

KILL = Outcome("kill cdr", back_s=4.2, gap_s=6.1, gap_of="portal", errors={"portal: 503": 2})
FULL = Outcome("fill the disk under database", skipped="no volume can be made here: not permitted")


def seed(number: int, **fields: object) -> Seed:
    well = Seed(number, "2026-11-23T06:00:00+00:00", 80.0, (KILL, FULL), 0, 0, 0, (), {"events": 5000})
    return replace(well, **fields)  # type: ignore[arg-type]


def test_what_was_run_is_kept_and_only_the_rest_is_run(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "chaos" / "results.json")
    assert missing(range(1, 5), kept.read()) == [1, 2, 3, 4]

    kept.add(seed(1))
    kept.add(seed(3, lost=1, findings=("lost: c3-7 in the rows",)))

    assert missing(range(1, 5), kept.read()) == [2, 4]
    assert kept.read()[3] == seed(3, lost=1, findings=("lost: c3-7 in the rows",))


def test_anew_forgets_all(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "results.json")
    kept.add(seed(1))

    kept.forget()

    assert kept.read() == {}


def test_a_file_that_nobody_can_read_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text('[{"seed": 1')

    assert Kept(path).read() == {}


@pytest.mark.parametrize("wrong", ["lost", "doubled", "differs"])
def test_one_thing_that_is_wrong_breaks_the_promise(wrong: str) -> None:
    assert report([seed(1), seed(2)]).holds
    assert not report([seed(1), seed(2, **{wrong: 1})]).holds


def test_so_does_a_fault_that_takes_more_than_fifteen_seconds_to_get_over() -> None:
    assert report([seed(1, outcomes=(replace(KILL, back_s=15.0),))]).holds
    assert not report([seed(1, outcomes=(replace(KILL, back_s=15.1),))]).holds
    assert not report([seed(1, outcomes=(replace(KILL, back_s=NEVER),))]).holds


def test_the_report_names_the_promises_of_the_design() -> None:
    document = json.loads(report([seed(1)]).to_json())

    assert document["bench"] == "chaos"
    assert {p["name"]: p["limit"] for p in document["promises"]} == {
        "chaos.lost": 0,
        "chaos.doubled": 0,
        "chaos.differs": 0,
        "chaos.back_s": 15.0,
    }
    assert document["figures"]["chaos.kill cdr: back_s"] == 4.2
    assert document["figures"]["chaos.skipped"] == 1


def test_the_table_says_per_fault_what_happened_and_why_one_was_left_out() -> None:
    text = table(seed(1, findings=("lost: c1-7 in the rows",)))

    assert "6.1 s portal" in text
    assert "portal: 503 2" in text
    assert "skipped: no volume can be made here" in text
    assert text.endswith("lost: c1-7 in the rows")


def test_a_gap_is_between_two_moments_at_which_it_went_well_or_to_the_edge() -> None:
    assert longest_gap([1.0, 2.0, 5.0], 0.0, 6.0) == 3.0
    assert longest_gap([1.0], 0.0, 6.0) == 5.0
    assert longest_gap([], 2.0, 6.0) == 4.0
    assert longest_gap([0.5, 9.0], 2.0, 6.0) == 4.0
