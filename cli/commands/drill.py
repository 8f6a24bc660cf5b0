"""Practise what must work on the worst day.

./tikker drill restore: back up the system that runs, set it back into a second one beside it, compare
every collection, start that and have it prove its books and its audit log. The first one is only read.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import click
from pymongo import MongoClient

from cli import administration, drill, dump
from cli.dump import Manifest
from cli.problems import Problem
from cli.state import State


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.option("--data-only", is_flag=True, help="Compare the data, and do not start what was restored.")
def restore(data_only: bool) -> None:
    """Back up, set back into a second system, compare. Exit code 1 when anything differs."""
    server = administration.running()
    if not server.secrets:
        raise Problem("a drill needs a system that ./tikker up has started.")
    root = State.from_environment().root / "drill"
    files = root.with_name("drill-files")
    shutil.rmtree(files, ignore_errors=True)
    try:
        with drill.second(root, server) as second:
            _data(server, second, files)
            if not data_only:
                _life(second)
    finally:
        shutil.rmtree(files, ignore_errors=True)


def _data(server: administration.Server, second: drill.Second, files: Path) -> None:
    files.mkdir(mode=0o700)
    began = time.monotonic()
    with MongoClient[dict[str, Any]](server.uri) as client:
        first = dump.write(client, files / "first", dump.databases(), server.secrets)
    _say("backup", f"{_size(first)}, {time.monotonic() - began:.1f} s")
    began = time.monotonic()
    again = drill.set_back(files / "first", first, second, files / "second")
    _say("restored and read again", f"{_size(again)}, {time.monotonic() - began:.1f} s")
    _none_of("collections that differ", drill.differences(first, again))
    for name in ("cdr.usage", "invoicing.invoices", "identity_audit.audit"):
        database, _, collection = name.partition(".")
        kept = first.collections[database].get(collection)
        _say(name, f"{kept.documents if kept else 0} documents, the same bytes")


def _life(second: drill.Second) -> None:
    began = time.monotonic()
    second.run("up", "--detach", "--no-demo")
    _say("the restored system is ready", f"{time.monotonic() - began:.1f} s")
    customers, wrong = drill.ledger(second)
    _say("customers with usage", str(customers))
    _none_of("whose totals are not the sum of their rows", wrong)
    logs = second.run("audit", "verify").strip().splitlines()
    _say("audit logs that are whole", str(len(logs)))
    click.echo("The backup can be set back.")


def _none_of(what: str, found: list[str]) -> None:
    _say(what, str(len(found)))
    if found:
        raise Problem(f"{what}: {'; '.join(found[:5])}")


def _size(manifest: Manifest) -> str:
    return f"{manifest.documents} documents, {manifest.bytes} bytes"


def _say(what: str, value: str) -> None:
    click.echo(f"{what:<44} {value}")
