"""The phones' front as a process: what phones do to it, the portal does not feel."""

from __future__ import annotations

import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cli import processes
from tests.support.processes import ROOT, Process, free_port, python, until

THREADS = 2
PORTAL = {"gateway", "identity", "cdr", "cdr-worker", "invoicing", "pbx", "mobile", "provisioning"}
"""Who answers when a page is asked for."""
ON_THE_BUS = ("nameko", "kombu", "shared.bus", "shared.rpc_client")


class Stuck:
    """Stands in for provisioning's listener: takes every request, and answers none before ``free``."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.asked = 0
        self.free = threading.Event()
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _address = self._server.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            if connection.recv(65_536):
                self.asked += 1
                self.free.wait(20)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def listener() -> Iterator[Stuck]:
    stuck = Stuck()
    yield stuck
    stuck.close()


@pytest.fixture
def front(listener: Stuck, tmp_path: Path) -> Iterator[Process]:
    """The front with one worker, whose threads are soon all busy."""
    environment = {
        "TIKKER_ENV": "development",
        "TIKKER_EDGE_TOKEN": "t" * 40,
        "PROVISIONING_LISTENER": f"127.0.0.1:{listener.port}",
        "PHONES_PORT": str(free_port()),
        "PHONES_WORKERS": "1",
        "PHONES_THREADS": str(THREADS),
    }
    started = Process(python("-m", "gateway.phones"), environment, tmp_path / "phones.log")
    yield started.wait_ready()
    started.kill()


def niceness(process: Process) -> int:
    return int(Path(f"/proc/{process.popen.pid}/stat").read_text().rpartition(")")[2].split()[16])


def fetch(port: str, path: str, answers: list[bytes]) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        answers.append(answer.read())


@pytest.mark.feature("PRV-06")
def test_while_every_thread_of_the_front_is_busy_the_portal_answers_and_no_phone_is_lost(
    front: Process, listener: Stuck, address: str
) -> None:
    assert niceness(front) >= 5, "people go before phones when there is one processor for both"
    answers: list[bytes] = []
    port = front.environment["PHONES_PORT"]
    phones = [
        threading.Thread(target=fetch, args=(port, f"/00156500000{n}.cfg", answers))
        for n in range(3 * THREADS)
    ]
    for phone in phones:
        phone.start()
    until(lambda: listener.asked == THREADS, what="as many phones in hand as there are threads")

    with urllib.request.urlopen(f"{address}/inloggen", timeout=10) as page:
        assert page.status == 200
    assert front.page("/livez")[0] == 200
    assert (listener.asked, answers) == (THREADS, [])

    listener.free.set()
    for phone in phones:
        phone.join(20)
    assert answers == [b"ok"] * len(phones)


@pytest.mark.feature("PRV-06")
@pytest.mark.parametrize("door", ["gateway.phones.door", "services.provisioning.listener.door"])
def test_nothing_on_a_phones_way_can_speak_on_the_bus(door: str) -> None:
    """A process that cannot call a service takes no worker of a service that pages need."""
    code = f"import {door}, sys; print(*[m for m in {ON_THE_BUS!r} if m in sys.modules])"
    done = subprocess.run(python("-c", code), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


@pytest.mark.feature("PRV-06")
def test_phones_are_served_by_processes_that_serve_no_page() -> None:
    commands = {process.name: process.command for process in processes.PROCESSES}
    for door in ("phones", "provisioning-listener"):
        assert all(commands[door] != commands[name] for name in PORTAL)
    accounts = {process.name: process.account for process in processes.PROCESSES}
    assert accounts["phones"] is None, "the front has no way onto the bus and to no database"
