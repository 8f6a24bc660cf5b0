"""Putting a new copy in a service's place while people use the portal: no page fails, none misses a part.

As an update goes (docs/operations.md): a second process of the service is started, and when it is ready the
first is told to stop. One service after the other, the portal itself last: what stands before its copies
sends people to the new one, and a moment later the old one is told to stop. A machine that is so busy that
services miss their five seconds without being renewed fails as well: the figures name the pages.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle

from bench import pages
from bench.pages import ALL, PEOPLE, SERVICES, Walked
from bench.portal import STOP_SECONDS, Browser, Running, launched, logged_in, started, wait_for
from bench.report import Promise, Report
from cli import processes
from cli.house import House
from cli.state import State
from cli.testbed import Testbed

WALKERS, THINK_SECONDS = 6, 0.2
PORTAL = "gateway"
LATER_SECONDS = 1.0
"""Between sending people elsewhere and stopping what they were sent from."""
AROUND_SECONDS = 3.0
"""Of walking before and after."""
MISSING = "laden lukt nu niet"
"""What a page says of a part whose service did not answer."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in, and the paths of the pages that they may see."""

    browser: Browser
    paths: dict[str, str]


@dataclass
class Door:
    """The copy of the portal that people are sent to, as a load balancer does."""

    address: str


def run(bed: Testbed, state: State, say: Say) -> Report:
    """Renew everything once, with people in the portal all the while."""
    report = Report("rolling")
    with bed.house("bench") as house, started(house, ALL) as running:
        say("everything runs; demo data are loaded")
        pages.seed(house, state)
        people = [_person(house, index) for index in range(WALKERS)]
        door = Door(house.address)
        for name in (*SERVICES, PORTAL):
            with _walking(people, door) as walked:
                time.sleep(AROUND_SECONDS)
                began = time.monotonic()
                _renew(name, house, running, door)
                report.figures[f"rolling.{name}: seconds"] = round(time.monotonic() - began, 1)
                time.sleep(AROUND_SECONDS)
            _tell(report, name, walked)
            say(f"{name} is renewed: {len(walked.errors)} pages failed")
    failed = sum(int(value) for key, value in report.figures.items() if key.endswith(": failed"))
    report.promises.append(Promise("rolling.failed", failed, 0, least=False))
    return report


def _person(house: House, index: int) -> Person:
    person = PEOPLE[index % len(PEOPLE)]
    browser = logged_in(house.address, person.username, person.password)
    found = pages.pages_of(browser, house.address)
    return Person(browser, {name: page.removeprefix(house.address) for name, page in found.items()})


def _tell(report: Report, name: str, walked: Walked) -> None:
    taken = [each for one in walked.seconds.values() for each in one]
    report.figures[f"rolling.{name}: requests"] = len(taken)
    report.figures[f"rolling.{name}: slowest_ms"] = round(max(taken, default=0) * 1000)
    report.figures[f"rolling.{name}: failed"] = len(walked.errors)
    for error in sorted(set(walked.errors)):
        report.figures[f"rolling.{name}: {error}"] = walked.errors.count(error)


def _renew(name: str, house: House, running: Running, door: Door) -> None:
    """A second process beside the first, and when it is ready the first one stops."""
    process = next(one for one in processes.PROCESSES if one.name == name)
    health, portal = _unused_port(), _unused_port()
    other = {"HEALTH_PORT": str(health), **({"GATEWAY_PORT": str(portal)} if name == PORTAL else {})}
    old, running[name] = running[name], launched(process, house, **other)
    wait_for(f"http://127.0.0.1:{health}/readyz")
    if name == PORTAL:
        door.address = f"http://127.0.0.1:{portal}"
        time.sleep(LATER_SECONDS)
    old.terminate()
    old.wait(STOP_SECONDS)


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def _walking(people: Sequence[Person], door: Door) -> Iterator[Walked]:
    """They go from page to page within the block."""
    walked, over = Walked(), threading.Event()
    threads = [threading.Thread(target=_walk, args=(person, door, walked, over)) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield walked
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _walk(person: Person, door: Door, walked: Walked, over: threading.Event) -> None:
    for name, path in cycle(person.paths.items()):
        if over.wait(THINK_SECONDS):
            return
        began = time.monotonic()
        try:
            if MISSING in pages.get(person.browser, door.address + path):
                raise RuntimeError("a part is missing")
            walked.seconds[name].append(time.monotonic() - began)
        except (OSError, RuntimeError) as problem:
            walked.errors.append(f"{name}: {problem}")
