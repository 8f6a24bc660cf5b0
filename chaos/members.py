"""The database of the bed: a set of three, whose members may be killed, frozen and drowned."""

from __future__ import annotations

import errno
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from cli import uris
from cli.mongod import Mongod
from cli.ports import LOCALHOST, Ports
from cli.problems import Problem
from cli.program import Program
from cli.secrets import ADMIN
from cli.state import State
from cli.waiting import wait_until

PORT_OFFSETS = (0, 5, 6)
"""From the base on: each member listens on the port of a mongod counted from there."""
ELECTION_MS, HEARTBEAT_MS = 3000, 500
CACHE_GB, OPLOG_MB = 0.25, 128
VOLUME_MB = 900
ALMOST_NOTHING = 64 * 1024
START_SECONDS = 90
USER_EXISTS = 51003


@dataclass(frozen=True)
class Volume:
    """A file system of its own, of a fixed size, under the data of one member."""

    folder: Path

    def mount(self) -> str:
        """Make it; why it could not be made, or "" when it stands."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.unmount()
        command = ["mount", "-t", "tmpfs", "-o", f"size={VOLUME_MB}m,mode=700", "tikker", str(self.folder)]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as problem:
            return str(problem)
        return done.stderr.strip()

    def unmount(self) -> None:
        """What is left of an earlier run goes as well."""
        if self.folder.is_mount():
            subprocess.run(["umount", "-l", str(self.folder)], capture_output=True)

    @property
    def filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Take all space that is free, to the last block."""
        block = b"\0" * (1 << 20)
        with open(self.filler, "wb", buffering=0) as file:
            while block:
                try:
                    file.write(block)
                except OSError as problem:
                    if problem.errno != errno.ENOSPC:
                        raise
                    block = block[: len(block) // 2] if len(block) > 1024 else b""

    def empty(self) -> None:
        self.filler.unlink(missing_ok=True)

    @property
    def is_full(self) -> bool:
        return shutil.disk_usage(self.folder).free < ALMOST_NOTHING


@dataclass(frozen=True)
class Members:
    """Three mongods on ports counted from ``base``; the first one's data lie in ``data``, on the volume."""

    state: State
    base: int
    keyfile: str
    password: str
    data: Path

    @property
    def ports(self) -> tuple[int, ...]:
        return tuple(Ports(self.base + offset).mongo for offset in PORT_OFFSETS)

    @property
    def hosts(self) -> str:
        return ",".join(f"{LOCALHOST}:{port}" for port in self.ports)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"mongod-{place}" for place in range(len(PORT_OFFSETS)))

    @property
    def admin_uri(self) -> str:
        return uris.mongo(self.hosts, ADMIN, self.password, "")

    def programs(self) -> list[Program]:
        """Writes their files and says how each is started."""
        flags = ("--noscripting", "--oplogSize", str(OPLOG_MB))
        listed = []
        for place, (offset, name) in enumerate(zip(PORT_OFFSETS, self.names, strict=True)):
            folder = self.data / str(place) if place else self.data / "volume" / "data"
            mongod = Mongod(self.state, Ports(self.base + offset), self.keyfile, folder, CACHE_GB, flags)
            mongod.write_files()
            listed.append(replace(mongod.program(), name=name))
        return listed

    def begin(self) -> None:
        """Make them one set with an administrator. Raises Problem when they do not come up."""
        if not wait_until(self._is_set_up, START_SECONDS):
            raise Problem(f"the three databases do not start: see {self.state.logs}/mongod-*.log")

    def primary(self, but: int | None = None) -> int | None:
        """The place of the member that takes writes, ``but`` left out; None while there is none."""
        for place, port in enumerate(self.ports):
            if place == but:
                continue
            try:
                with self._to(port) as client:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        return place
            except PyMongoError:
                continue
        return None

    def is_caught_up(self) -> bool:
        """Whether all three are there and follow."""
        states = self._member_states()
        return sorted(states) == ["PRIMARY", "SECONDARY", "SECONDARY"]

    def step_down(self) -> None:
        """Another one shall be primary. The old one hangs up on everybody meanwhile."""
        self._tell(self.primary(), {"replSetStepDown": 20, "secondaryCatchUpPeriodSecs": 5})

    def step_up(self, place: int) -> None:
        self._tell(place, {"replSetStepUp": 1})

    def write_out(self, place: int) -> None:
        """A checkpoint now: with a full disk it is what ends the process."""
        self._tell(place, {"fsync": 1})

    def _tell(self, place: int | None, command: dict[str, Any]) -> None:
        if place is None:
            return
        try:
            with self._to(self.ports[place]) as client:
                client.admin.command(command)
        except PyMongoError:  # it hangs up, as it was meant to; the caller looks what came of it
            return

    def _member_states(self) -> Sequence[str]:
        place = self.primary()
        if place is None:
            return ()
        try:
            with self._to(self.ports[place]) as client:
                members = client.admin.command("replSetGetStatus")["members"]
        except PyMongoError:
            return ()
        return [member["stateStr"] for member in members if member["health"] == 1]

    def _is_set_up(self) -> bool:
        try:
            with self._plain(self.ports[0]) as client:
                if not client.admin.command("hello").get("setName"):
                    client.admin.command("replSetInitiate", self._configuration())
            for port in self.ports:
                with self._plain(port) as client:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        self._admit(client)
                        return True
        except PyMongoError:
            return False
        return False

    def _admit(self, client: MongoClient[dict[str, Any]]) -> None:
        try:
            client.admin.command("createUser", ADMIN, pwd=self.password, roles=["root"])
        except OperationFailure as problem:
            if problem.code not in (USER_EXISTS, 13):  # 13: there is a user, so nobody comes in without
                raise

    def _configuration(self) -> dict[str, Any]:
        members = [{"_id": n, "host": f"{LOCALHOST}:{port}"} for n, port in enumerate(self.ports)]
        settings = {"electionTimeoutMillis": ELECTION_MS, "heartbeatIntervalMillis": HEARTBEAT_MS}
        return {"_id": uris.REPLICA_SET, "members": members, "settings": settings}

    def _plain(self, port: int) -> MongoClient[dict[str, Any]]:
        return MongoClient(
            f"mongodb://{LOCALHOST}:{port}/", directConnection=True, serverSelectionTimeoutMS=500
        )

    def _to(self, port: int) -> MongoClient[dict[str, Any]]:
        account = f"{ADMIN}:{quote(self.password)}"
        return MongoClient(
            f"mongodb://{account}@{LOCALHOST}:{port}/?authSource=admin",
            directConnection=True,
            serverSelectionTimeoutMS=300,
            connectTimeoutMS=300,
            socketTimeoutMS=6000,
        )
