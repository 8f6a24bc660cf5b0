"""Our own modules on the world's clock and threads, and a way to run many worlds."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, tzinfo
from types import SimpleNamespace
from typing import Any, Protocol

import pytest

import services.cdr.domain.reference
import services.cdr.ingester.booking
import services.cdr.ingester.consumer
import services.cdr.store.periods
import services.cdr.store.usage
import services.identity.usecases.notifications
import services.mobile.worker.answers
import services.mobile.worker.sending
import services.pbx.usecases.abroad
import shared.bus.burial
import shared.bus.consumer
import shared.ids
import shared.job_runner
import shared.mongo
import shared.outbox
from tests.unit.simulation.world import BEGIN, World

NIGHT = "SIMULATION_SEEDS"
FIRST = "SIMULATION_FIRST"
LISTEN = importlib.import_module("shared.bus.listen")  # a function in the package has its name
_DATES = (
    *(shared.mongo, shared.outbox, shared.bus.burial),
    *(services.cdr.ingester.consumer, services.cdr.store.usage, services.cdr.store.periods),
)
_LOGS = (
    *(shared.bus.consumer, LISTEN, shared.job_runner),
    *(services.cdr.ingester.consumer, services.cdr.ingester.booking),
    *(services.mobile.worker.sending, services.identity.usecases.notifications),
    services.pbx.usecases.abroad,
)


class Scene(Protocol):
    """What happens in a world: made with it."""

    def settled(self) -> bool:
        """Whether it may end; asked when all wait."""
        ...

    def check(self) -> None:
        """What must be true then."""
        ...


class Now:
    """The world that runs now, for modules that ask for the time."""

    world: World | None = None

    def moment(self) -> float:
        return self.world.now if self.world else BEGIN

    def sleep(self, seconds: float) -> None:
        assert self.world is not None
        self.world.sleep(seconds)


NOW = Now()


class Clock(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.fromtimestamp(NOW.moment(), tz)


class Event:
    """As threading.Event, for tasks of the world."""

    def __init__(self) -> None:
        self._set = False

    def set(self) -> None:
        self._set = True

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        until = NOW.moment() + timeout
        while not self._set and NOW.moment() < until:
            NOW.sleep(until - NOW.moment())
        return self._set


class Thread:
    """As threading.Thread, a task of the process that starts it."""

    def __init__(self, target: Callable[[], None], name: str = "", daemon: bool = True) -> None:
        self._target = target

    def start(self) -> None:
        assert NOW.world is not None and NOW.world.task is not None
        self._task = NOW.world.start(NOW.world.task.process, self._target)

    def join(self) -> None:
        self._task.wake = 0.0  # it waits for an event that is set by now
        while not self._task.dead:
            NOW.sleep(0.01)


class Lock:
    """As threading.Lock, for tasks of the world."""

    def __init__(self) -> None:
        self._taken = False

    def __enter__(self) -> None:
        while self._taken:
            NOW.sleep(0.001)
        self._taken = True

    def __exit__(self, *_: object) -> None:
        self._taken = False


class Executor:
    """As ThreadPoolExecutor with one thread: what is submitted is done in that order."""

    def __init__(self, _threads: int, _name: str) -> None:
        self._last: Future[Any] | None = None

    def submit(self, work: Callable[..., Any], *of: Any) -> Future[Any]:
        assert NOW.world is not None and NOW.world.task is not None
        future: Future[Any] = Future()
        before, self._last = self._last, future

        def run() -> None:
            while before is not None and not before.done():
                NOW.sleep(0.001)
            try:
                future.set_result(work(*of))
            except Exception as problem:
                future.set_exception(problem)

        NOW.world.start(NOW.world.task.process, run)
        return future


def _wait(futures: list[Future[Any]], seconds: float) -> SimpleNamespace:
    until = NOW.moment() + seconds
    while not all(future.done() for future in futures) and NOW.moment() < until:
        NOW.sleep(0.01)
    return SimpleNamespace(done=[future for future in futures if future.done()])


def _connected(*_: object, **__: object) -> Any:
    assert NOW.world is not None and NOW.world.line is not None and NOW.world.task is not None
    return NOW.world.line(NOW.world.task.process)


class Quiet:
    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **more: None


@pytest.fixture(scope="module", autouse=True)
def _on_the_clock_of_the_world() -> Iterator[None]:
    time = SimpleNamespace(monotonic=NOW.moment, time=NOW.moment, sleep=NOW.sleep, monotonic_ns=_count)
    green = SimpleNamespace(sleep=NOW.sleep)
    with pytest.MonkeyPatch.context() as patch:
        for module in _DATES:
            patch.setattr(module, "datetime", Clock)
        for module in _LOGS:
            patch.setattr(module, "log", Quiet())
        for module in (shared.mongo, shared.job_runner):
            patch.setattr(module, "time", time)
        for module in (services.cdr.ingester.consumer, services.cdr.store.usage):
            patch.setattr(module, "time", time)
        patch.setattr(services.cdr.ingester.consumer, "wait", _wait)
        patch.setattr(services.cdr.ingester.consumer, "open_connection", _connected)
        patch.setattr(services.cdr.ingester.booking, "ThreadPoolExecutor", Executor)
        for module in (services.cdr.ingester.booking, services.cdr.domain.reference):
            patch.setattr(module, "threading", SimpleNamespace(Event=Event, Lock=Lock))
        for module in (LISTEN, shared.bus.consumer):
            patch.setattr(module, "eventlet", green)
        patch.setattr(shared.job_runner, "threading", SimpleNamespace(Thread=Thread, Event=Event))
        for module in (services.mobile.worker.sending, services.mobile.worker.answers):
            patch.setattr(module, "now", lambda: Clock.now(UTC))
        patch.setattr(shared.mongo, "random", SimpleNamespace(uniform=_uniform))
        patch.setattr(shared.ids, "secrets", SimpleNamespace(token_hex=_token))
        yield


def _uniform(low: float, high: float) -> float:
    assert NOW.world is not None
    return NOW.world.dice.uniform(low, high)


def _token(size: int) -> str:
    assert NOW.world is not None
    return NOW.world.dice.randbytes(size).hex()


def _count() -> int:
    assert NOW.world is not None
    return NOW.world.dice.getrandbits(62)


@pytest.fixture
def worlds(request: pytest.FixtureRequest) -> Callable[..., None]:
    """``worlds(scene, seeds)``: many worlds, each from its seed, with a scene in it.

    SIMULATION_SEEDS in the environment says how many instead (as for a night), SIMULATION_FIRST where to
    begin: a failure tells how to run its one world again.
    """

    def run(make: Callable[[World], Scene], seeds: int) -> None:
        first = int(os.environ.get(FIRST, 0))
        for seed in range(first, first + int(os.environ.get(NIGHT, seeds))):
            world = NOW.world = World(seed)
            try:
                scene = make(world)
                world.run(scene.settled)
                scene.check()
            except BaseException as problem:
                again = f"{FIRST}={seed} {NIGHT}=1 pytest -n 0 '{request.node.nodeid}'"
                problem.add_note("\n".join([f"seed {seed}; again: {again}", *world.log[-40:]]))
                raise
            finally:
                world.end()
                NOW.world = None

    return run
