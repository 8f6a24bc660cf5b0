"""Hurt a whole system under load and prove that nothing was lost or doubled.

Starts every process, a broker and a set of three databases of its own; a carrier, people in the portal,
telephones and staff's commands go on while processes are killed and frozen, disks fill and messages come
twice, late and broken. Then every ledger is compared with what was sent. docs/chaos.md says how to read it.
Exit code 1 when a promise does not hold.
"""

from __future__ import annotations

import sys

import click

from cli.lifecycle import signals_interrupt
from cli.state import State

MOST_SEEDS = 400


@click.command(help=__doc__)
@click.option("--seed", type=click.IntRange(0), help="Only this one, whether it has been run before or not.")
@click.option(
    "--seeds",
    default=1,
    show_default=True,
    type=click.IntRange(1, MOST_SEEDS),
    help="Seeds 1 to N; what was run before is not run again, so it can be stopped and gone on with.",
)
@click.option("--anew", is_flag=True, help="Forget the results of earlier runs first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def command(seed: int | None, seeds: int, anew: bool, as_json: bool) -> None:
    from chaos import seeds as runs
    from chaos.results import missing, report, table

    def say(line: str) -> None:
        click.echo(line, err=True)

    state = State(State.from_environment().root / "chaos")
    kept = runs.kept(state)
    if anew:
        kept.forget()
    asked = [seed] if seed is not None else list(range(1, seeds + 1))
    wanted = asked if seed is not None else missing(asked, kept.read())
    if len(wanted) < len(asked):
        say(f"{len(asked) - len(wanted)} of {len(asked)} seeds were run before; --anew runs them again")
    with signals_interrupt():
        runs.run_all(state, wanted, say)
    known = kept.read()
    results = [known[number] for number in asked]
    found = report(results)
    if as_json:
        click.echo(found.to_json())
    else:
        for result in results:
            click.echo(f"{result.line()}\n{table(result)}\n")
        click.echo(found.to_text())
    sys.exit(0 if found.holds else 1)
