"""Ten thousand phones that come back within a minute and a half, while people walk through the portal.

A whole house runs as in production. People walk first alone, then while the phones boot: the portal has to
keep its promise meanwhile, and every phone has to get its file. The phones are a process of their own, at
the priority of the front: elsewhere they would not take the portal's processor at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from json import loads

import psutil

from bench import pages, phones
from bench.handsets import fill
from bench.pages import LIMIT_MS, LIMIT_USERS, Walked
from bench.phones import Outcome, Phone
from bench.portal import started
from bench.report import Promise, Report
from cli.house import House
from cli.state import State
from cli.testbed import Testbed
from services.provisioning.domain.profiles import profiles
from services.provisioning.domain.values import Site
from services.provisioning.usecases.workshop import Workshop
from shared.sealing import Sealer

PHONES, SECONDS, LIMIT = 10_000, 90.0, 120.0
ALONE_SECONDS = 45.0
CLIENT_NICENESS = 5
PROCESSES = {
    "portal": "gateway.app:create_app()",
    "front": "gateway.phones",
    "listener": "services.provisioning.listener",
}
"""Whose processor time is told, and what stands in their command."""

Say = Callable[[str], None]


def measure(report: Report, bed: Testbed, state: State, count: int, say: Say) -> None:
    """Add figures and promises of the storm."""
    say("a whole house starts, and loads demo data")
    with bed.house("bench") as house, started(house, pages.ALL):
        pages.seed(house, state)
        say(f"{count:,} phones are made in a house with demo data")
        made = fill(house.mongo_uri("provisioning"), _workshop(house), count)
        share = count / PHONES
        seconds = SECONDS * share
        alone = max(5.0, ALONE_SECONDS * min(share, 1))
        say(f"{LIMIT_USERS} people walk for {alone:.0f} s, alone")
        _tell_pages(report, "pages without the storm", pages.walk_all(house, LIMIT_USERS, alone))
        say(f"{count:,} phones come back within {seconds:.0f} s (load: {os.getloadavg()[0]:.1f})")
        _storm(report, house, made, seconds)


def _workshop(house: House) -> Workshop:
    """Makes the files as the house's own provisioning would."""
    ports = house.ports
    site = Site(
        f"http://127.0.0.1:{ports.phones}", "127.0.0.1", ports.sip, "udp", "tikker", "nl.pool.ntp.org"
    )
    return Workshop(profiles(), site, Sealer.of(loads(house.keys.sealing_keys("provisioning"))))


def _storm(report: Report, house: House, made: Sequence[Phone], seconds: float) -> None:
    groups = _groups()
    before = {name: _cpu(found) for name, found in groups.items()}
    with _client() as client:
        began = time.monotonic()
        boots = client.submit(_boot, house.ports.phones, made, seconds)
        walked = pages.walk_all(house, LIMIT_USERS, max(seconds, 5.0))
        outcome, took = boots.result()
    lasted = time.monotonic() - began
    _tell_phones(report, outcome, took, len(made))
    _tell_pages(report, "pages in the storm", walked)
    for name, found in groups.items():
        report.figures[f"storm: cores busy with the {name}"] = round((_cpu(found) - before[name]) / lasted, 2)
        report.figures[f"storm: megabytes of memory, {name}"] = int(sum(_rss(p) for p in found) / 1e6)
    p95 = report.figures["pages in the storm: p95 ms"]
    report.promises += [
        Promise("pages.p95_ms in the storm", p95, LIMIT_MS, least=False),
        Promise("errors of pages in the storm", len(walked.errors), 0, least=False),
    ]


def _client() -> ProcessPoolExecutor:
    """A process that is none of the house's, behind the portal's in the queue for a processor."""
    fresh = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=fresh, initializer=os.nice, initargs=(CLIENT_NICENESS,))


def _boot(port: int, made: Sequence[Phone], seconds: float) -> tuple[Outcome, float]:
    """What became of all phones, and after how many seconds the last was done."""
    began = time.monotonic()
    return asyncio.run(phones.storm(port, made, seconds)), round(time.monotonic() - began, 1)


def _tell_phones(report: Report, outcome: Outcome, took: float, count: int) -> None:
    report.figures["storm: phones"] = count
    report.figures["storm: seconds until the last had its file"] = took
    report.figures |= times("storm", outcome.seconds, outcome.errors)
    limit = max(round(LIMIT * count / PHONES, 1), 5.0)
    report.promises += [
        Promise(f"seconds for {count:,} phones", took, limit, least=False),
        Promise("errors in the storm", len(outcome.errors), 0, least=False),
    ]


def _tell_pages(report: Report, name: str, walked: Walked) -> None:
    taken = [each for one in walked.seconds.values() for each in one]
    report.figures |= times(name, taken, walked.errors)


def times(name: str, seconds: Iterable[float], errors: Sequence[str]) -> Mapping[str, float]:
    """Median and p95 in milliseconds, and each error with its count."""
    found = sorted(seconds) or [0.0]
    return {
        f"{name}: p50 ms": round(found[len(found) // 2] * 1000, 1),
        f"{name}: p95 ms": round(found[min(len(found) - 1, int(len(found) * 0.95))] * 1000, 1),
        f"{name}: errors": len(errors),
        **{f"{name}: {error}": errors.count(error) for error in sorted(set(errors))},
    }


def _groups() -> dict[str, list[psutil.Process]]:
    """The house's processes that the storm is about, with their workers."""
    ours = {child.pid: child.cmdline() for child in psutil.Process().children()}
    return {
        name: _family(pid for pid, line in ours.items() if what in line) for name, what in PROCESSES.items()
    }


def _family(pids: Iterable[int]) -> list[psutil.Process]:
    masters = [psutil.Process(pid) for pid in pids]
    return [each for master in masters for each in (master, *master.children(recursive=True))]


def _cpu(found: Iterable[psutil.Process]) -> float:
    """Seconds; what has ended meanwhile, as a worker that is replaced does, counts no more."""
    used = 0.0
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return used


def _rss(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.NoSuchProcess):
        return int(process.memory_info().rss)
    return 0
