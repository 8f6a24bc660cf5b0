"""A world in which our own code runs by chance: many processes, one at a time, switched at every step.

A *step* is whatever others could notice: an operation on the database, a message to or from the broker, a
moment of waiting. At each the world's dice choose who goes on, and may kill a process, stop it for longer
than any lease lasts, or break its line to the database before or after the operation. The dice come from one
seed, so a world that went wrong goes wrong again. Time passes only when all wait.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from greenlet import getcurrent, greenlet
from pymongo.errors import AutoReconnect

from tests.support.memory_mongo import Database
from tests.support.memory_server import Server

BEGIN = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
MOST_STEPS = 15_000
FAULTS_WITHIN = (50, 120, 300)
"""Steps: trouble comes while there is work."""
LATENCY = 0.03
"""Seconds that an operation takes at most, so that what begins later can be in the midst of it."""
QUIET = 0.3
"""Seconds in which nothing happens, after which all may be over."""
AWAY_SECONDS = (0.5, 5.0, 20.0)
TRANSIENT, IN_DOUBT = "TransientTransactionError", "UnknownTransactionCommitResult"


class Killed(BaseException):
    """To code that runs in a process that has been killed; whatever it does now has no effect."""


class Task(greenlet):  # type: ignore[misc]
    """One thread of a process."""

    def __init__(self, process: Process, work: Callable[[], Any], hub: greenlet) -> None:
        super().__init__(self._safely, hub)
        self.process = process
        self.work = work
        self.wake = 0.0

    def _safely(self) -> None:
        try:
            self.work()
        except Killed:
            pass
        except Exception as problem:
            self.process.world.problems.append(problem)


class Process:
    """Runs ``main``; begun anew after it was killed, as a supervisor does. ``life`` tells its lives apart."""

    def __init__(self, world: World, name: str, main: Callable[[Process], None]) -> None:
        self.world, self.name, self.main = world, name, main
        self.life = 0
        self.alive = False
        self.stopped_until = 0.0
        self.at_death: list[Callable[[], None]] = []

    def begin(self) -> None:
        self.life, self.alive = self.life + 1, True
        self.world.start(self, lambda: self.main(self))

    def __repr__(self) -> str:
        return f"{self.name}/{self.life}"


class World:
    """``log`` tells what happened, for who reads a world that went wrong; ``line`` opens a connection to the
    broker."""

    def __init__(self, seed: int, most_faults: int = 6) -> None:
        self.dice = random.Random(seed)
        self.now = BEGIN
        self.hub = getcurrent()
        self.tasks: list[Task] = []
        self.problems: list[Exception] = []
        self.processes: list[Process] = []
        self.servers: list[Server] = []
        self.log: list[str] = []
        self.line: Callable[[Process], Any] | None = None
        self.steps = 0
        faults = self.dice.randint(0, most_faults)
        within = self.dice.choice(FAULTS_WITHIN)
        self._faults = sorted((self.dice.randrange(within) for _ in range(faults)), reverse=True)
        self._later: list[tuple[float, Callable[[], None]]] = []
        self.kinds: list[Callable[[Process], None]] = [self.kill, self.kill, self.stop]
        self._away: dict[Process, float] = {}
        self.kinds.append(self.break_database)

    # What is in the world

    def process(self, name: str, main: Callable[[Process], None]) -> Process:
        process = Process(self, name, main)
        self.processes.append(process)
        process.begin()
        return process

    def database(self) -> Database:
        """A database server; each process that uses it dies and recovers by itself."""
        server = Server(self.step_at_database, self.wait, self.owner, self.after_write)
        self.servers.append(server)
        return Database(server)

    def start(self, process: Process, work: Callable[[], Any]) -> Task:
        task = Task(process, work, self.hub)
        self.tasks.append(task)
        return task

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Have the world itself do something."""
        self._later.append((self.now + seconds, work))

    # What code that runs in the world may call

    @property
    def task(self) -> Task | None:
        """Who runs now; None: the test itself."""
        current = getcurrent()
        return current if isinstance(current, Task) else None

    def owner(self) -> Any:
        """Whose a transaction is."""
        task = self.task
        return (task.process.name, task.process.life) if task else None

    def step(self, what: str = "") -> None:
        """Let others go first, perhaps for ever."""
        if (task := self.task) is None:
            return
        if not task.process.alive or task.dead:
            raise Killed
        self.hub.switch()

    def wait(self) -> None:
        self.sleep(0.01)

    def sleep(self, seconds: float) -> None:
        if (task := self.task) is not None:
            task.wake = self.now + max(0.0, seconds)
            self.step("sleep")

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    # Trouble

    def kill(self, process: Process) -> None:
        """End a process where it is, now. Its transactions stay open for a while; another life follows."""
        self.note(f"kill {process}")
        process.alive = False
        owner = (process.name, process.life)
        for task in [each for each in self.tasks if each.process is process]:
            self.tasks.remove(task)
            if task:  # has begun
                task.throw(Killed)
        for work in process.at_death:
            work()
        process.at_death.clear()
        for server in self.servers:
            self.later(self.dice.uniform(0, 2), lambda server=server: server.abandon(owner))  # type: ignore[misc]
        self.later(self.dice.uniform(0, 15), process.begin)

    def stop(self, process: Process) -> None:
        """As SIGSTOP does, for up to a minute: its leases lapse, and it does not know."""
        self.note(f"stop {process}")
        process.stopped_until = self.now + self.dice.uniform(0, 60)

    def break_database(self, process: Process) -> None:
        self.note(f"no database for {process}")
        self._away[process] = self.now + self.dice.choice(AWAY_SECONDS)

    def step_at_database(self, what: str) -> None:
        if (task := self.task) is not None:
            task.wake = self.now + self.dice.random() * LATENCY
        self.step(what)
        self._fail(what)

    def after_write(self, what: str) -> None:
        if self.task is not None and self.dice.random() < 0.5:
            self._fail(what)

    def _fail(self, what: str) -> None:
        if (task := self.task) is None or self._away.get(task.process, 0) <= self.now:
            return
        self.sleep(self.dice.uniform(0, 1))
        problem = AutoReconnect("the line broke")
        problem._add_error_label(IN_DOUBT if what.startswith("commit") else TRANSIENT)
        raise problem

    def note(self, what: str) -> None:
        self.log.append(f"{self.now - BEGIN:9.3f} step {self.steps}: {what}")

    # Time

    def run(self, settled: Callable[[], bool]) -> None:
        """Until all trouble is over and ``settled``; raises what went wrong in it, or when it never ends."""
        while self.steps < MOST_STEPS:
            self.steps += 1
            if self._faults and self._faults[-1] <= self.steps:
                self._faults.pop()
                if self.tasks:
                    self.dice.choice(self.kinds)(self.dice.choice(self.tasks).process)
            task = self._next(settled)
            if task is None:
                break
            task.switch()
            if task.dead and task in self.tasks:
                self.tasks.remove(task)
            if self.problems:
                raise self.problems[0]
        else:
            raise AssertionError(f"not settled after {MOST_STEPS} steps and {self.now - BEGIN:.0f} s")

    def _next(self, settled: Callable[[], bool]) -> Task | None:
        """Whose turn it is; None when all is settled."""
        while True:
            ready = [t for t in self.tasks if t.wake <= self.now and t.process.stopped_until <= self.now]
            if ready:
                return self.dice.choice(ready)
            moments = [max(t.wake, t.process.stopped_until) for t in self.tasks]
            moments += [moment for moment, _ in self._later]
            if not moments:
                assert settled(), "nothing will ever happen again"
                return None
            is_quiet = min(moments) - self.now > QUIET and not self._later and not self._faults
            if is_quiet and settled():
                return None
            self.now = max(self.now, min(moments))
            due = [each for each in self._later if each[0] <= self.now]
            self._later = [each for each in self._later if each[0] > self.now]
            for _, work in due:
                work()
            if not due and self._faults and not self._later:
                self.steps = max(self.steps, self._faults[-1])

    def end(self) -> None:
        """Take down what still runs."""
        for process in self.processes:
            process.alive = False
        for task in self.tasks:
            if task:
                task.throw(Killed)
        self.tasks.clear()
