"""Rate plans: check a file, import it, list what there is, assign one to a customer."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.company_options import numbered
from cli.connection import calls_to
from cli.plan_files import difference_of, downloaded, line_of, uploaded
from cli.problems import Problem
from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.plan_export import example
from shared.ids import new_id

DAY = click.DateTime(["%Y-%m-%d"])
EVERYONE = "default"
STANDARD = "-"
BY_COMMAND = "op de opdrachtregel"
SHOWN_ERRORS = 50
SHOWN_LINES = 50


@click.group(help=__doc__)
def command() -> None:
    pass


_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_PRECISION = click.option(
    "--precision",
    type=click.IntRange(0, 6),
    default=4,
    show_default=True,
    help="Decimals of a euro that an amount is rounded to.",
)


@command.command()
@_FILE
@_PRECISION
def check(file: Path, precision: int) -> None:
    """Read FILE (CSV) and say what is wrong with it, line by line. Needs no running system."""
    parsed = parse_plan(file.read_bytes(), precision)
    errors = [
        {"line": e.line, "column": e.column, "problem": e.problem, "advice": e.advice} for e in parsed.errors
    ]
    _verdict(file, parsed.lines, errors)


@command.command("import")
@_FILE
@click.option("--name", required=True, help=f"The plan's name; '{EVERYONE}' is for who has no other plan.")
@click.option("--from", "valid_from", required=True, type=DAY, help="First day (YYYY-MM-DD) it counts on.")
@_PRECISION
@click.option("--dry-run", is_flag=True, help="Let the service check the file and keep nothing.")
@click.option("--reason", default=BY_COMMAND, show_default=True, help="For the audit log.")
def import_(file: Path, name: str, valid_from: datetime, precision: int, dry_run: bool, reason: str) -> None:
    """Keep FILE (CSV) as the version of a plan that counts from a day on. A version never changes."""
    data = file.read_bytes()
    plan = {"name": name, "valid_from": valid_from.date().isoformat(), "precision": precision}
    with calls_to("cdr") as call:
        draft = uploaded(call, file.name, data, plan)
        report = draft["report"]
        if dry_run or report["errors_total"]:
            call("drop_import", draft_id=draft["id"], command_id=new_id())
        _verdict(file, report["lines"], report["errors"])
        _say_warnings(report["warnings"], report["warnings_total"])
        if dry_run:
            click.echo("A dry run: nothing was kept.")
            return
        kept = call("save_import", draft_id=draft["id"], reason=reason, command_id=new_id())
    click.echo(f"Kept as version '{kept['version']}'.")


@command.command("list")
def list_() -> None:
    """List the versions of all plans; 'customers' counts who was assigned the plan by name."""
    with calls_to("cdr") as call:
        plans = call("plans")
    click.echo(f"{'plan':<24} {'from':<11} {'decimals':>8} {'customers':>9}  imported")
    for plan in plans:
        click.echo(
            f"{plan['name']:<24} {plan['valid_from']:<11} {plan['precision']:>8} {plan['customers']:>9}"
            f"  {plan['imported_at'][:10]} by {plan['imported_by']}"
        )


@command.command()
@click.argument("customer_number")
@click.argument("plan")
@click.option(
    "--margin",
    metavar="PERCENTS",
    help="Terms of their own: so much more, or less (-10), on everything. They take the place of all others.",
)
@click.option(
    "--terms",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Terms of their own, from a CSV file: of (all, type, prefix), key, kind, margin, rate, per,"
    " increment, connect_fee. A file with the first line only takes them away.",
)
@click.option("--reason", default=BY_COMMAND, show_default=True, help="For the audit log.")
def assign(customer_number: str, plan: str, margin: str | None, terms: Path | None, reason: str) -> None:
    """Rate a customer by PLAN from now on; CUSTOMER_NUMBER 'default' is everyone without a plan, and PLAN
    '-' is the plan that those have.

    Terms that the customer has stay, unless --margin or --terms gives others. What was booked before
    keeps its price: see ./tikker rerate.
    """
    deviations = _terms(margin, terms)
    if customer_number == EVERYONE:
        customer_id, who = EVERYONE, "everyone without a plan of their own"
    else:
        with calls_to("identity") as call:
            customer = numbered(call, _number(customer_number))
        customer_id, who = str(customer["id"]), str(customer["name"])
    with calls_to("cdr") as call:
        fields = {"plan": "" if plan == STANDARD else plan, "deviations": deviations, "reason": reason}
        call("assign_plan", customer_id=customer_id, command_id=new_id(), **fields)
    click.echo(f"Plan '{plan}' now rates {who}")


@command.command()
@click.argument("version")
@click.option(
    "--query", default="", help="The beginning of a prefix, a part of a destination, or a whole number."
)
@click.option("--after", default=0, help="Begin after this line of the file.")
def lines(version: str, query: str, after: int) -> None:
    """Show the lines of VERSION (such as 'default 2026-01-01'), and those that count for a number."""
    with calls_to("cdr") as call:
        page = call("plan_lines", version=version, query=query, after=after, limit=SHOWN_LINES)
    for use in page["uses"]:
        click.echo(f"{use['kind']} ({use['product']}) to {page['party']}; * counts now:")
        for line in use["lines"]:
            click.echo(f"{'*' if line['counts'] else ' '} {line_of(line)}")
    click.echo(f"{_counted(page['found'], 'line')} of {page['total']:,}.")
    for line in page["rows"]:
        click.echo(f"  {line_of(line)}")
    if page["next"]:
        click.echo(f"More: --after {page['next']}")


@command.command()
@click.argument("before")
@click.argument("after")
@click.option("--query", default="", help="Only lines with this prefix or destination.")
@click.option("--change", type=click.Choice(["added", "removed", "changed"]), help="Only these.")
def compare(before: str, after: str, query: str, change: str | None) -> None:
    """Show what differs between two versions, line by line."""
    place: int | None = 0
    with calls_to("cdr") as call:
        while place is not None:
            fields = {"before": before, "after_version": after, "query": query, "change": change}
            page = call("compare_plans", after=place, limit=500, **fields)
            if not place:
                counts = ", ".join(f"{number:,} {name}" for name, number in page["counts"].items())
                click.echo(f"{counts}; {page['same']:,} the same.")
            for row in page["rows"]:
                click.echo(difference_of(row))
            place = page["next"]


@command.command()
@click.argument("version")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(version: str, file: Path) -> None:
    """Write the file that VERSION was imported from to FILE."""
    with calls_to("cdr") as call:
        data = downloaded(call, version)
    file.write_bytes(data)
    click.echo(f"{file}: {len(data):,} bytes.")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write an example of a plan's CSV file to FILE. Needs no running system."""
    file.write_text(example(), "utf-8-sig", newline="")
    click.echo(f"{file}: fill it in, then ./tikker plan check {file}")


