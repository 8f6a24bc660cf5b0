"""A system of our own to set a backup back into: a state folder, and a mongod on it. No image has this."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli import dump, secrets, stores
from cli.administration import Server
from cli.dump import Manifest
from cli.lifecycle import launch, only_one, stop
from cli.mongod import Mongod
from cli.ports import Ports, require_free
from cli.problems import Problem
from cli.state import State
from cli.supervise import Supervisor


@contextmanager
def fresh_system(manifest: Manifest, kept: Path | None) -> Iterator[Server]:
    """The database of the state folder, with nothing else running; ``kept``: its secrets. Raises Problem."""
    state = State.from_environment()
    with only_one(state):
        if Supervisor(state).pid() is not None:
            raise Problem("Tikker runs on these data: stop it (./tikker down), or name another TIKKER_STATE.")
        _place_secrets(state, kept, manifest)
        with own_mongod(state, Ports.from_environment(), manifest) as server:
            yield server


def _place_secrets(state: State, kept: Path | None, manifest: Manifest) -> None:
    """None are made: new ones would open nothing of what comes back."""
    if kept is None and manifest.secrets and not state.secrets.exists():
        raise Problem("a new system needs the secrets of this backup: give them with --secrets FILE.")
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
