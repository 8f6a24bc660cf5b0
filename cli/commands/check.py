"""Look for mistakes without running anything: ruff, mypy, import rules, the environment.

One line per tool, and below it what it found. Exit code 1 when one of them found something.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from cli.state import REPOSITORY, State

OURS = ("cli", "services", "gateway", "shared", "bench", "tests")


@click.command(help=__doc__)
def command() -> None:
    results = [_run(name, arguments) for name, arguments in _tools().items()]
    sys.exit(0 if all(results) else 1)


def _tools() -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    folders = [name for name in OURS if (REPOSITORY / name).is_dir()]
    return {
        "ruff check": [*python, "ruff", "check", "--quiet", *folders],
        "ruff format": [*python, "ruff", "format", "--check", "--quiet", *folders],
        "mypy": [*python, "mypy", "--no-error-summary"],
        "import-linter": [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        "uv pip check": [_uv(), "pip", "check", "--quiet", "--python", sys.executable],
    }


def _uv() -> str:
    """The one that the bootstrap script has used."""
    return shutil.which("uv") or str(State.from_environment().root / "bootstrap" / "bin" / "uv")


def _run(name: str, arguments: list[str]) -> bool:
    """Run one tool and print its line; whether it found nothing."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1"}
    try:
        done = subprocess.run(arguments, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    except OSError as problem:
        click.echo(f"{name:<14} cannot run: {problem}")
        return False
    click.echo(f"{name:<14} {'ok' if done.returncode == 0 else 'found something:'}")
    if done.returncode != 0:
        click.echo((done.stdout + done.stderr).rstrip())
    return done.returncode == 0
