"""Doing the faults to a process, the broker, the database, its disk; and when what was hurt accepts again."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from chaos.bed import BROKER as BROKER_PROCESS
from chaos.bed import OURS, Bed
from chaos.schedule import BROKER, DATABASE, Fault, Kind
from cli.processes import DEVELOPMENT_ONLY
from cli.waiting import wait_until

FROZEN_SECONDS = 6.0
FULL_SECONDS = 4.0
AGAIN_SECONDS = 60.0
VICTIMS = tuple(name for name in OURS if name not in DEVELOPMENT_ONLY)


@dataclass(frozen=True)
class Struck:
    """``began`` and ``accepts`` on the clock of time.monotonic: when it was done, and when what was
    hurt accepts connections again (a process of ours: when it was killed, so that its start counts).

    ``skipped``: why it could not be done; ``problem``: what did not come about in time (then ``accepts`` is
    when it was done).
    """

    began: float
    accepts: float
    skipped: str = ""
    problem: str = ""


class Unhealed(Exception):
    """What was hurt does not accept again in time."""


def strike(bed: Bed, fault: Fault) -> Struck:
    """Do it, and wait until what was hurt accepts connections again."""
    if fault.kind is Kind.FILL and bed.no_volume:
        now = time.monotonic()
        return Struck(now, now, skipped=f"no volume can be made here: {bed.no_volume}")
    ready = _made_ready(bed, fault)
    began = time.monotonic()
    try:
        accepts = DOING[fault.kind, place_of(fault)](bed, fault.target)
    except Unhealed as problem:
        return Struck(began, began, problem=str(problem))
    return Struck(began, accepts, problem=ready)


def place_of(fault: Fault) -> str:
    """What is hurt by it: the broker, the database, or "" for processes of ours."""
    return fault.target if fault.target in (BROKER, DATABASE) else ""


def _made_ready(bed: Bed, fault: Fault) -> str:
    """A fault of the database is the only one at a time: all members are there before it."""
    if fault.target != DATABASE:
        return ""
    if not wait_until(bed.members.is_caught_up, AGAIN_SECONDS):
        return "the three databases were not complete before"
    if fault.kind is Kind.FILL and not wait_until(lambda: _is_first(bed), AGAIN_SECONDS):
        return "the member on the volume did not become primary"
    return ""


def _is_first(bed: Bed) -> bool:
    if bed.members.primary() == 0:
        return True
    bed.members.step_up(0)
    return bed.members.primary() == 0


def _until(condition: Callable[[], bool], what: str) -> float:
    """The moment at which it came true. Raises Unhealed."""
    if not wait_until(condition, AGAIN_SECONDS):
        raise Unhealed(what)
    return time.monotonic()


def _kill_ours(bed: Bed, name: str) -> float:
    began = time.monotonic()
    pid = bed.signal(name, signal.SIGKILL)
    _until(lambda: bed.is_another(name, pid) and bed.is_ready(name), f"{name} is not ready again")
    return began


def _freeze_ours(bed: Bed, name: str) -> float:
    bed.signal(name, signal.SIGSTOP, whole=True)
    time.sleep(FROZEN_SECONDS)
    bed.signal(name, signal.SIGCONT, whole=True)
    return time.monotonic()


def _kill_broker(bed: Bed, _target: str) -> float:
    pid = bed.signal(BROKER_PROCESS, signal.SIGKILL)
    _until(lambda: bed.is_another(BROKER_PROCESS, pid), "the broker is not started again")
    return _until(bed.broker_accepts, "the broker does not accept")


def _freeze_broker(bed: Bed, _target: str) -> float:
    bed.signal(BROKER_PROCESS, signal.SIGSTOP)
    time.sleep(FROZEN_SECONDS)
    bed.signal(BROKER_PROCESS, signal.SIGCONT)
    return _until(bed.broker_accepts, "the broker does not accept")


def _kill_primary(bed: Bed, _target: str) -> float:
    name = _primary(bed)[1]
    pid = bed.signal(name, signal.SIGKILL)
    _until(lambda: not bed.pid(name) or bed.is_another(name, pid), "the primary is not gone")
    return _until(lambda: bed.members.primary() is not None, "there is no primary")


def _step_down(bed: Bed, _target: str) -> float:
    place = _primary(bed)[0]
    bed.members.step_down()
    return _until(lambda: bed.members.primary() not in (None, place), "no other is primary")


def _freeze_primary(bed: Bed, _target: str) -> float:
    """Another is elected while it is frozen; then it wakes up and believes for a moment that it still is."""
    place, name = _primary(bed)
    thaws = time.monotonic() + FROZEN_SECONDS
    bed.signal(name, signal.SIGSTOP)
    try:
        accepts = _until(lambda: bed.members.primary(but=place) is not None, "no other is primary")
        time.sleep(max(0.0, thaws - time.monotonic()))
    finally:
        bed.signal(name, signal.SIGCONT)
    return accepts


def _fill_disk(bed: Bed, _target: str) -> float:
    """Under the primary, which ends when it can not write; the set goes on; then there is space again."""
    pid = bed.pid(bed.members.names[0])
    bed.volume.fill()
    try:
        bed.members.write_out(0)
        accepts = _until(lambda: bed.members.primary(but=0) is not None, "no other is primary")
        time.sleep(FULL_SECONDS)
    finally:
        bed.volume.empty()
    _until(lambda: bed.is_another(bed.members.names[0], pid), "the database with space again is not started")
    return accepts


def _roll(bed: Bed, _target: str) -> float:
    """SIGTERM to each process in turn, as a release does; the next one when its successor is ready."""
    for name in VICTIMS:
        _restart(bed, name)
    return time.monotonic()


def _restart(bed: Bed, name: str) -> None:
    pid = bed.signal(name, signal.SIGTERM)
    _until(lambda: bed.is_another(name, pid) and bed.is_ready(name), f"{name} is not ready again")


def _primary(bed: Bed) -> tuple[int, str]:
    _until(lambda: bed.members.primary() is not None, "there is no primary")
    place = bed.members.primary() or 0
    return place, bed.members.names[place]


DOING: dict[tuple[Kind, str], Callable[[Bed, str], float]] = {
    (Kind.KILL, ""): _kill_ours,
    (Kind.FREEZE, ""): _freeze_ours,
    (Kind.ROLL, ""): _roll,
    (Kind.KILL, BROKER): _kill_broker,
    (Kind.FREEZE, BROKER): _freeze_broker,
    (Kind.KILL, DATABASE): _kill_primary,
    (Kind.STEP_DOWN, DATABASE): _step_down,
    (Kind.FREEZE, DATABASE): _freeze_primary,
    (Kind.FILL, DATABASE): _fill_disk,
}
