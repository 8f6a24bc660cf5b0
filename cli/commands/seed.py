"""Load demo data: three customers with thirteen months of usage.

Three fictional customers under a fictional partner come in as real ones do: staff make them over RPC,
carriers publish their usage over AMQP. Run again, it brings the days since the last time and changes
nothing else. Another --events or --seed is for a system without demo data.
"""

from __future__ import annotations

import click

from cli import seed as demo_data
from cli.demo.usage import DEFAULT_EVENTS, DEFAULT_SEED, Demo


@click.command(help=__doc__)
@click.option(
    "--events",
    type=click.IntRange(100, 2_000_000),
    default=DEFAULT_EVENTS,
    show_default=True,
    help="How many usage events at least, over 13 months.",
)
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Other numbers, other calls.")
def command(events: int, seed: int) -> None:
    demo_data.seed(Demo(events, seed))
    demo_data.make_incidents()
    click.echo("Log in with:")
    for login in demo_data.logins():
        click.echo(f"  {login.username:<12} {login.password:<20} {login.who}")
