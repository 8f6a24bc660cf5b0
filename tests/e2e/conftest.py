"""The whole house as real processes, with demo data, and a real browser in front of it.

One house serves all stories of a worker; a story that breaks something puts it right again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from cli import processes
from cli.house import House
from cli.state import State
from cli.testbed import Testbed
from tests.e2e.demo import DEMO, SEED
from tests.support.processes import ROOT, Process

READY_SECONDS, COMMAND_SECONDS = 240, 1200
"""How long the last of the processes and the whole demo may take on a busy machine."""
expect.set_options(timeout=30_000)  # a limit that is not reached costs nothing
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Running:
    """A running house: its processes by name, and its command line."""

    house: House
    state: State
    processes: dict[str, Process]

    @property
    def address(self) -> str:
        return self.house.address

    def tikker(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run ``./tikker …`` as its user would; the exit code is the caller's to judge."""
        return self.command("-m", "cli", *arguments, given=given)

    def command(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run Python as ``./tikker`` would."""
        environment = {**os.environ, "TIKKER_STATE": str(self.state.root), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )


@pytest.fixture(scope="session")
def demo(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    bed = Testbed.from_environment()
    if bed is None:
        pytest.fail("there is no broker and database for tests: run ./tikker test", pytrace=False)
    state = State(tmp_path_factory.mktemp("house"))
    state.create()
    started: dict[str, Process] = {}
    with bed.house(f"e2e_{worker_id}") as house:
        house.save(state.house)
        try:
            for process in processes.PROCESSES:
                environment = processes.environment(process, house)
                log = state.logs / f"{process.name}.log"
                started[process.name] = Process(process.command, environment, log)
            for each in started.values():
                each.wait_ready(READY_SECONDS)
            made = Running(house, state, started)
            seeded = made.command("-c", SEED)
            assert seeded.returncode == 0, seeded.stdout + seeded.stderr
            yield made
        finally:
            for each in started.values():
                each.kill()


@pytest.fixture(scope="session")
def running(demo: Running) -> Running:
    """The house with all of the demo: what ``./tikker seed`` adds is what has gone wrong in it."""
    seeded = demo.tikker("seed", "--events", str(DEMO.events))
    assert seeded.returncode == 0, seeded.stdout + seeded.stderr
    return demo


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    return {"executable_path": path, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(running: Running) -> dict[str, Any]:
    return {"viewport": {"width": 1280, "height": 900}, "locale": "nl-NL", "base_url": running.address}


@pytest.fixture(autouse=True)
def no_complaints(request: pytest.FixtureRequest) -> Iterator[None]:
    """No story in a browser leaves an error in the console or asks anything of another host."""
    if "context" not in request.fixturenames:
        yield
        return
    running: Running = request.getfixturevalue("running")
    context: BrowserContext = request.getfixturevalue("context")
    complaints: list[str] = []
    context.on(
        "console", lambda message: complaints.append(message.text) if message.type == "error" else None
    )
    context.on(
        "request",
        lambda request: None if request.url.startswith(running.address) else complaints.append(request.url),
    )
    yield
    unexpected = [c for c in complaints if "status of 4" not in c and "status of 5" not in c]
    assert not unexpected, unexpected


@pytest.fixture
def log_in(page: Page) -> Callable[..., Page]:
    """Log in through the form, as a person does."""

    def log_in(username: str = "bakkerij", password: str = "demo-bakkerij", remember: bool = False) -> Page:
        page.goto("/inloggen")
        page.get_by_label("Gebruikersnaam").fill(username)
        page.get_by_label("Wachtwoord", exact=True).fill(password)
        if remember:
            page.get_by_label("Onthouden?").check()
        page.get_by_role("button", name="Inloggen").click()
        return page

    return log_in
