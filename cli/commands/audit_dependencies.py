"""Look up known holes in the packages of requirements.lock (pip-audit).

Exit code 1 when one has a hole. Without network it says that nobody could look, and passes.
"""

from __future__ import annotations

import sys

import click

from cli import audit
from cli.state import REPOSITORY


@click.command(help=__doc__)
@click.option("--dev", is_flag=True, help="What a developer has beside it as well.")
def command(dev: bool) -> None:
    found = audit.of(REPOSITORY / ("requirements-dev.lock" if dev else "requirements.lock"))
    if found.away:
        click.echo(f"warning: could not look up known holes ({found.away})", err=True)
    for hole in found.holes:
        click.echo(hole)
    if not found.holes and not found.away:
        click.echo("No known holes.")
    sys.exit(1 if found.holes else 0)
