"""Run the tests on a broker and a database of their own; everything after the options goes to pytest.

Without arguments: all tests, in three processes, as tests mostly wait for what they have started. What
they need from Debian is installed when it is missing. Exit code: pytest's.
"""

from __future__ import annotations

import os
import shutil
import sys

import click

from cli import packages, testbed
from cli.lifecycle import run_in_foreground, signals_interrupt
from cli.state import State

ALL = ["-n", "3", "--dist", "loadgroup", "--no-loadscope-reorder"]
"""The tests say themselves which go together, and in which order."""


@click.command(
    help=__doc__, context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]}
)
@click.option("--docker", is_flag=True, help="Only the tests that run docker-compose.yml.")
@click.option(
    "--keep",
    is_flag=True,
    help="Leave broker and database running for the next run (./tikker down stops them).",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(docker: bool, keep: bool, arguments: tuple[str, ...]) -> None:
    state = State.from_environment()
    packages.ensure_test_tools(state)
    with signals_interrupt():
        if docker:
            sys.exit(_pytest(["-m", "docker", *arguments], {}))
        try:
            with testbed.running(state.test, keep) as bed:
                code = _pytest(["-m", "not docker", *(arguments or ALL)], bed.settings)
        except KeyboardInterrupt:
            code = 130
    sys.exit(code)


def _pytest(arguments: list[str], settings: dict[str, str]) -> int:
    environment = {**os.environ, **settings, "CHROMIUM": shutil.which("chromium") or ""}
    return run_in_foreground([sys.executable, "-m", "pytest", *arguments], environment)
