"""Rate plans: check a file, import it, list what there is, assign one to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.commands.customer import numbered
from cli.connection import calls_to
from cli.problems import Problem
from services.cdr.domain.plan_csv import parse_plan

DAY = click.DateTime(["%Y-%m-%d"])
EVERYONE = "default"
MOST_CHARACTERS = 900_000  # the bus takes messages of 1 MB
SHOWN_ERRORS = 50


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
def import_(file: Path, name: str, valid_from: datetime, precision: int, dry_run: bool) -> None:
    """Keep FILE (CSV) as the version of a plan that counts from a day on. A version never changes."""
    with calls_to("cdr") as call:
        reply = call(
            "import_plan",
            name=name,
            valid_from=valid_from.date().isoformat(),
            precision=precision,
            csv=_text(file),
            dry_run=dry_run,
        )
    _verdict(file, reply["lines"], reply["errors"])
    if reply["version"]:
        click.echo(f"Kept as version '{reply['version']}'.")
    else:
        click.echo("A dry run: nothing was kept.")


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
def assign(customer_number: str, plan: str) -> None:
    """Rate a customer by PLAN from now on; CUSTOMER_NUMBER 'default' is everyone without a plan."""
    if customer_number == EVERYONE:
        customer_id, who = EVERYONE, "everyone without a plan of their own"
    else:
        with calls_to("identity") as call:
            customer = numbered(call, _number(customer_number))
        customer_id, who = str(customer["id"]), str(customer["name"])
    with calls_to("cdr") as call:
        call("assign_plan", customer_id=customer_id, plan=plan)
    click.echo(f"Plan '{plan}' now rates {who}")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise click.BadParameter(f"'{text}' is neither a customer number nor '{EVERYONE}'.")
    return int(text)


def _text(file: Path) -> str:
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Problem(f"{file} is not UTF-8 (byte {problem.start}): save it as CSV UTF-8.") from None
    if len(text) > MOST_CHARACTERS:
        raise Problem(f"{file} has {len(text):,} characters; one import takes at most {MOST_CHARACTERS:,}.")
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


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
