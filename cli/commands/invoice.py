"""Invoices: run a month, look at them, credit them, collect them."""

from __future__ import annotations

import base64
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.company_options import numbered
from cli.connection import Call, calls_to
from cli.problems import Problem
from shared.ids import new_id

DAY = click.DateTime(["%Y-%m-%d"])
POLL_SECONDS = 0.5
PAGE = 200
ENDED = ("done", "failed", "cancelled")

_NUMBER = click.argument("number")
_FILE = click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to (default: its name).")


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("period")
@click.option(
    "--customer", "customers", type=int, multiple=True, metavar="NUMBER", help="Only this one; repeat."
)
@click.option(
    "--dry-run", is_flag=True, help="Work out what would be invoiced; nothing is closed or numbered."
)
@click.option("--accept-unrated", is_flag=True, help="Leave usage without a rate for a later invoice.")
@click.option("--date", "issued_on", type=DAY, help="Date of the invoices (default: today).")
@click.option("--no-mail", is_flag=True, help="Mail nobody.")
def run(
    period: str,
    customers: tuple[int, ...],
    dry_run: bool,
    accept_unrated: bool,
    issued_on: datetime | None,
    no_mail: bool,
) -> None:
    """Make the invoices of PERIOD (YYYY-MM): close the month, give numbers, draw, mail.

    Customers who have their invoice are left alone, so a run may be started again at any time. When the
    waiting stops (Ctrl-C) the run goes on; `runs` and `show` tell how far it is.
    """
    accept_unrated = accept_unrated or (not dry_run and _accepts_unrated(period))
    asked = {
        "period": period,
        "customer_ids": _ids(customers),
        "dry_run": dry_run,
        "accept_unrated": accept_unrated,
        "issued_on": _written(issued_on),
        "mail": not no_mail,
    }
    with calls_to("invoicing") as call:
        job = call("start_run", command_id=new_id(), **asked)
        _report(call, _finished(call, job["id"]))


@command.command()
def runs() -> None:
    """List runs, newest first."""
    click.echo(f"{'run':<32}  {'period':<8} {'state':<10} {'made':<16} {'by':<16} customers")
    with calls_to("invoicing") as call:
        for row in call("runs"):
            made = row["created_at"][:16].replace("T", " ")
            kind = " (dry run)" if row["dry_run"] else ""
            click.echo(
                f"{row['id']:<32}  {row['period']:<8} {row['state']:<10} {made:<16} {row['by']:<16}"
                f" {_counts(row['counts'])}{kind}"
            )


@command.command()
@click.argument("run_id")
def show(run_id: str) -> None:
    """Show what became of each customer in the run RUN_ID."""
    with calls_to("invoicing") as call:
        _report(call, call("run", run_id=run_id))


@command.command("list")
@click.option("--customer", type=int, metavar="NUMBER", help="Of one customer only.")
@click.option("--period", default="", metavar="TEXT", help="Part of the period, such as 2026-10.")
@click.option("--number", default="", metavar="TEXT", help="Part of the invoice number.")
@click.option("--status", default="", help="open, paid, credited, direct_debit, credit.")
def list_(customer: int | None, period: str, number: str, status: str) -> None:
    """List invoices, newest first."""
    wanted: dict[str, Any] = {"period": period, "number": number, "status": status, "limit": PAGE}
    wanted["customer_id"] = _ids((customer,))[0] if customer is not None else None
    click.echo(
        f"{'number':<14} {'period':<8} {'date':<11} {'sent':<11} {'with VAT':>12}  {'status':<13} customer"
    )
    with calls_to("invoicing") as call:
        after = None
        while True:
            page = call("archive", after=after, **wanted)
            for row in page["rows"]:
                days = f"{row['issued_on']:<11} {row['sent_on'] or '–':<11}"
                whose = f"{row['customer_number']} {row['customer_name']}"
                head = f"{row['number']:<14} {row['period']:<8} {days}"
                click.echo(f"{head} {row['total']:>12}  {row['status']:<13} {whose}")
            after = page["next"]
            if after is None:
                return


@command.command()
@click.argument("customer", type=int)
@click.argument("period")
def preview(customer: int, period: str) -> None:
    """Show what CUSTOMER's invoice of PERIOD would be now; also of the month that is not over."""
    with calls_to("invoicing") as call:
        found = call("preview", customer_id=_ids((customer,))[0], period=period)
    drawn = found["invoice"]
    click.echo(f"{drawn['buyer']['name']}, {period} ({found['state']})")
    for line in drawn["lines"]:
        detail = f" ({line['detail']})" if line["detail"] else ""
        click.echo(f"{line['net']:>12}  {line['description']}{detail}")
    for total in drawn["vat_totals"]:
        click.echo(
            f"{total['vat']:>12}  VAT {total['percentage']} % of {total['net']} {total['reason']}".rstrip()
        )
    click.echo(f"{drawn['total']:>12}  euro with VAT")
    for sentence in found["obstacles"]:
        click.echo(f"! {sentence}")


@command.command()
@_NUMBER
@click.option("--reason", required=True, help="Stands on the credit note.")
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="N[=AMOUNT]",
    help="Only the N-th line, or AMOUNT of it; repeat.",
)
@click.option("--no-mail", is_flag=True, help="Mail nobody.")
@click.option("--date", "issued_on", type=DAY, help="Date of the credit note (default: today).")
def credit(
    number: str, reason: str, lines: tuple[str, ...], no_mail: bool, issued_on: datetime | None
) -> None:
    """Take the invoice NUMBER back by a credit note, whole or in part."""
    wanted = [_line(text) for text in lines] or None
    with calls_to("invoicing") as call:
        row = _invoice(call, number)
        asked = {"lines": wanted, "reason": reason, "mail": not no_mail, "issued_on": _written(issued_on)}
        note = call("credit", invoice_id=row["id"], command_id=new_id(), **asked)
    click.echo(f"Credit note {note['number']} of {note['total']} euro with VAT on {note['credits']}.")


