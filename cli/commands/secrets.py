"""Secrets that the services keep for others: SIP passwords, PUKs, second steps."""

from __future__ import annotations

import click

from cli.connection import calls_to
from cli.problems import Problem
from cli.secrets import SEALERS


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.option("--service", type=click.Choice(SEALERS), help="Only of this one.")
def reseal(service: str | None) -> None:
    """Put all secrets under the newest key, while everything works.

    First put the new key in front in the services' TIKKER_SEALING_KEYS and restart them: both keys open then.
    Afterwards the old key can go. A run that is broken off is run again: it leaves alone what is done.
    """
    wanted = [service] if service else SEALERS
    missed = {name: count for name in wanted if (count := _reseal(name))}
    if missed:
        told = ", ".join(f"{count} of {name}" for name, count in missed.items())
        raise Problem(f"{told} changed meanwhile: run this again.")


def _reseal(service: str) -> int:
    """Reseal one service's; how many changed meanwhile."""
    seen = changed = missed = 0
    after: str | None = ""
    with calls_to(service) as call:
        while after is not None:
            batch = call("reseal", after=after)
            seen, changed, missed = seen + batch["seen"], changed + batch["changed"], missed + batch["missed"]
            after = batch["next"]
    click.echo(f"{service:<14}{seen:>9} looked at{changed:>9} now under the newest key")
    return missed
