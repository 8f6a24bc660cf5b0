"""Messages between the services that nobody could handle: what and why, and another try."""

from __future__ import annotations

from typing import Any

import click

from cli import topology
from cli.connection import calls_to
from cli.problems import Problem
from shared.ids import new_id

MOST = 500


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command("list")
@click.option("--service", type=click.Choice(topology.SERVICES), help="Only of this one.")
def list_(service: str | None) -> None:
    """List the queues with messages that could not be handled, and the reason of the oldest."""
    shown = {name: _shown(name) for name in topology.SERVICES if service in (None, name)}
    missing = [name for name, queues in shown.items() if queues is None]
    if missing:
        raise Problem(f"no answer from {', '.join(missing)}: ./tikker status says what is missing.")
    if not any(shown.values()):
        click.echo("No message waits: everything could be handled.")


def _shown(service: str) -> int | None:
    """Print a service's queues and say how many hold messages; None when it does not answer, so that the
    others are told all the same."""
    try:
        with calls_to(service) as call:
            queues = [queue for queue in call("dead_letters") if queue["messages"]]
    except Problem:
        return None
    for queue in queues:
        _print(queue)
    return len(queues)


def _print(queue: dict[str, Any]) -> None:
    click.echo(f"{queue['messages']:>8}  {queue['queue']}")
    for sample in queue["samples"]:
        click.echo(f"          {sample['died_at'][:19]}  {sample['reason']}")


@command.command()
@click.argument("queue")
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=MOST, show_default=True, help="At most so many messages."
)
def retry(queue: str, limit: int) -> None:
    """Put the messages of QUEUE back, the oldest first. QUEUE is the second column of the list."""
    service = queue.partition(".")[0]
    if service not in topology.SERVICES:
        raise Problem(f"{queue} is not a queue that can be tried again: ./tikker dead list")
    with calls_to(service) as call:
        moved = call("retry_dead_letters", queue=queue, limit=limit, command_id=new_id())["moved"]
    click.echo(f"{moved} put back in {queue}")