@command.command()
@_NUMBER
@click.option("--ubl", is_flag=True, help="The e-invoice instead.")
@_FILE
def pdf(number: str, ubl: bool, output: Path | None) -> None:
    """Fetch the PDF of the invoice NUMBER."""
    kind = "ubl" if ubl else "pdf"
    with calls_to("invoicing") as call:
        row = _invoice(call, number)
        info = call("file_info", invoice_id=row["id"], kind=kind)
        target = output or Path(info["name"])
        _fetch(call, target, "file_chunk", invoice_id=row["id"], kind=kind)
    click.echo(f"{target}: {info['size']:,} bytes")


@command.command()
@_NUMBER
@click.option("--on", type=DAY, help="The day (default: today).")
@click.option("--not", "not_paid", is_flag=True, help="It is not paid after all.")
def paid(number: str, on: datetime | None, not_paid: bool) -> None:
    """Note that the invoice NUMBER was paid."""
    day = None if not_paid else _written(on or datetime.now())
    with calls_to("invoicing") as call:
        row = call("set_paid", invoice_id=_invoice(call, number)["id"], on=day, command_id=new_id())
    click.echo(f"{row['number']}: {row['status']}")


@command.command()
@_NUMBER
def resend(number: str) -> None:
    """Mail the invoice NUMBER once more to who is registered."""
    with calls_to("invoicing") as call:
        call("resend", invoice_id=_invoice(call, number)["id"], command_id=new_id())
    click.echo(f"{number} is mailed again.")


@command.command("direct-debit")
@click.argument("run_id")
@click.option("--on", "collect_on", type=DAY, required=True, help="The day of collecting.")
def direct_debit(run_id: str, collect_on: datetime) -> None:
    """Make the SEPA files (pain.008) of the run RUN_ID: one per issuer, in this folder."""
    with calls_to("invoicing") as call:
        made = call("direct_debit_file", run_id=run_id, collect_on=_written(collect_on), command_id=new_id())
        for batch in made["batches"]:
            _fetch(call, Path(batch["name"]), "batch_chunk", batch_id=batch["id"])
            click.echo(f"{batch['name']}: {batch['count']} invoices, {batch['total']} euro")


def _ids(numbers: tuple[int, ...]) -> Any:
    """The IDs of customers by their numbers; None for none."""
    if not numbers:
        return None
    with calls_to("identity") as call:
        return [numbered(call, number)["id"] for number in numbers]


def _invoice(call: Call, number: str) -> dict[str, Any]:
    rows = [row for row in call("archive", number=number, limit=PAGE)["rows"] if row["number"] == number]
    if not rows:
        raise Problem(f"there is no invoice {number}: ./tikker invoice list shows them.")
    if len(rows) > 1:
        raise Problem(f"several issuers have an invoice {number}: use the pages under /beheer.")
    found: dict[str, Any] = rows[0]
    return found


def _accepts_unrated(period: str) -> bool:
    """Whether usage that waits for a rate may come on a later invoice: asked of who sits at a terminal."""
    with calls_to("cdr") as call:
        count = call("unrated", period=period)["count"]
    if not count:
        return False
    waiting = f"{count:,} events of {period} wait for a rate"
    if _at_a_terminal():
        return click.confirm(f"{waiting}. Invoice their customers without them, and bill them later?")
    click.echo(f"{waiting}: their customers are held; --accept-unrated leaves it for later.", err=True)
    return False


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _line(text: str) -> dict[str, Any]:
    place, _sign, amount = text.partition("=")
    if not place.isdigit() or int(place) < 1:
        raise click.BadParameter(f"'{text}' is no line: write 2, or 2=12.50.", param_hint="--line")
    return {"line": int(place) - 1, "net": amount or None}


def _fetch(call: Call, target: Path, method: str, **which: Any) -> None:
    """Write a file piece by piece."""
    with target.open("wb") as file:
        index, last = 0, False
        while not last:
            piece = call(method, index=index, **which)
            file.write(base64.b64decode(piece["data"]))
            index, last = index + 1, piece["last"]


def _finished(call: Call, run_id: str) -> dict[str, Any]:
    """The run once it has ended; what it says meanwhile goes to the terminal."""
    while True:
        run: dict[str, Any] = call("run", run_id=run_id)
        if run["state"] in ENDED:
            return run
        click.echo(f"{run['state']}: {_counts(run['counts']) or 'begins'}", err=True)
        time.sleep(POLL_SECONDS)


def _report(call: Call, run: dict[str, Any]) -> None:
    rows, after = list(run["rows"]), run["next"]
    while after is not None:
        page = call("run", run_id=run["id"], after=after)
        rows, after = rows + page["rows"], page["next"]
    for row in rows:
        total = row["total"] or ""
        click.echo(
            f"{row['customer_number']:<7} {row['state']:<8} {row['number']:<14} {total:>12}  {row['name']}"
        )
        if row["sentence"]:
            click.echo(f"        {row['sentence']}")
    kind = "dry run" if run["dry_run"] else "run"
    click.echo(f"{kind} {run['id']} of {run['period']} is {run['state']}: {_counts(run['counts'])}.")
    unrated = (run.get("result") or {}).get("unrated")
    if unrated:
        click.echo(
            f"{unrated:,} events wait for a rate: ./tikker quarantine list no_rate, or --accept-unrated."
        )
    if run["state"] == "failed":
        raise Problem(run["error"])


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))


def _written(day: datetime | None) -> str | None:
    return day.date().isoformat() if day else None
