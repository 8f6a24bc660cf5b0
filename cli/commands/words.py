"""Collect the texts that users read into shared/locale/en.po, and print those without a translation.

Translations that are there stay; texts that the code no longer has go.
"""

from __future__ import annotations

import click

from cli import catalogue
from cli.state import REPOSITORY


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when something is missing.")
def command(check: bool) -> None:
    found = catalogue.merged(catalogue.marked(), catalogue.translated())
    if not check:
        catalogue.write(found)
    missing, wrong = catalogue.untranslated(found), catalogue.misplaced(found)
    for text in missing:
        click.echo(f"not translated: {text}")
    for text in wrong:
        click.echo(f"other placeholders than its text: {text}")
    place = catalogue.FILE.relative_to(REPOSITORY)
    click.echo(f"{len(catalogue.entries(found))} texts, {len(missing)} not translated ({place}).")
    if check and (missing or wrong):
        raise SystemExit(1)
