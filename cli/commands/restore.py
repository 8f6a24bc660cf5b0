"""Set the backup in FROM back into an empty system, and leave it stopped.

Here: into the state folder (TIKKER_STATE) of a system that has no data yet; ./tikker up starts it then. With
MONGO_ADMIN_URI: into that database, whose services must be stopped. Events that were sent in the last hour before
the backup are sent once more: the broker may have lost them, and whoever had them drops them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from pymongo import MongoClient

from cli import administration, dump, secrets, stores
from cli.administration import Server
from cli.dump import Manifest
from cli.lifecycle import launch, only_one, stop
from cli.mongod import Mongod
from cli.ports import Ports, require_free
from cli.problems import Problem
from cli.state import State
from cli.supervise import Supervisor


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
    with _empty_server(manifest, kept) as server, MongoClient(server.uri) as client:
        dump.restore(client, folder, manifest, dump.databases())
        again = resend(client, manifest, timedelta(minutes=resend_minutes))
    click.echo(
        f"{manifest.documents} documents as of {manifest.taken_at:%F %T} UTC; {again} events are sent again."
    )


def resend(client: dump.Client, manifest: Manifest, back: timedelta) -> int:
    """Let the outboxes send again what left them so shortly before; how many events. Consumers know doubles."""
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
    state = State.from_environment()
    with only_one(state):
        if Supervisor(state).pid() is not None:
            raise Problem("Tikker runs on these data: stop it (./tikker down), or name another TIKKER_STATE.")
        _place_secrets(state, kept)
        with own_mongod(state, Ports.from_environment(), manifest) as server:
            yield server


def _place_secrets(state: State, kept: Path | None) -> None:
    if kept is None:
        return
    if state.secrets.exists() and state.secrets.read_bytes() != kept.read_bytes():
        raise Problem(f"{state.secrets} holds other secrets: name an empty TIKKER_STATE.")
    shutil.copyfile(kept, state.secrets)
    state.secrets.chmod(0o600)


@contextmanager
def own_mongod(
    state: State, ports: Ports, manifest: Manifest, flags: tuple[str, ...] = ()
) -> Iterator[Server]:
    """A mongod on this state folder, for the time of the block, with nothing beside it."""
    house = secrets.load(state.secrets)
    _require_its_keys(manifest, house.values)
    key = house.text("TIKKER_MONGO_KEYFILE")
    mongod = Mongod(state, ports, key, state.mongo / "data", flags=("--noscripting", *flags))
    ours = stores.Stores(state, house, None, mongod)
    require_free(ours.ports())
    ours.install()
    try:
        ours.wait(launch(state, ours.programs(), dies_with_us=True))
        yield Server(ours.admin_mongo_uri(), house.values)
    finally:
        stop(state)


def _require_its_keys(manifest: Manifest, values: Any) -> None:
    """Other keys would leave sealed values unreadable for ever: better to hear it now."""
    ours = dump.fingerprints(dict(values))
    for name, known in manifest.secrets.items():
        if name.startswith("TIKKER_SEALING_KEYS") and ours.get(name) != known:
            raise Problem(f"{name} is not the one of this backup: give its secrets with --secrets FILE.")
