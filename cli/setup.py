"""``python -m cli.setup``: users, rights and topology on a broker and a database that others run.

Needs MONGO_ADMIN_URI and RABBITMQ_MANAGEMENT_URI, each with an administrator's account, and the
secrets that :mod:`cli.secrets` names in the environment. Safe to run again; it waits until both are up.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from cli import broker, mongo, secrets, topology
from cli.problems import Problem
from cli.waiting import wait_until
from shared.config import is_production

PATIENCE_SECONDS = 90.0
SHORTEST_PASSWORD = 24


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


def refuse_samples(passwords: Mapping[str, str]) -> None:
    """A password that is short, or that two accounts share, is somebody's example. Raises Problem."""
    short = [name for name, value in passwords.items() if len(value) < SHORTEST_PASSWORD]
    shared = [name for name, value in passwords.items() if list(passwords.values()).count(value) > 1]
    if short or shared:
        raise Problem(
            f"{', '.join(dict.fromkeys([*short, *shared]))}: in production a password has at least "
            f"{SHORTEST_PASSWORD} characters and one owner; ./tikker compose-env makes good ones."
        )


def main() -> None:
    missing = [n for n in ("MONGO_ADMIN_URI", "RABBITMQ_MANAGEMENT_URI") if not os.environ.get(n)]
    kept = secrets.from_environment()
    missing += [n for n in secrets.accounts() if n not in kept.values]
    if missing:
        raise Problem(f"these settings are missing in the environment: {', '.join(missing)}.")
    if is_production():
        refuse_samples({name: kept.values[name] for name in secrets.accounts()})
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
