"""Make .env: the settings and secrets that docker-compose.yml asks for.

FILE is .env beside docker-compose.yml unless another is given. What it says already stays as it is;
only what is missing is added, so it is safe to run again, for instance after an update.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from cli import secrets
from cli.problems import Problem
from cli.state import REPOSITORY, write_private

CARRIERS = "TIKKER_CARRIERS"
PUBLIC_KEYS = "TIKKER_PUBLIC_KEYS"
"""Follows from the signing keys, so it is written anew every time."""
WITHOUT_COMPOSE = ("TIKKER_ERLANG_COOKIE",)  # the broker's image makes its own

HEAD = """\
# Settings and secrets of docker-compose.yml, made by ./tikker compose-env. Nobody else may read this file.
# Keep a copy with the backups of the volumes: the administrators' passwords are those of the first start.

# development: the portal at http://127.0.0.1:8080 as it is.
# production: TLS in front (docs/compose.md); the session's cookie then travels over HTTPS only.
"""
SETTINGS = {"TIKKER_ENV": "development", "TIKKER_PORT": "8080"}


@click.command(help=__doc__)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=REPOSITORY / ".env")
def command(file: Path) -> None:
    text = file.read_text() if file.exists() else HEAD
    there = _settings(file, text)
    if CARRIERS in there:
        os.environ[CARRIERS] = there[CARRIERS]
    complete = {**SETTINGS, **_chosen(), **_secrets(), **there}
    complete[PUBLIC_KEYS] = secrets.Secrets(complete).public_keys
    kept = [line for line in text.splitlines() if not line.startswith(f"{PUBLIC_KEYS}=")]
    added = [name for name in complete if name not in there or name == PUBLIC_KEYS]
    write_private(file, "\n".join([*kept, *(f"{name}={complete[name]}" for name in added), ""]))
    click.echo(f"{file}: {len(complete.keys() - there.keys())} settings made, {len(there)} were there.")


def _settings(file: Path, text: str) -> dict[str, str]:
    """What the file says. Raises Problem when it says something else besides."""
    lines = (line.strip() for line in text.splitlines())
    settings = [line.partition("=") for line in lines if line and not line.startswith("#")]
    wrong = next((name for name, equals, _ in settings if not equals), None)
    if wrong is not None:
        raise Problem(f"{file} has a line that is no NAME=value: {wrong[:40]!r}.")
    return {name.strip(): value.strip() for name, _, value in settings}


def _chosen() -> dict[str, str]:
    return {CARRIERS: os.environ[CARRIERS]} if os.environ.get(CARRIERS) else {}


def _secrets() -> dict[str, str]:
    return {name: value for name, value in secrets.fresh().values.items() if name not in WITHOUT_COMPOSE}
