"""What runs behind provisioning's own door, from the environment."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from services.provisioning.domain.authentication import Nonces
from services.provisioning.domain.files import Names
from services.provisioning.listener.app import App, nonce_key
from services.provisioning.store import Desk
from services.provisioning.usecases.fetching import Fetching
from services.provisioning.usecases.workshop import Workshop
from shared import mongo
from shared.config import is_production, setting
from shared.http_process import Door

SHORTEST_TOKEN = 32
DEFAULT_WORKERS = "2"
DEFAULT_THREADS = "6"
"""Few: what a thread does is short, and more of them only wait for each other."""
DEFAULT_NICENESS = "5"
"""Phones are patient, people are not: see docs/decisions on phones that boot at once."""


def token() -> str:
    """The house's token; ends the process with a sentence when it is too short to be one."""
    found = setting("TIKKER_EDGE_TOKEN")
    if len(found) < SHORTEST_TOKEN:
        raise SystemExit(f"TIKKER_EDGE_TOKEN needs at least {SHORTEST_TOKEN} characters.")
    return found


def clock() -> datetime:
    return datetime.now(UTC)


def make() -> App:
    """The application of one worker."""
    workshop = Workshop.from_environment()
    names = Names(file for profile in workshop.profiles.values() for file in profile.files)
    desk = Desk(mongo.connect(maxPoolSize=int(setting("LISTENER_THREADS", DEFAULT_THREADS))))
    fetching = Fetching(desk, workshop, names, Nonces(nonce_key(token())), clock)
    return App(fetching, token(), is_production(), urlsplit(workshop.site.base).path)


@cache
def _database() -> Any:
    """The master's own, made when it is asked how it is."""
    return mongo.connect()


def _ping() -> None:
    mongo.ping(_database())


def door() -> Door:
    """Ends the process with a sentence when a setting is missing or cannot be."""
    token()
    return Door(
        name="provisioning-listener",
        host=os.environ.get("LISTENER_BIND", "127.0.0.1"),
        port=int(setting("LISTENER_PORT")),
        make=make,
        ready={"database": _ping},
        workers=int(setting("LISTENER_WORKERS", DEFAULT_WORKERS)),
        threads=int(setting("LISTENER_THREADS", DEFAULT_THREADS)),
        niceness=int(setting("LISTENER_NICENESS", DEFAULT_NICENESS)),
    )
