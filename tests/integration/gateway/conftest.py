"""The portal as its own process on a real broker and database, with identity and cdr played; and in
this process, with fakes, for a real browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from gateway.app import create_app
from gateway.epochs import Epochs
from gateway.parts import Parts
from tests.conftest import address_of
from tests.gateway import builders, spending
from tests.gateway.conftest import quiet_day, settings
from tests.gateway.fakes import Answer, Clock, FakeRpc, MemorySessions
from tests.integration.gateway.played import Played
from tests.integration.gateway.web import FIRST
from tests.support.broker import Broker
from tests.support.keys import Keyring
from tests.support.processes import Process, free_port, python

expect.set_options(timeout=30_000)  # a limit that is not reached costs nothing
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
GUNICORN = python("-m", "gunicorn", "-c", "gateway/gunicorn.conf.py", "gateway.app:create_app()")


@dataclass
class Portal:
    """gunicorn with its two workers (six seconds of a core to start), and the services played for it."""

    uri: str
    start: Callable[[], Process]
    process: Process | None = None
    services: Played | None = None

    def running(self) -> tuple[Process, Played]:
        """Both, begun anew where a test has ended one of them; the user who logs in is a new one."""
        if self.services is None or self.services.closed:
            self.services = Played(self.uri, ("identity", "cdr"), quiet_services())
            self.end()  # it has learned that they are away
        self.services.rpc.answers.update(told_of(uuid4().hex))
        if self.process is None or self.process.popen.poll() is not None:
            self.process = self.start()
        return self.process.wait_ready(), self.services

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
        self.process = None


def quiet_services() -> FakeRpc:
    """What services answer on a quiet day on which there were calls."""
    made = FakeRpc(quiet_day())
    made.answers["cdr", "figures"] = partial(spending.figures, made)
    made.answers["cdr", "details"] = builders.details(builders.call())
    return made


def told_of(user_id: str) -> dict[tuple[str, str], Answer]:
    """What identity says when this user logs in."""
    return {
        ("identity", "login"): builders.logged_in(id=user_id),
        ("identity", "account"): builders.account(id=user_id),
    }


@pytest.fixture(scope="module")
def played_portal(
    broker: Broker,
    drop_later: Callable[[str], None],
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Portal]:
    """One portal for the tests of a module: to start it costs more than all of them."""
    name = f"t_portal_{uuid4().hex[:12]}"
    uri, folder = broker.make_vhost(name), tmp_path_factory.mktemp("portal")

    def start() -> Process:
        environment = {
            **keyring.environment("gateway"),
            "AMQP_URI": uri,
            "MONGO_URI": address_of(name),
            "SECRET_KEY": "for-this-test-only-0000000000000000",
            "GATEWAY_PORT": str(free_port()),
        }
        return Process(GUNICORN, environment, folder / "gateway.log")

    made = Portal(uri, start)
    yield made
    made.end()
    if made.services is not None:
        made.services.close()
    broker.drop_vhost(name)
    drop_later(name)


@pytest.fixture
def portal(played_portal: Portal) -> Process:
    """The running portal on played services."""
    return played_portal.running()[0]


@pytest.fixture
def services(portal: Process, played_portal: Portal) -> Played:
    """identity and cdr as the portal sees them: queues that answer."""
    assert played_portal.services is not None
    return played_portal.services


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": os.environ.get("CHROMIUM") or "/usr/bin/chromium", "args": CHROMIUM_ARGUMENTS}


@pytest.fixture
def rpc() -> FakeRpc:
    made = quiet_services()
    calls = [builders.call(n, state="late" if n == 2 else None) for n in range(1, 8)]
    made.answers["cdr", "details"] = builders.details(*calls, older="older", newer="newer")
    return made


@pytest.fixture
def address(rpc: FakeRpc) -> Iterator[str]:
    app = create_app(settings(), Parts(rpc, MemorySessions(), Epochs(), Clock()))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def open_browser(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """``open_browser(width=390)`` is a page on which Sanne is signed in; it must not complain."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if "status of 4" not in line.text else None
        )
        page.on("request", lambda r: r.url.startswith((address, "data:")) or complaints.append(r.url))

    def open_page(width: int = 1280, signed_in: bool = True, **options: Any) -> Page:
        size = {"width": width, "height": 844}
        contexts.append(browser.new_context(base_url=address, viewport=size, **options))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        listen(page)
        page.goto("/inloggen")
        if signed_in:
            page.get_by_label("Gebruikersnaam").fill("sanne.dewit")
            page.get_by_label("Wachtwoord", exact=True).fill("paard batterij")
            page.get_by_role("button", name="Inloggen").click()
            expect(page).to_have_url(f"{address}{FIRST}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
