"""The three pages by which others know how a process is."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from werkzeug.test import Client

from shared.health import health_app, serve_health


def fine() -> None:
    """All is well."""


def broken(reason: str = "the disk is full") -> Callable[[], None]:
    def check() -> None:
        raise RuntimeError(reason)

    return check


@pytest.mark.feature("GW-04")
@pytest.mark.parametrize("page", ["/livez", "/readyz"])
def test_a_process_whose_checks_pass_is_well(page: str) -> None:
    answer = Client(health_app({"loop": fine}, {"broker": fine})).get(page)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert json.loads(answer.data)["ok"] is True


@pytest.mark.feature("GW-04")
def test_a_process_that_cannot_work_now_is_not_ready_but_lives_and_says_why() -> None:
    client = Client(health_app({"loop": fine}, {"broker": fine, "database": broken()}))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert json.loads(answer.data) == {
        "ok": False,
        "checks": {"loop": "ok", "broker": "ok", "database": "RuntimeError: the disk is full"},
    }
    assert client.get("/livez").status_code == 200


def test_a_process_that_does_not_live_is_not_ready_either() -> None:
    client = Client(health_app({"loop": broken()}, {"broker": fine}))
    assert client.get("/livez").status_code == 503
    assert client.get("/readyz").status_code == 503


def test_a_reason_is_cut_to_what_one_reads() -> None:
    answer = Client(health_app({}, {"x": broken("long " * 1000)})).get("/readyz")
    assert len(json.loads(answer.data)["checks"]["x"]) == 300


def test_the_metrics_are_in_prometheus_own_form() -> None:
    answer = Client(health_app({}, {})).get("/metrics")
    assert answer.status_code == 200
    assert b"# TYPE python_info gauge" in answer.data


@pytest.mark.parametrize("path", ["/", "/livez/", "/admin", "/readyz%00"])
def test_there_is_nothing_else(path: str) -> None:
    assert Client(health_app({}, {})).get(path).status_code == 404


def test_the_pages_are_served_while_one_of_them_hangs() -> None:
    held = threading.Event()
    server = serve_health(health_app({}, {"slow": lambda: _until_set(held)}), port=0)
    assert server is not None
    address = f"http://127.0.0.1:{server.server_port}"
    waiting = threading.Thread(target=lambda: urllib.request.urlopen(f"{address}/readyz", timeout=10).read())
    waiting.start()
    try:
        with urllib.request.urlopen(f"{address}/livez", timeout=5) as answer:
            assert answer.status == 200
    finally:
        held.set()
        waiting.join()
        server.shutdown()
        server.server_close()


def _until_set(held: threading.Event) -> None:
    held.wait(10)


def test_without_a_port_nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEALTH_PORT", raising=False)
    assert serve_health(health_app({}, {})) is None
