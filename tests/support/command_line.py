"""``./tikker`` in the process of the test: the same words in, the same words and exit code out.

A process of its own costs a second of a core; each family of commands has a test that pays for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from subprocess import CompletedProcess
from unittest import mock

from click.testing import CliRunner

from cli.__main__ import main


def run_here(environment: Mapping[str, str], *arguments: str) -> CompletedProcess[str]:
    """Run one command with these settings added, or raise what the command let through."""
    root = logging.getLogger()
    level = root.level
    with mock.patch("cli.connection.setup_logging"):  # it would take over the logging of the tests
        try:
            done = CliRunner(env=dict(environment)).invoke(
                main, arguments, prog_name="tikker", catch_exceptions=False
            )
        finally:
            root.setLevel(level)
    return CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)
