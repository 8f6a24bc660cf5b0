"""A MongoDB, whoever runs it: its replica set, and a user per service."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from cli.problems import Problem
from cli.uris import REPLICA_SET

ALREADY_INITIATED = 23
REFUSED = (13, 18)  # Unauthorized, AuthenticationFailed


USER_EXISTS = 51003
ROLE_EXISTS = 51002

AUDIT_KEEPER = "identity"
"""Keeps the audit log, in a database beside its own."""
_ADDS = ["find", "insert", "createCollection", "createIndex", "listIndexes"]


def initiate(client: MongoClient[dict[str, Any]], member: str) -> None:
    """Make the server a replica set of one when it is in none yet."""
    if client.admin.command("hello").get("setName"):
        return
    try:
        config = {"_id": REPLICA_SET, "members": [{"_id": 0, "host": member}]}
        client.admin.command("replSetInitiate", config)
    except OperationFailure as problem:
        if problem.code not in (ALREADY_INITIATED, *REFUSED):
            raise


def wait_for_primary(address: str, seconds: float) -> None:
    """Raises PyMongoError when no member takes writes in that time."""
    with MongoClient[dict[str, Any]](address, serverSelectionTimeoutMS=int(seconds * 1000)) as client:
        deadline = time.monotonic() + seconds
        while not client.admin.command("hello").get("isWritablePrimary"):
            if time.monotonic() > deadline:
                raise PyMongoError("no primary")
            time.sleep(0.05)


def admit_services(
    address: str,
    users: Iterable[str],
    password: Callable[[str], str],
    database: Callable[[str], str] = str,
    keep: bool = False,
) -> None:
    """A user per service with all it needs in its own database and nothing elsewhere; safe to repeat.

    ``keep``: a known user keeps what it has (tests share users and have databases per worker).
    """
    with MongoClient[dict[str, Any]](address, serverSelectionTimeoutMS=10_000) as client:
        users = tuple(users)
        audit = _audit_role(client, database(AUDIT_KEEPER)) if AUDIT_KEEPER in users else ""
        known = {u["user"] for u in client.admin.command("usersInfo")["users"]}
        for user in users:
            roles = [{"role": role, "db": database(user)} for role in ("readWrite", "dbAdmin")]
            roles += [{"role": audit, "db": "admin"}] if user == AUDIT_KEEPER else []
            secret: dict[str, Any] = {"pwd": password(user), "mechanisms": ["SCRAM-SHA-256"]}
            if user not in known:
                try:
                    client.admin.command("createUser", user, roles=roles, **secret)
                    continue
                except OperationFailure as problem:
                    if problem.code != USER_EXISTS:  # somebody else was first
                        raise
            if keep:
                client.admin.command("grantRolesToUser", user, roles=roles)
            else:
                client.admin.command("updateUser", user, roles=roles, **secret)


def audit_database(database: str) -> str:
    """Where the service of this database keeps the audit log."""
    return f"{database}_audit"


def _audit_role(client: MongoClient[dict[str, Any]], database: str) -> str:
    """The role of who adds to an audit log and reads it: nobody changes or removes an entry."""
    role, log = f"adds to {audit_database(database)}", audit_database(database)
    privileges = [
        {"resource": {"db": log, "collection": "audit"}, "actions": _ADDS},
        {"resource": {"db": log, "collection": "heads"}, "actions": [*_ADDS, "update"]},
        {"resource": {"db": log, "collection": ""}, "actions": ["listCollections"]},
    ]
    try:
        client.admin.command("createRole", role, privileges=privileges, roles=[])
    except OperationFailure as problem:
        if problem.code != ROLE_EXISTS:
            raise
        client.admin.command("updateRole", role, privileges=privileges)
    return role


def hosts_and_options(address: str) -> tuple[str, str]:
    """The part of a given URI that every service's URI shares. Raises Problem when it is none."""
    try:
        parts = parse_uri(address)
    except (ConfigurationError, PyMongoError, ValueError) as problem:
        raise Problem(f"MONGO_URI cannot be used: {problem}") from None
    hosts = ",".join(f"{host}:{port}" for host, port in parts["nodelist"])
    given = parts["options"]
    kept = {"replicaSet": given.get("replicaSet"), "tls": "true" if given.get("tls") else None}
    options = "&".join(f"{key}={value}" for key, value in kept.items() if value)
    return hosts, options or f"replicaSet={REPLICA_SET}"
