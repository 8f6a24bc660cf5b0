"""Usage that waits because it cannot be booked: how much, why, and what to do with it."""

from __future__ import annotations

import time
from collections.abc import Callable

import click

from cli.connection import Call, calls_to
from cli.problems import Problem
from shared.ids import new_id

PAGE = 100
POLL_SECONDS = 0.3
REASONS = {
    "unreadable": "a message that is no JSON or cannot be unpacked",
    "schema": "an event that is not as docs/carriers.md says",
    "carrier": "names another carrier than it came from",
    "contradiction": "the same record and revision came before with other content",
    "unknown_owner": "the number is nobody's then; booked by itself once it is somebody's",
    "no_rate": "the plan has no price; booked by itself once it has",
    "fault": "a fault of ours",
}


DISCARDED = "discarded"
MEANINGS = {**REASONS, DISCARDED: "put aside by staff; kept, and tried no more"}


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
def counts() -> None:
    """Count the waiting events by reason."""
    with calls_to("cdr") as call:
        waiting = call("quarantine_counts")
    click.echo(f"{'events':>9}  {'reason':<14} meaning")
    for reason in (*MEANINGS, *sorted(waiting.keys() - MEANINGS.keys())):
        click.echo(f"{waiting.get(reason, 0):>9,}  {reason:<14} {MEANINGS.get(reason, '')}".rstrip())


@command.command()
def cases() -> None:
    """Group the waiting events by what mends them: a number, a destination, a field."""
    click.echo(f"{'events':>9}  {'reason':<14} {'carrier':<10} {'since':<16} case")
    with calls_to("cdr") as call:
        for one in call("quarantine_cases"):
            since = one["oldest"][:16].replace("T", " ")
            named = f"{one['reason']:<14} {one['carrier']:<10} {since:<16} {one['case'] or '–'}"
            click.echo(f"{one['count']:>9,}  {named}")


_CASE = (
    click.argument("reason", type=click.Choice(list(REASONS))),
    click.argument("carrier"),
    click.argument("case", default=""),
)


def _of_case(command: Callable[..., None]) -> Callable[..., None]:
    for argument in reversed(_CASE):
        command = argument(command)
    return command


@command.command()
@_of_case
def replay(reason: str, carrier: str, case: str) -> None:
    """Try the events of a case again now, as ./tikker quarantine cases names it."""
    where = {"reason": reason, "carrier": carrier, "case": case}
    with calls_to("cdr") as call:
        job = call("replay", case=where, command_id=new_id())
        while job["state"] in ("queued", "running"):
            time.sleep(POLL_SECONDS)
            job = call("replay_job", job_id=job["id"])
    if job["state"] != "done":
        raise Problem(f"the replay has {job['state']}: {job['error']}")
    result = job["result"]
    click.echo(f"{result['tried']:,} tried, {result['booked']:,} booked, {result['waiting']:,} still wait.")


@command.command()
@_of_case
@click.option("--why", required=True, help="For the audit log.")
def discard(reason: str, carrier: str, case: str, why: str) -> None:
    """Put the events of a case aside: they are kept, and tried no more."""
    where = {"reason": reason, "carrier": carrier, "case": case}
    with calls_to("cdr") as call:
        done = call("discard", case=where, reason=why, command_id=new_id())
    click.echo(f"{done['discarded']:,} events put aside.")


@command.command("list")
@click.argument("reason", type=click.Choice(list(REASONS)), required=False)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=PAGE, show_default=True, help="At most so many."
)
@click.option("--source", is_flag=True, help="Show each event as it was received.")
def list_(reason: str | None, limit: int, source: bool) -> None:
    """List the waiting events with their reason, or those with one REASON."""
    click.echo(f"{'received':<20} {'carrier':<10} {'reason':<14} {'record':<28} why")
    left = limit
    with calls_to("cdr") as call:
        waiting = call("quarantine_counts")
        for one in [reason] if reason else [r for r in REASONS if waiting.get(r)]:
            left -= _list(call, one, left, source)
            if left == 0:
                break
    total = waiting.get(reason, 0) if reason else sum(waiting.values())
    if total > limit:
        click.echo(f"{limit:,} of {total:,} shown; --limit shows more.")


def _list(call: Call, reason: str, limit: int, source: bool) -> int:
    """Print up to ``limit`` events of a reason; how many there were."""
    printed, after = 0, ""
    while printed < limit:
        rows = call("quarantine", reason=reason, after=after, limit=min(PAGE, limit - printed))
        for row in rows:
            click.echo(
                f"{row['received_at'][:19].replace('T', ' '):<20} {row['carrier']:<10} {row['reason']:<14}"
                f" {row['record'] or '–':<28} {row['sentence']}"
            )
            if source:
                click.echo(f"    {row['source']}")
        printed += len(rows)
        if len(rows) < PAGE:
            break
        after = rows[-1]["id"]
    return printed
