"""Measure the performance promises and say whether they hold.

Each benchmark starts a broker and a database of its own and prints its figures; with --json one
object. Exit code 1 when a promise does not hold.
"""

from __future__ import annotations

import sys
from collections.abc import Collection

import click

from cli import rowsbed, testbed
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


def _reading(name: str, help_text: str) -> click.Command:
    """A benchmark that reads millions of rows, which are made once and kept in the state folder."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
    @click.option("--rows", default=10_000_000, show_default=True, type=click.IntRange(10_000, 20_000_000))
    def measure(as_json: bool, rows: int) -> None:
        from bench.rows import build
        from bench.runs import RUNS

        def say(line: str) -> None:
            click.echo(line, err=True)

        state = State(State.from_environment().root / "bench" / f"rows-{rows}")
        with signals_interrupt(), rowsbed.running(state) as uri:
            build(uri, rows, say)
            report = RUNS[name](uri, rows, say)
        click.echo(report.to_json() if as_json else report.to_text())
        sys.exit(0 if report.holds else 1)

    return click.command(name, help=help_text)(measure)


command.add_command(_reading("totals", "Totalen in all four kinds, over a month and a year, at any size."))
command.add_command(_reading("details", "The first page of Details under every filter, and pages far down."))
command.add_command(_reading("export", "Rows of a CSV export per second, and the memory it takes."))


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--plans", default=20_000, show_default=True, type=click.IntRange(100, 1_000_000))
def routing(as_json: bool, plans: int) -> None:
    """Calls that the routing engine decides per second, for a PBX of 10, 100 and 1,000 users."""
    from bench import routing as benchmark

    report = benchmark.run(plans, lambda line: click.echo(line, err=True))
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def route(as_json: bool) -> None:
    """Calls that pbx decides per second for the SIP proxy, by HTTP and with their state."""
    from bench import route_http as benchmark

    state = State.from_environment()
    with signals_interrupt(), testbed.running(State(state.root / "bench"), keep=False) as bed:
        report = benchmark.run(bed.mongo_uri, lambda line: click.echo(line, err=True))
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--seconds", default=4, show_default=True, type=click.IntRange(1, 60), help="Of each round.")
def media(as_json: bool, seconds: int) -> None:
    """Calls that the media server plays at once on one core, before packets are late."""
    from bench import media as benchmark

    report = benchmark.run(seconds)
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--phones", default=10_000, show_default=True, type=click.IntRange(100, 100_000))
def provisioning(as_json: bool, phones: int) -> None:
    """Configurations that phones get per second, and all phones of a town that come back at once."""
    from bench import provisioning as benchmark

    state = State.from_environment()
    state.test.create()  # where the secrets of a house on a test bed are
    own = State(state.root / "bench" / "provisioning")
    with signals_interrupt(), testbed.running(State(state.root / "bench"), keep=False) as bed:
        report = benchmark.run(bed, own, phones, lambda line: click.echo(line, err=True))
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--subscriptions", default=5_000, show_default=True, type=click.IntRange(100, 100_000))
def mobile(as_json: bool, subscriptions: int) -> None:
    """The list of mobile subscriptions of a large customer, at the service and through the gateway."""
    from bench import mobile as benchmark

    state = State.from_environment()
    state.test.create()  # where the secrets of a house on a test bed are
    with signals_interrupt(), testbed.running(State(state.root / "bench"), keep=False) as bed:
        report = benchmark.run(bed, subscriptions, lambda line: click.echo(line, err=True))
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--invoices", default=300, show_default=True, type=click.IntRange(10, 100_000))
@click.option("--long", default=5, show_default=True, type=click.IntRange(1, 1000), help="Of forty pages.")
def invoice(as_json: bool, invoices: int, long: int) -> None:
    """Invoices drawn per second with PDF and e-invoice, against typst alone; memory stays flat."""
    from bench import invoice as benchmark

    report = benchmark.run(invoices, long, lambda line: click.echo(line, err=True))
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option(
    "--users",
    multiple=True,
    default=(20, 100),
    show_default=True,
    type=click.IntRange(1, 500),
    help="Repeat.",
)
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(5, 3600), help="Of walking.")
def pages(as_json: bool, users: tuple[int, ...], seconds: int) -> None:
    """The portal's pages with people walking through it, and what each asks of services and databases."""
    from bench import pages as benchmark

    state = State.from_environment()
    state.test.create()  # where the secrets of a house on a test bed are
    own = State(state.root / "bench" / "pages")
    with signals_interrupt(), testbed.running(State(state.root / "bench"), keep=False) as bed:
        report = benchmark.run(bed, own, users, seconds, lambda line: click.echo(line, err=True))
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def rolling(as_json: bool) -> None:
    """Every service renewed while people use the portal: how many pages fail."""
    from bench import rolling as benchmark

    state = State.from_environment()
    state.test.create()  # where the secrets of a house on a test bed are
    own = State(state.root / "bench" / "pages")
    with signals_interrupt(), testbed.running(State(state.root / "bench"), keep=False) as bed:
        report = benchmark.run(bed, own, lambda line: click.echo(line, err=True))
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.holds else 1)


@command.command("all")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--quick", is_flag=True, help="Small sizes: minutes instead of an hour.")
@click.option(
    "--size", "sizes", multiple=True, metavar="NAME=N", help="Another size of one benchmark; repeat."
)
def everything(as_json: bool, quick: bool, sizes: tuple[str, ...]) -> None:
    """Every benchmark one after the other, and one table with every promise."""
    from bench import everything as benchmarks

    given = dict(_size(text, benchmarks.SIZED) for text in sizes)
    with signals_interrupt():
        found = benchmarks.run(quick, given, lambda line: click.echo(line, err=True))
    click.echo(benchmarks.to_json(found) if as_json else benchmarks.to_text(found))
    sys.exit(0 if all(each.holds for each in found) else 1)


def _size(text: str, names: Collection[str]) -> tuple[str, int]:
    name, _sign, value = text.partition("=")
    if name not in names or not value.isdecimal():
        raise click.BadParameter(
            f"'{text}': write NAME=N with one of {', '.join(names)}.", param_hint="--size"
        )
    return name, int(value)
