"""A database of its own for the reading benchmarks: its millions of rows are made once and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from pymongo.errors import PyMongoError

from cli import packages, secrets, uris
from cli.lifecycle import launch, only_one, stop
from cli.mongod import Mongod, admit_administrator, is_bundled
from cli.ports import LOCALHOST, Ports, unused_base
from cli.problems import Problem
from cli.secrets import ADMIN
from cli.state import State
from cli.waiting import wait_until

CACHE_GB = 6.0
START_SECONDS = 120


@contextmanager
def running(state: State) -> Iterator[str]:
    """The address of the database; it is stopped afterwards and its data stay in ``state``."""
    with only_one(state):
        kept = secrets.load(state.secrets)
        ports = Ports(unused_base())
        mongod = Mongod(state, ports, kept.text("TIKKER_MONGO_KEYFILE"), state.mongo / "data", CACHE_GB)
        if is_bundled():
            packages.ensure_curl_library(state)
        mongod.write_files()
        launch(state, [mongod.program()], dies_with_us=True)
        try:
            if not wait_until(partial(_lets_in, ports.mongo, kept.mongo(ADMIN)), START_SECONDS):
                raise Problem(f"the database of the benchmark does not start: see {state.logs}")
            yield uris.mongo(f"{LOCALHOST}:{ports.mongo}", ADMIN, kept.mongo(ADMIN), "bench_rows")
        finally:
            stop(state)


def _lets_in(port: int, password: str) -> bool:
    try:
        admit_administrator(port, ADMIN, password)
    except PyMongoError:
        return False
    return True
