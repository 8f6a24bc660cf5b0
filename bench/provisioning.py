"""How many configurations per second phones get, at provisioning's own door and through the phones' front,
and ten thousand phones that come back within two minutes beside people in the portal (bench/storm.py).

A configuration is a challenge and then the file, by phones of ten makes with a PBX of twenty users each. What
a core does is counted by the processor time of our own processes (and once more with the database's), so that
a busy machine and the clients beside them do not blur it. The storm is on the clock.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from json import dumps, loads
from urllib.parse import urlsplit

import psutil

from bench import storm
from bench.handsets import MAKES, fill
from bench.phones import Phone, closed_loop
from bench.report import Promise, Report
from cli.state import State
from cli.testbed import Testbed
from services.provisioning.domain.profiles import profiles
from services.provisioning.domain.values import Site
from services.provisioning.usecases.workshop import Workshop
from shared import mongo
from shared.sealing import Sealer

LEAST_AT_LISTENER, LEAST_AT_FRONT = 300, 150
"""Configurations per second and core that we promise."""
RATED = 3_000
LINES = 32


@dataclass(frozen=True)
class House:
    """Where the two doors are, and whose processor time counts."""

    listener: int
    front: int
    listeners: psutil.Process
    fronts: psutil.Process
    database: psutil.Process | None


def run(bed: Testbed, state: State, phones: int, say: Callable[[str], None]) -> Report:
    """Measures and says whether the promises hold. ``state``: of the test bed, for the house of the storm."""
    report = Report("provisioning")
    _rates(report, bed.mongo_uri, min(phones, RATED), say)
    storm.measure(report, bed, state, phones, say)
    return report


def _rates(report: Report, mongo_uri: str, phones: int, say: Callable[[str], None]) -> None:
    """At both doors, with nothing else running."""
    uri = _database(mongo_uri)
    keys = dumps({"bench-1": b64encode(os.urandom(32)).decode()})
    site = Site("http://127.0.0.1:1", "sip.example", 5060, "udp", "tikker", "nl.pool.ntp.org")
    say(f"{phones:,} phones of {len(MAKES)} makes are made")
    made = fill(uri, Workshop(profiles(), site, Sealer.of(loads(keys))), phones)
    try:
        with _running(uri, keys, site) as house:
            _rate(report, house, made, False, say)
            _rate(report, house, made, True, say)
    finally:
        mongo.connect(uri).client.drop_database(mongo.connect(uri).name)


def _rate(
    report: Report, house: House, phones: Sequence[Phone], front: bool, say: Callable[[str], None]
) -> None:
    name = "front" if front else "listener"
    ours = (house.listeners, house.fronts) if front else (house.listeners,)
    port = house.front if front else house.listener
    say(f"{len(phones):,} configurations at the {name}, {LINES} at a time")
    before, stored = sum(map(_cpu, ours)), _cpu(house.database)
    began = time.monotonic()
    outcome = asyncio.run(closed_loop(port, phones, LINES))
    wall = time.monotonic() - began
    spent, base = sum(map(_cpu, ours)) - before, _cpu(house.database) - stored
    done = len(outcome.seconds)
    per_core = round(done / spent)
    report.figures |= {
        f"{name}: configurations per second and core": per_core,
        f"{name}: the same with the database's processor time": round(done / (spent + base)),
        f"{name}: configurations per second, by the clock": round(done / wall),
        **storm.times(name, outcome.seconds, outcome.errors),
    }
    least = LEAST_AT_FRONT if front else LEAST_AT_LISTENER
    report.promises.append(Promise(f"configurations per second and core at the {name}", per_core, least))
    report.promises.append(Promise(f"errors at the {name}", len(outcome.errors), 0, least=False))


@contextmanager
def _running(uri: str, keys: str, site: Site) -> Iterator[House]:
    """The listener and the front as they run in production, but for TLS, which ends in front of them."""
    listener, front, *health = (_free_port() for _ in range(4))
    token = secrets.token_hex(32)
    common = {**os.environ, "TIKKER_ENV": "development", "TIKKER_EDGE_TOKEN": token, "LOG_LEVEL": "WARNING"}
    told = {
        "MONGO_URI": uri,
        "TIKKER_SEALING_KEYS": keys,
        "PHONES_URL": site.base,
        "SIP_HOST": site.sip_host,
        "LISTENER_PORT": str(listener),
    }
    inner = _start("services.provisioning.listener", {**common, **told, "HEALTH_PORT": str(health[0])})
    outer = _start(
        "gateway.phones",
        {
            **common,
            "PHONES_PORT": str(front),
            "PROVISIONING_LISTENER": f"127.0.0.1:{listener}",
            "HEALTH_PORT": str(health[1]),
        },
    )
    try:
        for port in health:
            _wait_ready(port)
        database = _database_process(uri)
        yield House(listener, front, psutil.Process(inner.pid), psutil.Process(outer.pid), database)
    finally:
        for process in (outer, inner):
            process.terminate()
            process.wait(35)


def _start(module: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", module], env=environment)


def _wait_ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _cpu(process: psutil.Process | None) -> float:
    """Seconds of processor time of a process and its children."""
    if process is None:
        return 0.0
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(t.user + t.system for t in times))


def _database_process(uri: str) -> psutil.Process | None:
    """mongod, when it runs here under this user."""
    port = str(urlsplit(uri).port)
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "mongod" and port in (process.info["cmdline"] or []):
            return process
    return None


def _database(admin_uri: str) -> str:
    """An empty database of our own at this address."""
    head, _, options = admin_uri.partition("?")
    extra = "" if "authSource" in options or "@" not in head else "&authSource=admin"
    return f"{head.rstrip('/')}/bench_provisioning_{secrets.token_hex(4)}?{options}{extra}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
