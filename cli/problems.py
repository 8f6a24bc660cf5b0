"""What can be wrong with the machine, each as one sentence and an exit code; never a traceback."""

from __future__ import annotations

import click


class Problem(click.ClickException):
    """Something a person must decide or mend; shown as ``tikker: <sentence>``."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(f"tikker: {self.format_message()}", err=True)


class MayNotInstall(Problem):
    """A package is missing and we have no right (or no way) to install it."""

    exit_code = 3


class PortTaken(Problem):
    """Another program listens where we want to."""

    exit_code = 4


class BrokenData(Problem):
    """The broker or the database does not come up on its data folder."""

    exit_code = 5
