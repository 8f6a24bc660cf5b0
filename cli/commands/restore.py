"""Set the backup in FROM back into an empty system, and leave it stopped.

Here: into the state folder (TIKKER_STATE) of a system that has no data yet; ./tikker up starts it then. With
MONGO_ADMIN_URI: into that database, whose services must be stopped. Events that were sent in the last hour
before the backup are sent once more: the broker may have lost them, and whoever had them drops them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from pymongo import MongoClient

from cli import administration, dump
from cli.administration import Server
from cli.dump import Manifest


@click.command(help=__doc__)
@click.argument("from", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--secrets", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its secrets."
)
@click.option("--resend-minutes", default=60, show_default=True, help="How far back events are sent again.")
def command(kept: Path | None, resend_minutes: int, **arguments: Any) -> None:
    folder: Path = arguments["from"]
    manifest = dump.read_manifest(folder)
    dump.check(folder, manifest)
    with _empty_server(manifest, kept) as server, MongoClient[dict[str, Any]](server.uri) as client:
        dump.restore(client, folder, manifest, dump.databases())
        again = resend(client, manifest, timedelta(minutes=resend_minutes))
    click.echo(
        f"{manifest.documents} documents as of {manifest.taken_at:%F %T} UTC; {again} events are sent again."
    )


def resend(client: dump.Client, manifest: Manifest, back: timedelta) -> int:
    """Let the outboxes send again what left them so shortly before; how many. Consumers know doubles."""
    since = {"sent_at": {"$gte": manifest.taken_at - back}}
    waiting = {"$set": {"waiting": True}, "$unset": {"sent_at": ""}}
    return sum(
        client[name]["outbox"].update_many(since, waiting).modified_count for name in manifest.collections
    )


@contextmanager
def _empty_server(manifest: Manifest, kept: Path | None) -> Iterator[Server]:
    given = administration.given()
    if given:
        yield given
        return
    from cli.own_system import fresh_system  # images run no database, and lack what that needs

    with fresh_system(manifest, kept) as server:
        yield server
