"""The database's administrator: whose account backups are made and set back with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from cli import house, uris
from cli.house import House
from cli.secrets import ADMIN

URI = "MONGO_ADMIN_URI"


@dataclass(frozen=True)
class Server:
    """``secrets``: those of the house, {} where we are not told them."""

    uri: str
    secrets: Mapping[str, str]


def given() -> Server | None:
    """What MONGO_ADMIN_URI (or MONGO_URI, as ./tikker up reads it) names."""
    uri = os.environ.get(URI) or os.environ.get("MONGO_URI")
    return Server(uri, {}) if uri else None


def running() -> Server:
    """The given one, else that of the system which runs here. Raises Problem when there is neither."""
    return given() or of_house(house.current())


def of_house(here: House) -> Server:
    uri = uris.mongo(here.mongo_hosts, ADMIN, here.keys.mongo(ADMIN), "", here.mongo_options)
    return Server(uri, here.secrets)
