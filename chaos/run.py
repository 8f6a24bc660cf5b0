"""One seed: load, its faults in its order, quiet, and the check of every ledger."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pymongo.errors import PyMongoError

from bench.phones import Phone
from chaos.bed import Bed, Say
from chaos.books import POISON, Books
from chaos.commands import Desk
from chaos.injuring import VICTIMS, Struck, strike
from chaos.lanes import Booked, Carrier, Lane, Phones, Walker, counted, first_begun, longest_gap
from chaos.ledger import Finding, Wrong
from chaos.results import NEVER, Outcome, Seed
from chaos.scene import Scene, companies_of, logins
from chaos.schedule import Fault, faults
from chaos.traffic import Traffic
from cli.program import SERVICES
from shared.errors import DependencyDown, TikkerError
from shared.publisher import Message, Publisher

FAULT_SECONDS = 85.0
"""No new fault is begun after so long: a seed takes two minutes at most."""
WARM_SECONDS = 30.0
BACK_WAIT_SECONDS = 60.0
SETTLE_SECONDS = 1.0
LOOK_SECONDS = 0.2
READY_LOOK_SECONDS = 0.5
QUIET_SECONDS = 90.0
STANDS_SECONDS = 20.0
"""What is wrong for so long, with nothing under way, stays wrong."""
JOIN_SECONDS = 30.0
AWAY = (OSError, PyMongoError, TikkerError)


@dataclass
class Load:
    """Everybody who uses the system, together."""

    traffic: Traffic
    carrier: Carrier
    booked: Booked
    desk: Desk
    walkers: list[Walker]
    phones: Phones
    run_id: str = ""
    poison: list[str] = field(default_factory=list)
    asking: list[threading.Thread] = field(default_factory=list)

    @property
    def lanes(self) -> list[Lane]:
        return [self.carrier, self.booked, self.desk, *self.walkers, self.phones]

    def enter(self, window: int) -> None:
        """From now on what is sent belongs to this fault."""
        self.traffic.window = self.desk.window = window

    def ask_for_invoices(self) -> None:
        """In a thread: the services may be away for a while."""

        def ask() -> None:
            self.run_id = self.desk.start_run()

        self.asking.append(threading.Thread(target=ask, daemon=True))
        self.asking[-1].start()

    def close(self) -> None:
        """Nobody begins anything new; the carrier sends what it has left."""
        for lane in self.lanes:
            lane.stopping.set()
        for thread in (*self.lanes, *self.asking):
            thread.join(JOIN_SECONDS)
        self.carrier.hand_over(self.traffic.rest())

    def crashed(self) -> list[Finding]:
        """A lane of ours that broke proves nothing."""
        return [
            Finding(Wrong.DIFFERS, f"the lane {lane.name} broke: {lane.crash!r}")
            for lane in self.lanes
            if lane.crash is not None
        ]


@dataclass(frozen=True)
class Window:
    """A fault and its time: from just before it until the next one."""

    fault: Fault
    struck: Struck
    back_s: float
    begin: float
    end: float


def run(bed: Bed, phones: Sequence[Phone], seed: int, place: int, say: Say) -> Seed:
    """All of one seed. ``place`` counts the seeds of this bed from 0."""
    began, at = time.monotonic(), datetime.now(UTC)
    scene = companies_of(bed, seed, place)
    say(f"seed {seed}: {len(scene.companies)} customers are made ({time.monotonic() - began:.0f} s)")
    with _load(bed, phones, scene, seed, place) as load:
        _warm_up(load)
        windows = _hurt(bed, load, seed, time.monotonic() + FAULT_SECONDS, say)
    say(f"seed {seed}: the load is over ({time.monotonic() - began:.0f} s); waiting until all is done")
    books = Books(bed, scene, load.traffic, load.desk, at, load.run_id, tuple(load.poison))
    pending, findings = _settled(books)
    findings += [_not_done(bed, pending)] if pending else []
    findings += load.crashed()
    figures = _figures(books, load)
    load.desk.close()
    load.carrier.close()
    return _result(seed, at, time.monotonic() - began, windows, load, findings, figures)


@contextmanager
def _load(bed: Bed, phones: Sequence[Phone], scene: Scene, seed: int, place: int) -> Iterator[Load]:
    traffic = Traffic(seed, [company.numbers for company in scene.companies], scene.month)
    load = Load(
        traffic,
        Carrier(bed, traffic),
        Booked(bed),
        Desk(bed, scene, seed, place),
        [Walker(bed, login) for login in logins()],
        Phones(bed, phones),
    )
    load.enter(-1)
    for lane in load.lanes:
        lane.start()
    try:
        yield load
    except BaseException:  # Ctrl-C, mostly: nothing of this seed counts
        for lane in load.lanes:
            lane.stopping.set()
        raise
    load.close()


def _warm_up(load: Load) -> None:
    """Until each has been served."""
    deadline = time.monotonic() + WARM_SECONDS
    while not all(lane.well for lane in load.lanes) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)


def _hurt(bed: Bed, load: Load, seed: int, until: float, say: Say) -> list[Window]:
    """The faults one after the other; with the first comes poison, with the second a run of invoices."""
    dealt, windows = faults(seed, VICTIMS), []
    for number, fault in enumerate(dealt):
        begin = time.monotonic()
        if begin > until:
            windows.append(_left_out(fault, begin))
            continue
        load.enter(number)
        if number == 0:
            _poison(bed, load)
            load.carrier.try_too_big()
        if number == 1:
            load.ask_for_invoices()
        struck = strike(bed, fault)
        back = 0.0 if struck.skipped else _back(bed, load, fault, struck)
        windows.append(Window(fault, struck, back, begin, time.monotonic()))
        say(f"seed {seed}: {fault}: " + (struck.skipped or f"back in {back:.1f} s"))
        time.sleep(SETTLE_SECONDS)
    return windows


def _left_out(fault: Fault, now: float) -> Window:
    return Window(fault, Struck(now, now, skipped="no time left in this seed"), 0.0, now, now)


def _back(bed: Bed, load: Load, fault: Fault, struck: Struck) -> float:
    """Seconds from when what was hurt accepts connections until all are ready and everybody is served."""
    ready = fault.target in VICTIMS  # then it was waited for, and no other was touched
    looked, ready_at, deadline = 0.0, time.monotonic(), struck.accepts + BACK_WAIT_SECONDS
    while time.monotonic() < deadline:
        if not ready and time.monotonic() - looked > READY_LOOK_SECONDS:
            ready, looked = not bed.not_ready(), time.monotonic()
            ready_at = looked
        served = [first_begun(lane, struck.accepts) for lane in load.lanes]
        if ready and None not in served:
            last = max(at for at in served if at is not None)
            return round(max(0.0, max(last, ready_at) - struck.accepts), 2)
        time.sleep(LOOK_SECONDS)
    return NEVER


def _poison(bed: Bed, load: Load) -> None:
    """A call and an event that nobody can read: they go to the dead letters and harm nobody else."""
    publisher = Publisher(bed.admin_uri(bed.house.portal_vhost))
    for exchange, key in (("nameko-rpc", "cdr.totals"), ("identity.events", "identity.customer.changed.v1")):
        body = f"{{{POISON} {load.traffic.seed} {key}"
        with suppress(DependencyDown):
            publisher.publish([Message(exchange, key, body.encode())])
            load.poison.append(body)
    publisher.close()


def _settled(books: Books) -> tuple[str, list[Finding]]:
    """What is still pending after all, and what is wrong. Looks again while something may still come."""
    deadline = time.monotonic() + QUIET_SECONDS
    findings: list[Finding] = []
    since = time.monotonic()
    while True:
        try:
            pending = books.pending()
            if not pending:
                before, findings = findings, books.findings()
                since = since if findings == before else time.monotonic()
        except AWAY as problem:
            pending = f"nobody can look: {type(problem).__name__}: {problem}"[:200]
        is_quiet = not pending and (not findings or time.monotonic() - since > STANDS_SECONDS)
        if is_quiet or time.monotonic() > deadline:
            return pending, findings
        time.sleep(1.0)


def _not_done(bed: Bed, pending: str) -> Finding:
    """With what the broker knows of it; the services write down where they are."""
    for name in SERVICES:
        bed.signal(name, signal.SIGUSR1)
    try:
        held_up = "; ".join(bed.held_up(bed.house.portal_vhost))
    except OSError as problem:
        held_up = f"the broker cannot be asked: {problem}"
    return Finding(Wrong.LOST, f"not done in {QUIET_SECONDS:.0f} s: {pending} ({held_up})")


def _figures(books: Books, load: Load) -> dict[str, float | int]:
    return {
        "events": len(load.traffic.good) + len(load.traffic.bad),
        "messages": load.carrier.confirmed,
        "commands": len(load.desk.orders),
        "invoices": len(books.scene.companies) if load.run_id else 0,
        "pages": sum(len(walker.well) for walker in load.walkers),
        "phone_files": len(load.phones.well),
        "too_big_refused": int(load.carrier.refused_at_the_door),
        "to_dead_letters": books.bed.leaving(books.bed.house.portal_vhost),
        "machine_load": round(os.getloadavg()[0], 1),
    }


def _result(
    seed: int,
    at: datetime,
    seconds: float,
    windows: Sequence[Window],
    load: Load,
    findings: Sequence[Finding],
    figures: dict[str, float | int],
) -> Seed:
    counts = {wrong: sum(f.wrong is wrong for f in findings) for wrong in Wrong}
    return Seed(
        seed=seed,
        at=at.isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        outcomes=tuple(_outcome(number, window, load, findings) for number, window in enumerate(windows)),
        lost=counts[Wrong.LOST],
        doubled=counts[Wrong.DOUBLED],
        differs=counts[Wrong.DIFFERS],
        findings=tuple(str(finding) for finding in findings),
        figures=figures,
    )


def _outcome(number: int, window: Window, load: Load, findings: Sequence[Finding]) -> Outcome:
    if window.struck.skipped:
        return Outcome(str(window.fault), skipped=window.struck.skipped)
    gap, worst = max((longest_gap(lane.well, window.begin, window.end), lane.name) for lane in load.lanes)
    of_it = [finding for finding in findings if finding.window == number]
    return Outcome(
        fault=str(window.fault),
        lost=sum(finding.wrong is Wrong.LOST for finding in of_it),
        doubled=sum(finding.wrong is Wrong.DOUBLED for finding in of_it),
        back_s=window.back_s,
        gap_s=round(gap, 2),
        gap_of=worst,
        errors=dict(counted(load.lanes, window.begin, window.end)),
        problem=window.struck.problem,
    )
