"""A database and a broker of the test's own, as a service has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pymongo.database import Database

from shared import mongo, outbox
from shared.mongo import Document
from shared.publisher import Publisher


@pytest.fixture
def database(mongo_uri: Callable[[str], str]) -> Iterator[Database[Document]]:
    """An empty database with the outbox's indexes."""
    database = mongo.connect(mongo_uri("shared"))
    outbox.ensure_indexes(database)
    yield database
    database.client.close()


@pytest.fixture
def publisher(vhost: str) -> Iterator[Publisher]:
    made = Publisher(vhost)
    yield made
    made.close()
