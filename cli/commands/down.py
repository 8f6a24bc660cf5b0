"""Stop everything that runs from the state folder, tests' broker and database as well."""

from __future__ import annotations

from collections.abc import Callable

import click

from cli import testbed
from cli.lifecycle import only_one, stop
from cli.state import State


@click.command(help=__doc__)
def command() -> None:
    state = State.from_environment()
    stopped = [_locked(stop, state), _locked(testbed.end, state.test)]
    click.echo("Stopped." if any(stopped) else "Nothing was running.")


def _locked(act: Callable[[State], bool], state: State) -> bool:
    if not state.run.exists():
        return False
    with only_one(state):
        return act(state)
