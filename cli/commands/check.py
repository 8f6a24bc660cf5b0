"""Look for mistakes without running anything: ruff, mypy, import rules, the environment, known holes.

One line per tool, and below it what it found. Exit code 1 when one of them found something.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click

from cli import audit
from cli.state import REPOSITORY, State

COUNT = re.compile(r"Found \d+ incompatibilit")
OURS = ("cli", "services", "gateway", "shared", "bench", "chaos", "tests")


@click.command(help=__doc__)
def command() -> None:
    content = [_report(name, arguments) for name, arguments in _tools().items()]
    sys.exit(0 if all([*content, _no_known_holes()]) else 1)


def _no_known_holes() -> bool:
    """What nobody could look up, for want of a network, is said and is no finding."""
    found = audit.of(REPOSITORY / "requirements.lock")
    verdict = f"not looked up: {found.away}" if found.away else "found something:" if found.holes else "ok"
    click.echo(f"{'known holes':<14} {verdict}")
    for hole in found.holes:
        click.echo(f"  {hole}")
    return not found.holes


def _report(name: str, arguments: list[str]) -> bool:
    """Run one tool and print its line; whether it found nothing."""
    found = _but_the_overridden(_findings(arguments))
    click.echo(f"{name:<14} {'found something:' if found else 'ok'}")
    for line in found:
        click.echo(f"  {line}")
    return not found


def _tools() -> dict[str, list[str]]:
    python = [sys.executable, "-m"]
    folders = [name for name in OURS if (REPOSITORY / name).is_dir()]
    return {
        "ruff check": [*python, "ruff", "check", "--quiet", "--output-format", "concise", *folders],
        "ruff format": [*python, "ruff", "format", "--check", "--output-format", "concise", *folders],
        "mypy": [*python, "mypy", "--no-error-summary"],
        "import-linter": [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        "uv pip check": [uv(), "pip", "check", "--quiet", "--python", sys.executable],
    }


def uv() -> str:
    """The one that the bootstrap script has used."""
    return shutil.which("uv") or str(State.from_environment().root / "bootstrap" / "bin" / "uv")


def _findings(arguments: list[str]) -> list[str]:
    """What one tool has to say, [] when it is content."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1"}
    try:
        done = subprocess.run(arguments, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    except OSError as problem:
        return [f"cannot run: {problem}"]
    if done.returncode == 0:
        return []
    return (done.stdout + done.stderr).rstrip().splitlines() or [f"exit code {done.returncode}"]


def _but_the_overridden(lines: list[str]) -> list[str]:
    """uv's check does not know [tool.uv] override-dependencies: what we left out on purpose is no finding."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["uv"]
    left_out = "|".join(text.partition(" ")[0] for text in settings["override-dependencies"])
    missing = re.compile(rf"requires `({left_out})\b.*not installed")
    kept = [line for line in lines if not missing.search(line)]
    return [] if all(COUNT.match(line) for line in kept) else kept
