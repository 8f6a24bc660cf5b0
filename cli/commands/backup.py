"""Write every service's data, as they stood at one moment, into the new folder TO.

The system goes on meanwhile. Secrets are not in the folder: --secrets writes them to a file of their own, and
without them no sealed value (SIP password, PUK, second step) can be read after a restore. Keep both apart.
MONGO_ADMIN_URI names a database of one's own; else that of the system which runs here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from pymongo import MongoClient

from cli import administration, dump
from cli.problems import Problem
from cli.state import write_private


@click.command(help=__doc__)
@click.argument("to", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--secrets", "secrets_to", type=click.Path(dir_okay=False, path_type=Path), help="Also the secrets."
)
def command(to: Path, secrets_to: Path | None) -> None:
    server = administration.running()
    if secrets_to is not None:
        _keep_secrets(to, secrets_to, server)
    with MongoClient[dict[str, Any]](server.uri) as client:
        manifest = dump.write(client, to, dump.databases(), server.secrets)
    click.echo(
        f"{to}: {manifest.documents} documents, {manifest.bytes} bytes, as of {manifest.taken_at:%F %T} UTC."
    )
    if secrets_to is None:
        click.echo("The secrets are not in it: keep them apart (./tikker backup --secrets FILE).")


def _keep_secrets(to: Path, file: Path, server: administration.Server) -> None:
    if to.absolute() in file.absolute().parents:
        raise Problem(f"{file} would lie in the backup: keep the keys away from what they open.")
    if not server.secrets:
        raise Problem("the secrets of a given database are where you keep them: in .env, or your own vault.")
    write_private(file, json.dumps(dict(server.secrets), indent=1) + "\n")
    click.echo(f"{file}: {len(server.secrets)} secrets. Whoever has these and the backup has everything.")
