"""Measure the performance promises and say whether they hold.

Each benchmark starts a broker and a database of its own and prints its figures; with --json one
object. Exit code 1 when a promise does not hold.
"""

from __future__ import annotations

import sys

import click

from cli import testbed
from cli.lifecycle import signals_interrupt
from cli.state import State


@click.group(help=__doc__)
def command() -> None:
    """The benchmarks; see bench/."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--events", default=100_000, show_default=True, type=click.IntRange(1000, 10_000_000))
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1, 20), help="The median counts.")
def ingest(as_json: bool, events: int, rounds: int) -> None:
    """Usage events booked per second, packed and single, against a bare loop."""
    from bench import ingest as benchmark

    state = State.from_environment()
    with signals_interrupt(), testbed.running(State(state.root / "bench"), keep=False) as bed:
        where = benchmark.Bench(bed.amqp_uri, bed.api_uri, bed.mongo_uri)
        report = benchmark.run(where, events, rounds, lambda line: click.echo(line, err=True))
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)
