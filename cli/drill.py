"""Proof that a backup can be set back: a second system, from the backup, measured against the first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from cli import administration, dump, house
from cli.administration import Server
from cli.dump import Manifest
from cli.own_system import own_mongod
from cli.ports import Ports, unused_base
from cli.problems import Problem
from cli.state import REPOSITORY, State, write_private
from shared.acting import Acting, Signer
from shared.ids import new_id
from shared.rpc_client import RpcClient

MILLION = 1_000_000
STILL = ("--setParameter", "ttlMonitorEnabled=false")
"""Nothing may expire between restoring and comparing."""


class Second:
    """The second system: a state folder and ports of its own, gone when the drill is over."""

    def __init__(self, root: Path) -> None:
        self.state = State(root)
        self.ports = Ports(unused_base())

    @property
    def environment(self) -> dict[str, str]:
        left = {k: v for k, v in os.environ.items() if k not in ("AMQP_URI", "MONGO_URI", administration.URI)}
        return {**left, "TIKKER_STATE": str(self.state.root), "TIKKER_PORT": str(self.ports.base)}

    def run(self, *arguments: str) -> str:
        """One ``./tikker`` command in it. Raises Problem with its last words."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            words = (done.stderr + done.stdout).strip().splitlines() or ["it said nothing"]
            raise Problem(f"the restored system: ./tikker {' '.join(arguments)}: {words[-1]}")
        return done.stdout


@contextmanager
def second(root: Path, server: Server) -> Iterator[Second]:
    """With the secrets of the first."""
    shutil.rmtree(root, ignore_errors=True)
    made = Second(root)
    made.state.create()
    write_private(made.state.secrets, json.dumps(dict(server.secrets)) + "\n")
    try:
        yield made
    finally:
        made.run("down")
        shutil.rmtree(root, ignore_errors=True)


def set_back(folder: Path, manifest: Manifest, system: Second, again: Path) -> Manifest:
    """Restore, and dump what is there then: the manifest of that, from files in ``again``."""
    dump.check(folder, manifest)
    with (
        own_mongod(system.state, system.ports, manifest, STILL) as server,
        MongoClient[dict[str, Any]](server.uri) as client,
    ):
        dump.restore(client, folder, manifest, dump.databases())
        return dump.write(client, again, dump.databases(), server.secrets)


def differences(first: Manifest, second: Manifest) -> list[str]:
    """What is not the same in both, a line each: a collection, or what is to be kept of it."""
    found = []
    for database in sorted({*first.collections, *second.collections}):
        ours, theirs = first.collections.get(database, {}), second.collections.get(database, {})
        for name in sorted({*ours, *theirs}):
            one, other = ours.get(name), theirs.get(name)
            if one is None or other is None:
                found.append(f"{database}.{name}: only in the {'second' if one is None else 'first'}")
            elif _content(one) != _content(other):
                found.append(f"{database}.{name}: {one.documents} documents, then {other.documents}")
    return found


def _content(kept: dump.Kept) -> tuple[object, ...]:
    """What must be the same."""
    return kept.documents, kept.bytes, kept.sha256, json.loads(kept.options), json.loads(kept.indexes)


def ledger(system: Second) -> tuple[int, list[str]]:
    """Of the restored, running system: customers with usage; those whose totals are not their rows' sum."""
    here = house.current(system.state)
    rpc = RpcClient(here.amqp_uri("cli"), Signer.from_base64("cli", here.keys.signing_key("cli")))
    try:
        with MongoClient[dict[str, Any]](administration.of_house(here).uri) as client:
            sums = list(client["cdr"]["usage"].aggregate([_PER_CUSTOMER], allowDiskUse=True))
        told = {row["_id"]: _totals(rpc, row) for row in sums}
    finally:
        rpc.close()
    rows = {row["_id"]: (row["rows"], Decimal(row["amount"]) / MILLION) for row in sums}
    return len(rows), [
        f"{each}: rows {rows[each]}, totals {told[each]}" for each in rows if rows[each] != told[each]
    ]


_PER_CUSTOMER = {
    "$group": {
        "_id": "$customer",
        "rows": {"$sum": "$sign"},
        "amount": {"$sum": "$amount"},
        "first": {"$min": "$start"},
        "last": {"$max": "$start"},
    }
}


def _totals(rpc: RpcClient, row: dict[str, Any]) -> tuple[int, Decimal]:
    """What the counters say of the same rows: number and amount in euros."""
    acting = Acting(kind="staff", scope="operator", username="drill", correlation_id=new_id())
    day = timedelta(days=1)  # the moments are UTC, the days Dutch
    span = {"from": f"{row['first'] - day:%F}", "to": f"{row['last'] + day:%F}"}
    reply = rpc.call(
        "cdr", "totals_of", acting, timeout=30, customer_id=row["_id"], selection=span, by="total"
    )
    return reply["total"]["calls"], Decimal(reply["total"]["amount"])
