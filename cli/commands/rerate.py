"""Give usage that is booked the price that counts now: look first, then book."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import click

from cli.company_options import numbered
from cli.connection import Call, calls_to
from cli.problems import Problem
from shared.ids import new_id

DAY = click.DateTime(["%Y-%m-%d"])
POLL_SECONDS = 0.5
SHOWN = 50
ENDED = ("done", "failed", "cancelled")

_JOB = click.argument("job_id")


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.option("--period", metavar="YYYY-MM", help="What is booked in this month.")
@click.option("--from", "first", type=DAY, help="Or what started on this day (YYYY-MM-DD) …")
@click.option("--to", "last", type=DAY, help="… up to and including this one.")
@click.option("--customer", type=int, metavar="NUMBER", help="Of one customer only.")
@click.option("--prefix", default="", help="Called at, or rated by, this prefix only (+316, in:, mob:+31).")
@click.option("--plan", default="", help="Rated by this plan only, or by one version of it.")
def preview(
    period: str | None,
    first: datetime | None,
    last: datetime | None,
    customer: int | None,
    prefix: str,
    plan: str,
) -> None:
    """Work out what usage would cost now, and show the difference. Changes nothing."""
    scope: dict[str, Any] = {"period": period, "prefix": prefix, "plan": plan}
    scope |= {"from": first.date().isoformat() if first else None}
    scope |= {"to": last.date().isoformat() if last else None}
    if customer is not None:
        with calls_to("identity") as call:
            scope["customer_id"] = numbered(call, customer)["id"]
    with calls_to("cdr") as call:
        job = call("rerate_preview", scope=scope, command_id=new_id())
        _report(call, _finished(call, job["id"]))


@command.command()
@_JOB
@click.option("--reason", required=True, help="For the customers' audit log.")
def apply(job_id: str, reason: str) -> None:
    """Book the corrections of the preview JOB_ID, each once."""
    with calls_to("cdr") as call:
        job = call("rerate_apply", job_id=job_id, reason=reason, command_id=new_id())
        _report(call, _finished(call, job["id"]))


@command.command()
@_JOB
def show(job_id: str) -> None:
    """Show how far a preview or a booking is, or what it came to."""
    with calls_to("cdr") as call:
        _report(call, call("rerating", job_id=job_id))


@command.command("list")
def list_() -> None:
    """List previews and bookings, newest first."""
    click.echo(f"{'job':<32}  {'kind':<14} {'state':<10} {'made':<16} {'by':<16} usage")
    with calls_to("cdr") as call:
        for job in call("reratings", limit=SHOWN):
            made = job["created_at"][:16].replace("T", " ")
            by = job["parameters"]["by"] or "–"
            scope = _scope(job["parameters"]["scope"])
            click.echo(f"{job['id']}  {job['kind']:<14} {job['state']:<10} {made:<16} {by:<16} {scope}")


def _finished(call: Call, job_id: str) -> dict[str, Any]:
    """The job once it has ended; what it says meanwhile goes to the terminal."""
    while True:
        job: dict[str, Any] = call("rerating", job_id=job_id)
        if job["state"] in ENDED:
            return job
        percentage = "…" if job["percentage"] is None else f"{job['percentage']} %"
        click.echo(f"{job['state']} {percentage} ({job['done']:,} of {job['total']:,})", err=True)
        time.sleep(POLL_SECONDS)


def _report(call: Call, job: dict[str, Any]) -> None:
    result = job["result"]
    if job["state"] == "failed":
        raise Problem(f"job {job['id']} failed: {job['error']}")
    if result is None:
        click.echo(f"job {job['id']} is {job['state']}: {job['done']:,} of {job['total']:,}")
    elif job["kind"] == "rerate":
        click.echo(
            f"{result['booked']:,} corrections as shown, {result['recomputed']:,} worked out anew because"
            f" rows or rates had changed, {result['same']:,} no longer needed, {result['no_rate']:,} without"
            f" a rate. Difference: {result['difference']} euro ex VAT for {result['customers']:,} customers."
        )
    else:
        _report_preview(call, job, result)


def _report_preview(call: Call, job: dict[str, Any], result: dict[str, Any]) -> None:
    page = call("rerating_customers", job_id=job["id"], limit=SHOWN)
    click.echo(f"{'customer':<32} {'rows':>9} {'change':>9} {'old':>16} {'new':>16} {'difference':>14}")
    for row in page["rows"]:
        click.echo(
            f"{row['customer_id']:<32} {row['rows']:>9,} {row['changes']:>9,} {row['old']:>16}"
            f" {row['new']:>16} {row['difference']:>14}"
        )
    if page["next"]:
        click.echo(f"The {SHOWN} largest differences are shown.")
    click.echo(
        f"{result['rows']:,} rows looked at, {result['changes']:,} would change"
        f" ({result['closed']:,} of closed months: they come in the open one), {result['no_rate']:,} have no"
        f" rate. Difference: {result['difference']} euro ex VAT."
    )
    if job["booking"]:
        click.echo(f"It was booked by job {job['booking']}.")
    elif result["changes"]:
        click.echo(f'Book it with: ./tikker rerate apply {job["id"]} --reason "…"')


def _scope(scope: dict[str, Any]) -> str:
    span = scope["period"] or f"{scope['from']} to {scope['to']}"
    rest = [scope["customer_id"] or "", scope["prefix"], scope["plan"]]
    return " ".join([span, *(part for part in rest if part)])
