"""`./tikker chaos`: which seeds are run, what is kept, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chaos import seeds
from chaos.results import Outcome, Seed
from cli.commands import chaos
from cli.state import State


class Bed:
    """Runs seeds in no time; Ctrl-C comes at the seed ``stop_at``."""

    def __init__(self) -> None:
        self.ran: list[int] = []
        self.stop_at = 0
        self.lost = 0

    def run_all(self, state: State, wanted: Sequence[int], _say: object) -> list[Seed]:
        for number in wanted:
            if number == self.stop_at:
                raise KeyboardInterrupt
            self.ran.append(number)
            outcomes = (Outcome("kill cdr", back_s=3.0),)
            kept = Seed(number, "2026-11-23T06:00:00+00:00", 80.0, outcomes, self.lost, 0, 0, (), {})
            seeds.kept(state).add(kept)
        return []


@pytest.fixture
def bed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bed:
    made = Bed()
    monkeypatch.setenv("TIKKER_STATE", str(tmp_path))
    monkeypatch.setattr(seeds, "run_all", made.run_all)
    return made


def tikker_chaos(*arguments: str) -> Result:
    return CliRunner().invoke(chaos.command, list(arguments))


def test_a_run_that_was_stopped_goes_on_with_the_seeds_that_are_missing(bed: Bed) -> None:
    bed.stop_at = 3
    assert tikker_chaos("--seeds", "5").exit_code != 0
    assert bed.ran == [1, 2]

    bed.stop_at = 0
    again = tikker_chaos("--seeds", "5")

    assert (again.exit_code, bed.ran) == (0, [1, 2, 3, 4, 5])
    assert "2 of 5 seeds were run before" in again.stderr
    assert again.stdout.count(": holds; ") == 5, "the report is over all five"


def test_anew_starts_over_and_one_seed_is_always_run(bed: Bed) -> None:
    tikker_chaos("--seeds", "2")
    tikker_chaos("--seeds", "2", "--anew")
    tikker_chaos("--seed", "2")

    assert bed.ran == [1, 2, 1, 2, 2]


@pytest.mark.parametrize(("lost", "code"), [(0, 0), (1, 1)])
def test_the_exit_code_says_whether_the_promises_hold(bed: Bed, lost: int, code: int) -> None:
    bed.lost = lost

    answer = tikker_chaos("--seed", "4", "--json")

    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["bench"], told["figures"]["chaos.seeds"]) == (code, "chaos", 1)
    assert {p["name"]: p["holds"] for p in told["promises"]}["chaos.lost"] is (lost == 0)
