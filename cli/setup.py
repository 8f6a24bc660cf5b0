"""``python -m cli.setup``: users, rights and topology on a broker and a database that others run.

Needs MONGO_ADMIN_URI and RABBITMQ_MANAGEMENT_URI, each with an administrator's account, and the
secrets that :mod:`cli.secrets` names in the environment. Safe to run again; it waits until both are up.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from cli import broker, mongo, secrets, topology
from cli.lifecycle import wait_until
from cli.problems import Problem

PATIENCE_SECONDS = 90.0


def set_up_mongo(address: str, kept: secrets.Secrets, patience: float = PATIENCE_SECONDS) -> None:
    """Make the replica set when there is none yet, and a user per service."""
    hosts, _ = mongo.hosts_and_options(address)
    _patiently("the database", lambda: _initiate(address, hosts.split(",")[0]), PyMongoError, patience)
    mongo.wait_for_primary(address, patience)
    mongo.admit_services(address, topology.DATABASE_USERS, kept.mongo)


def _initiate(address: str, member: str) -> None:
    with MongoClient[dict[str, Any]](address, directConnection=True, serverSelectionTimeoutMS=2000) as client:
        mongo.initiate(client, member)


def set_up_broker(management: str, kept: secrets.Secrets, patience: float = PATIENCE_SECONDS) -> None:
    """Vhosts, users, rights, policies and the fixed queues."""
    _patiently("the broker", lambda: broker.call_api(management, "GET", "/whoami"), OSError, patience)
    broker.post_definitions(management, topology.definitions(kept.amqp))


def _patiently(what: str, attempt: Callable[[], object], failure: type[Exception], seconds: float) -> None:
    last: list[Exception] = []

    def try_once() -> bool:
        try:
            attempt()
        except failure as problem:
            last[:] = [problem]
            return False
        return True

    if not wait_until(try_once, seconds):
        raise Problem(f"{what} does not let us in: {str(last[0])[:300]}")


def main() -> None:
    missing = [n for n in ("MONGO_ADMIN_URI", "RABBITMQ_MANAGEMENT_URI") if not os.environ.get(n)]
    kept = secrets.from_environment()
    missing += [n for n in secrets.accounts() if n not in kept.values]
    if missing:
        raise Problem(f"these settings are missing in the environment: {', '.join(missing)}.")
    started = time.monotonic()
    set_up_mongo(os.environ["MONGO_ADMIN_URI"], kept)
    set_up_broker(os.environ["RABBITMQ_MANAGEMENT_URI"], kept)
    print(f"set up in {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        problem.show()
        sys.exit(problem.exit_code)
