"""Mails of the portal: what waits, was sent or has failed, and another try for what has failed."""

from __future__ import annotations

import click

from cli.connection import calls_to
from shared.ids import new_id

PAGE = 100
STATES = ("failed", "queued", "sent")


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command("list")
@click.option("--state", type=click.Choice(STATES), default="failed", show_default=True)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=PAGE, show_default=True, help="At most so many."
)
def list_(state: str, limit: int) -> None:
    """List the mails of the last weeks in one state, newest first."""
    click.echo(f"{'mail':<24} {'made':<16} {'template':<22} {'tries':>5} {'next try':<16} to")
    left, after = limit, ""
    with calls_to("identity") as call:
        while left:
            page = call("mails", state=state, after=after, limit=min(PAGE, left))
            for row in page["rows"]:
                _show(row)
            left -= len(page["rows"])
            after = page["next"]
            if after is None:
                return


def _show(row: dict[str, object]) -> None:
    made, next_try = (str(row[name] or "–")[:16].replace("T", " ") for name in ("created_at", "next_try"))
    click.echo(
        f"{row['id']:<24} {made:<16} {row['template']:<22} {row['tries']:>5} {next_try:<16} {row['to']}"
    )
    if row["error"]:
        click.echo(f"    {row['error']}")


@command.command()
@click.argument("mail_ids", metavar="MAIL...", nargs=-1, required=True)
def retry(mail_ids: tuple[str, ...]) -> None:
    """Try failed mails again, from the start. MAIL is the first column of the list."""
    with calls_to("identity") as call:
        for mail_id in mail_ids:
            call("retry_mail", mail_id=mail_id, command_id=new_id())
            click.echo(f"{mail_id} is queued again")
