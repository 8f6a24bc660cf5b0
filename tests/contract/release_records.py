"""``python -m tests.contract.release_records RELEASE [MONGO_URI]``: keep what a release promises to its
neighbours, when it is made: its events, calls and answers, and some documents of a system with demo data.

The record of the release before stays until the next is made; older ones go, as only neighbours run together.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import msgspec
from bson import json_util
from pymongo import MongoClient

from tests.contract import signatures
from tests.contract.documents import READERS

FOLDER = Path(__file__).parent / "releases"
RELEASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
EACH = 4
"""Documents per collection: half the oldest, half the newest."""
LEFT_OUT = ("password_hash", "sealed", "recovery", "key", "ha1", "password", "puk")
"""Fields whose values are nobody's business, even of fictional people."""

SEALED = re.compile(r"v1\.[0-9a-f]+\.")


def written(found: dict[str, Any]) -> str:
    """A line for each name, so that a change shows where it is."""
    lines = (f" {json_util.dumps(name)}: {json_util.dumps(found[name])}" for name in sorted(found))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def read(release: str, what: str) -> Any:
    return json_util.loads((FOLDER / release / f"{what}.json").read_text("utf-8"))


def documents(client: MongoClient[dict[str, Any]], suffix: str = "") -> dict[str, list[Any]]:
    """Of every collection with a reader; without what is secret. ``suffix``: of the names of databases."""
    found: dict[str, list[Any]] = {}
    for name in READERS:
        database, _, collection = name.partition(".")
        rows = client[f"{database}{suffix}"][collection]
        ends = [list(rows.find().sort("_id", way).limit(EACH // 2)) for way in (1, -1)]
        found[name] = [_masked(row) for row in {row["_id"]: row for end in ends for row in end}.values()]
    return found


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if isinstance(value, str) and SEALED.match(value):
        return "masked"
    if not isinstance(value, dict):
        return value
    return {name: _veiled(inner) if name in LEFT_OUT else _masked(inner) for name, inner in value.items()}


def _veiled(value: Any) -> Any:
    if isinstance(value, list):
        return [_veiled(one) for one in value]
    return "masked" if isinstance(value, str) and value else _masked(value)


def main(release: str, uri: str = "") -> None:
    folder = FOLDER / release
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, Any] = {
        "events": signatures.events(),
        "calls": signatures.calls(),
        "answers": signatures.answers(),
    }
    if uri:
        with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
            made["documents"] = documents(client)
    for name, found in made.items():
        plain = found if name == "documents" else msgspec.to_builtins(found)
        (folder / f"{name}.json").write_text(written(plain), "utf-8")
        print(f"written: {folder / name}.json")


if __name__ == "__main__":
    main(*sys.argv[1:])
