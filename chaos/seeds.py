"""Seeds one after the other on one bed, each result kept as soon as it is there."""

from __future__ import annotations

from collections.abc import Sequence

from chaos import bed as beds
from chaos import scene
from chaos.bed import Say
from chaos.results import Kept, Seed
from chaos.run import run
from cli.state import State


def kept(state: State) -> Kept:
    """Where the results of a state folder are."""
    return Kept(state.root / "results.json")


def run_all(state: State, wanted: Sequence[int], say: Say) -> list[Seed]:
    """Run these seeds; the results, in order. What was done stays kept when it is stopped in between."""
    if not wanted:
        return []
    results, book = [], kept(state)
    with beds.running(state, say) as bed:
        phones = scene.prepare(bed)
        say("the demo's people and telephones are there")
        for place, seed in enumerate(wanted):
            result = run(bed, phones, seed, place, say)
            book.add(result)
            results.append(result)
            say(result.line())
    return results
