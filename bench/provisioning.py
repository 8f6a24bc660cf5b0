"""How many configurations per second phones get, at provisioning's own door and through the phones' front,
and ten thousand phones that come back within two minutes.

A configuration is a challenge and then the file, by phones of ten makes with a PBX of twenty users each. What
a core does is counted by the processor time of our own processes (and once more with the database's), so that
a busy machine and the clients beside them do not blur it. The storm is on the clock.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps, loads
from urllib.parse import urlsplit

import psutil

from bench.phones import Outcome, Phone, closed_loop, storm
from bench.report import Promise, Report
from services.provisioning.domain import device as devices
from services.provisioning.domain.device import PASSWORD, SIP, WEB, Device, Person
from services.provisioning.domain.profiles import profiles
from services.provisioning.domain.values import Site
from services.provisioning.store.indexes import prepare
from services.provisioning.store.rows import device_row, person_row
from services.provisioning.usecases.workshop import Workshop
from shared import mongo
from shared.sealing import Sealer

LEAST_AT_LISTENER, LEAST_AT_FRONT = 300, 150
"""Configurations per second and core that we promise."""
STORM_PHONES, STORM_SECONDS, STORM_LIMIT = 10_000, 90.0, 120.0
USERS_PER_CUSTOMER = 20
LINES = 32
WORD = "Fiets-27"
MAKES = {
    "yealink-t54w": ("{mac}.cfg", "Yealink SIP-T54W 96.86.0.75 {mac}", False),
    "yealink-t31p": ("{mac}.cfg", "Yealink SIP-T31P 124.86.0.40 {mac}", False),
    "snom-d785": ("snomD785-{MAC}.htm", "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 {MAC})", True),
    "grandstream-grp2614": ("cfg{mac}.xml", "Grandstream Model HW GRP2614 SW 1.0.5.15", False),
    "grandstream-gxp2170": ("cfg{mac}.xml", "Grandstream Model HW GXP2170 SW 1.0.11.6", False),
    "poly-vvx450": ("poly-{mac}.cfg", "FileTransport PolycomVVX-VVX_450-UA/5.9.1.0615", False),
    "cisco-8841": ("cisco-{MAC}.xml", "Cisco-CP-8841-3PCC/11.0 ({mac})", False),
    "gigaset-n670": ("{MAC}.xml", "Gigaset N670 IP PRO/83.V2.43.0;{MAC}", False),
    "panasonic-hdv130": ("Config{MAC}.cfg", "Panasonic_KX-HDV130/01.133 ({mac})", True),
    "fanvil-x5u": ("{mac}.cfg", "Fanvil X5U-V2 2.12.16.17 {mac}", False),
}


@dataclass(frozen=True)
class House:
    """Where the two doors are, and whose processor time counts."""

    listener: int
    front: int
    listeners: psutil.Process
    fronts: psutil.Process
    database: psutil.Process | None


def run(mongo_uri: str, phones: int, say: Callable[[str], None]) -> Report:
    """Measures and says whether the promises hold."""
    uri = _database(mongo_uri)
    keys = dumps({"bench-1": b64encode(os.urandom(32)).decode()})
    site = Site("http://127.0.0.1:1", "sip.example", 5060, "udp", "tikker", "nl.pool.ntp.org")
    say(f"{phones:,} phones of {len(MAKES)} makes are made")
    made = _fill(uri, Workshop(profiles(), site, Sealer.of(loads(keys))), phones)
    report = Report("provisioning")
    try:
        with _running(uri, keys, site) as house:
            part = made[: min(phones, 3_000)]
            _rate(report, house, part, False, say)
            _rate(report, house, part, True, say)
            _storm(report, house, made, say)
    finally:
        mongo.connect(uri).client.drop_database(mongo.connect(uri).name)
    return report


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
        **_times(name, outcome),
    }
    least = LEAST_AT_FRONT if front else LEAST_AT_LISTENER
    report.promises.append(Promise(f"configurations per second and core at the {name}", per_core, least))
    report.promises.append(Promise(f"errors at the {name}", len(outcome.errors), 0, least=False))


def _storm(report: Report, house: House, phones: Sequence[Phone], say: Callable[[str], None]) -> None:
    seconds = STORM_SECONDS * len(phones) / STORM_PHONES
    say(f"{len(phones):,} phones come back within {seconds:.0f} s")
    began = time.monotonic()
    outcome = asyncio.run(storm(house.front, phones, seconds))
    took = round(time.monotonic() - began, 1)
    report.figures |= {
        "storm: phones": len(phones),
        "storm: seconds until the last had its file": took,
        **_times("storm", outcome),
        "storm: megabytes of memory, listener": _memory(house.listeners),
        "storm: megabytes of memory, front": _memory(house.fronts),
    }
    for reason in sorted(set(outcome.errors)):
        report.figures[f"storm: {reason}"] = outcome.errors.count(reason)
    limit = round(STORM_LIMIT * len(phones) / STORM_PHONES, 1)
    report.promises.append(Promise(f"seconds for {len(phones):,} phones", took, max(limit, 5.0), least=False))
    report.promises.append(Promise("errors in the storm", len(outcome.errors), 0, least=False))


def _times(name: str, outcome: Outcome) -> dict[str, float]:
    found = sorted(outcome.seconds) or [0.0]
    return {
        f"{name}: p50 ms": round(statistics.median(found) * 1000, 1),
        f"{name}: p95 ms": round(found[int(len(found) * 0.95)] * 1000, 1),
        f"{name}: errors": len(outcome.errors),
    }


def _fill(uri: str, workshop: Workshop, count: int) -> list[Phone]:
    """Customers with a PBX and a phone for each user, as the service would have made them."""
    db = mongo.connect(uri, timeout_ms=60_000)
    prepare(db)
    phones: list[Phone] = []
    for first in range(0, count, USERS_PER_CUSTOMER):
        customer = secrets.token_hex(16)
        people = [_person(customer, n) for n in range(USERS_PER_CUSTOMER)]
        db["people"].insert_many([person_row(person) for person in people])
        made = [
            _device(workshop, customer, first + n, person, people)
            for n, person in enumerate(people[: count - first])
        ]
        db["devices"].insert_many([device_row(device) for device in made])
        phones += [_phone(device) for device in made]
    db.client.close()
    return phones


def _person(customer: str, place: int) -> Person:
    return Person(
        id=secrets.token_hex(16),
        customer_id=customer,
        revision=1,
        name=f"Medewerker {place}",
        extension=str(200 + place),
    )


def _device(workshop: Workshop, customer: str, place: int, person: Person, people: list[Person]) -> Device:
    id = secrets.token_hex(16)
    plain = {PASSWORD: WORD, SIP: devices.new_password(26), WEB: devices.new_password(16)}
    device = Device(
        id=id,
        customer_id=customer,
        model=list(MAKES)[place % len(MAKES)],
        label=person.name,
        config_user=devices.config_user(id),
        sip_user=devices.new_sip_user(),
        book=secrets.token_hex(16),
        created_at=datetime.now(UTC),
        mac=f"02{place:010x}",
        user_id=person.id,
        secrets={name: workshop.seal(id, name, value) for name, value in plain.items()},
    )
    return workshop.with_file(device, people)


def _phone(device: Device) -> Phone:
    file, agent, basic = MAKES[device.model]
    names = {"mac": device.mac, "MAC": device.mac.upper()}
    return Phone("/" + file.format(**names), device.config_user, WORD, agent.format(**names), basic)


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


def _memory(process: psutil.Process) -> int:
    return int(sum(p.memory_info().rss for p in (process, *process.children(recursive=True))) / 1e6)


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
