"""The portal as its own process on a real broker and database, with identity and cdr played; and in
this process, with fakes, for a real browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from gateway.app import create_app
from gateway.epochs import Epochs
from gateway.parts import Parts
from tests.gateway import builders, spending
from tests.gateway.conftest import quiet_day, settings
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions
from tests.integration.gateway.played import Played
from tests.integration.gateway.web import FIRST
from tests.support.keys import Keyring
from tests.support.processes import Process, free_port, python

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
GUNICORN = python("-m", "gunicorn", "-c", "gateway/gunicorn.conf.py", "gateway.app:create_app()")


@pytest.fixture
def services(vhost: str) -> Iterator[Played]:
    """identity and cdr as the portal sees them: queues that answer."""
    played = Played(
        vhost,
        {
            "identity.login": builders.logged_in(),
            "identity.account": builders.account(),
            "cdr.periods": builders.periods(),
            "cdr.totals": builders.totals(),
            "cdr.details": builders.details(builders.call()),
            "cdr.series": spending.series(),
            "cdr.top": spending.top(),
            "cdr.voip_limit": spending.limit(),
            "cdr.fraud_watch": spending.watch(),
        },
    )
    yield played
    played.close()


@pytest.fixture
def start_portal(
    vhost: str, mongo_uri: Callable[[str], str], keyring: Keyring, tmp_path: Path
) -> Iterator[Callable[[], Process]]:
    """Start gunicorn with its two workers. ``.environment["GATEWAY_PORT"]`` is where it answers."""
    started: list[Process] = []

    def start() -> Process:
        environment = {
            **keyring.environment("gateway"),
            "AMQP_URI": vhost,
            "MONGO_URI": mongo_uri("gateway"),
            "SECRET_KEY": "for-this-test-only-0000000000000000",
            "GATEWAY_PORT": str(free_port()),
        }
        started.append(Process(GUNICORN, environment, tmp_path / "gateway.log"))
        return started[-1].wait_ready()

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def portal(start_portal: Callable[[], Process], services: Played) -> Process:
    """The portal on played services."""
    return start_portal()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": os.environ.get("CHROMIUM") or "/usr/bin/chromium", "args": CHROMIUM_ARGUMENTS}


@pytest.fixture
def rpc() -> FakeRpc:
    calls = [builders.call(n, state="late" if n == 2 else None) for n in range(1, 8)]
    details = builders.details(*calls, older="older", newer="newer")
    return FakeRpc({**quiet_day(), ("cdr", "details"): details})


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