def _terms(margin: str | None, file: Path | None) -> list[dict[str, str]] | None:
    """The lines of a customer's own terms; None to leave them as they are."""
    if margin is not None and file is not None:
        raise click.UsageError("--margin and --terms both say what the terms are: give one of them.")
    if margin is not None:
        return [{"of": "all", "margin": margin}]
    if file is None:
        return None
    rows = csv.DictReader(_text(file).splitlines(), delimiter=";", restkey="more", restval="")
    return [{name: value for name, value in row.items() if value} for row in rows]


def _number(text: str) -> int:
    if not text.isdecimal():
        raise click.BadParameter(f"'{text}' is neither a customer number nor '{EVERYONE}'.")
    return int(text)


def _text(file: Path) -> str:
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Problem(f"{file} is not UTF-8 (byte {problem.start}): save it as CSV UTF-8.") from None
    return text


def _verdict(file: Path, lines: int, errors: Sequence[dict[str, Any]]) -> None:
    """Print the errors, if any, and end the command with exit code 1."""
    if not errors:
        click.echo(f"{file}: {_counted(lines, 'line')}, no errors.")
        return
    click.echo(f"{'line':>6}  {'column':<12} problem")
    for error in errors[:SHOWN_ERRORS]:
        click.echo(f"{error['line']:>6}  {error['column'] or '–':<12} {error['problem']} {error['advice']}")
    if len(errors) > SHOWN_ERRORS:
        click.echo(f"{'':>6}  {'':<12} and {len(errors) - SHOWN_ERRORS} more")
    raise Problem(f"{file} has {_counted(len(errors), 'error')} in {_counted(lines, 'line')}.")


def _say_warnings(warnings: Sequence[dict[str, Any]], total: int) -> None:
    for one in warnings[:SHOWN_ERRORS]:
        click.echo(f"{one['line'] or '–':>6}  {one['column'] or '–':<12} {one['problem']} {one['advice']}")
    if total > SHOWN_ERRORS:
        click.echo(f"{'':>6}  {'':<12} and {total - SHOWN_ERRORS} more")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
