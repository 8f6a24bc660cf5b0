"""Start, watch and stop: everything between the first spawn and the last process that is gone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
from collections.abc import Iterator
from types import FrameType

import psutil

from cli.problems import Problem
from cli.program import Program
from cli.state import REPOSITORY, State
from cli.supervise import MARK, Supervisor, start
from cli.waiting import wait_until

STOP_SECONDS = 90  # services drain for 25 s and may take 35, then the stores the same


@contextlib.contextmanager
def only_one(state: State) -> Iterator[None]:
    """One command at a time starts or stops what belongs to a state folder; others wait for it."""
    state.create()
    with open(state.run / "lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def signals_interrupt() -> Iterator[None]:
    """Within the block SIGTERM and SIGHUP do what Ctrl-C does: raise KeyboardInterrupt (signal number)."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def launch(state: State, programs: list[Program], dies_with_us: bool) -> Supervisor:
    """Start supervisord with these programs and wait until it answers."""
    process = start(state, programs, dies_with_us)
    supervisor = Supervisor(state)
    wait_until(lambda: supervisor.pid() is not None or process.poll() is not None, 20)
    if supervisor.pid() is None:
        raise Problem(f"the process manager does not start: see {state.logs / 'supervisord.err'}")
    return supervisor


def stop(state: State) -> bool:
    """Stop services, then stores, then what is left; a second Ctrl-C kills it all. False: nothing ran."""
    pid = Supervisor(state).pid()
    try:
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            wait_until(lambda: not psutil.pid_exists(pid) or _is_zombie(pid), STOP_SECONDS)
    except KeyboardInterrupt:
        pass
    left = kill_leftovers(state)
    state.house.unlink(missing_ok=True)
    return pid is not None or left > 0


def kill_leftovers(state: State) -> int:
    """Kill what bears this state folder's mark, supervisord first; answers how many there were."""
    supervisord = Supervisor(state).pid()
    marked = [psutil.Process(supervisord)] if supervisord else []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == str(state.root):
                marked.append(process)
    for process in marked:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(marked, timeout=10)
    return len(marked)


def _is_zombie(pid: int) -> bool:
    """Ended, and its parent (often this very process) has not asked yet."""
    with contextlib.suppress(psutil.Error):
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    return True


def run_in_foreground(command: list[str], environment: dict[str, str]) -> int:
    """Run a command in the checkout and answer its exit code.

    It shares our terminal and so hears Ctrl-C itself; what only we were told is passed on.
    """
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt as told:
            if told.args != (signal.SIGINT,):
                process.send_signal(signal.SIGINT)
