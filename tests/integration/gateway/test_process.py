"""The portal as gunicorn runs it: two workers, one truth."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.epochs import QUEUE_PREFIX
from shared.events.identity import UserChanged
from tests.integration.gateway.conftest import Portal
from tests.integration.gateway.played import Played
from tests.integration.gateway.web import FIRST, PAGE, SOON, Web
from tests.support.broker import Broker
from tests.support.processes import Process, until

pytestmark = pytest.mark.xdist_group("portal")


@pytest.fixture
def web(portal: Process) -> Web:
    return Web(portal)


@pytest.mark.feature("ID-01")
def test_a_login_counts_in_every_worker(web: Web) -> None:
    status, address, _ = web.log_in()
    assert (status, urlsplit(address).path) == (200, FIRST)
    assert all(web.signed_in() for _ in range(20))


@pytest.mark.feature("ID-05")
@pytest.mark.parametrize(("epoch", "blocked"), [(2, False), (1, True)])
def test_changed_rights_end_the_session_in_every_worker_at_once(
    web: Web, services: Played, epoch: int, blocked: bool
) -> None:
    web.log_in()
    assert all(web.signed_in() for _ in range(10))
    user_id = str(services.rpc.answer("identity", "login")["user"]["id"])
    services.change(UserChanged(user_id=user_id, revision=2, epoch=epoch, roles=(), blocked=blocked))
    until(lambda: not web.signed_in(), SOON, what="the end of the session")
    assert not any(web.signed_in() for _ in range(10))


def test_each_worker_follows_identity_with_a_queue_of_its_own(portal: Process, broker: Broker) -> None:
    name = portal.environment["AMQP_URI"].rpartition("/")[2]
    queues = until(
        lambda: [q for q in broker.request("GET", f"/queues/{name}") if q["name"].startswith(QUEUE_PREFIX)],
        what="queues of the workers",
    )
    assert isinstance(queues, list) and len(queues) == 2
    assert all(q["exclusive"] and q["auto_delete"] for q in queues)


@pytest.mark.feature("GW-04")
def test_health_metrics_and_log(web: Web, portal: Process) -> None:
    assert portal.page("/livez")[0] == 200
    assert json.loads(portal.page("/readyz")[1]) == {"ok": True, "checks": {"workers": "ok", "portal": "ok"}}
    before, logged = logins_shown(portal), len(log_of(portal))
    for _ in range(10):
        web.ask("/inloggen")
    until(lambda: logins_shown(portal) == before + 10, what="the sum of both workers")
    lines = log_of(portal)
    requests = [line for line in lines[logged:] if line["event"] == "request"]
    assert len(requests) == 10
    assert len({line["correlation_id"] for line in requests}) == 10
    assert {line["process"] for line in lines} == {"gateway"}


def logins_shown(portal: Process) -> float:
    """How often the page to log in on was shown, says the portal."""
    labels = {"endpoint": "login.form", "method": "GET", "status": "200"}
    families = text_string_to_metric_families(portal.page("/metrics")[1])
    samples = (sample for family in families for sample in family.samples)
    return sum(s.value for s in samples if (s.name, s.labels) == ("gateway_requests_total", labels))


def log_of(portal: Process) -> list[dict[str, Any]]:
    return [json.loads(line) for line in portal.log.read_text().splitlines()]


def test_the_portal_asks_nobody_for_health_on_its_public_port(web: Web) -> None:
    assert json.loads(web.ask("/readyz")[2]) == {"ok": True}
    assert web.ask("/metrics")[0] == 404


@pytest.mark.feature("GW-03")
def test_a_service_that_is_gone_is_said_on_the_page(web: Web, services: Played) -> None:
    web.log_in()
    services.close()
    status, _, body = web.ask(PAGE)
    assert status == 200
    assert "Gespreksdetails laden lukt nu niet." in body


def test_sigterm_ends_it_in_order(played_portal: Portal) -> None:
    portal = played_portal.process or played_portal.running()[0]  # it needs no services for that
    assert portal.terminate(30) == 0
    assert portal.page("/livez")[0] == 0
    assert "Traceback" not in portal.log.read_text()
