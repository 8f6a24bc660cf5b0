"""Write the lock files anew from pyproject.toml (versions and hashes, no addresses)."""

from __future__ import annotations

import subprocess

import click

from cli.commands.check import uv
from cli.state import REPOSITORY

COMPILE = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
]


@click.command(help=__doc__)
@click.option("--upgrade", is_flag=True, help="Take the newest versions that pyproject.toml allows.")
def command(upgrade: bool) -> None:
    extra = ["--upgrade"] if upgrade else []
    _compile("requirements.lock", extra)
    _compile("requirements-dev.lock", [*extra, "--group", "dev", "-c", "requirements.lock"])


def _compile(target: str, extra: list[str]) -> None:
    arguments = [uv(), "pip", "compile", "--quiet", "pyproject.toml", *COMPILE, *extra, "-o", target]
    subprocess.run(arguments, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    click.echo(f"{target} written")
