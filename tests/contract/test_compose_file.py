"""docker-compose.yml against the house's own tables, without an engine: nothing missing or too much."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from cli import processes, secrets, topology
from cli.processes import Process
from cli.state import REPOSITORY

SECRET = re.compile(r"\$\{(TIKKER_[A-Z_]*(?:PASSWORD|KEY|KEYS|KEYFILE|TOKEN)[A-Z_]*)([^}]*)\}")
ALL = (*processes.PROCESSES, *processes.SIP_PROCESSES)
IN_IMAGES = [each for each in ALL if each.name not in processes.DEVELOPMENT_ONLY]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    return parsed


def secrets_of(service: dict[str, Any]) -> set[str]:
    """The secrets that compose puts into a container."""
    return {name for name, _ in SECRET.findall(json.dumps(service.get("environment", {})))}


@pytest.mark.parametrize("process", IN_IMAGES, ids=lambda process: process.name)
def test_every_process_runs_from_its_own_image(services: dict[str, Any], process: Process) -> None:
    service = services[process.name]
    assert service["image"].partition(":")[0] == f"tikker-{process.image or process.account}"
    if process.program:
        return
    if process.name != process.account:
        assert service["command"] == ["python", *process.arguments]


@pytest.mark.parametrize("process", IN_IMAGES, ids=lambda process: process.name)
def test_a_process_is_told_its_own_secrets_only(services: dict[str, Any], process: Process) -> None:
    account = str(process.account).upper()
    own = {f"TIKKER_{kind}_{account}" for kind in ("AMQP_PASSWORD", "MONGO_PASSWORD", "SIGNING_KEY")}
    public = {"TIKKER_PUBLIC_KEYS"}
    more = {
        "gateway": {"TIKKER_SECRET_KEY"},
        "cdr-ingester": {"TIKKER_AMQP_PASSWORD_CDR_INGESTER"},
        "identity": {"TIKKER_SEALING_KEYS_IDENTITY"},
        "pbx": {"TIKKER_SEALING_KEYS_PBX"},
        "mobile": {"TIKKER_SEALING_KEYS_MOBILE"},
        "provisioning": {"TIKKER_SEALING_KEYS_PROVISIONING"},
        "provisioning-listener": {"TIKKER_SEALING_KEYS_PROVISIONING", "TIKKER_EDGE_TOKEN"},
        "phones": {"TIKKER_EDGE_TOKEN"},
        "kamailio": {"TIKKER_EDGE_TOKEN", "TIKKER_AMQP_PASSWORD_KAMAILIO"},
        "pbx-listener": {"TIKKER_EDGE_TOKEN"},
        "pbx-media": {"TIKKER_EDGE_TOKEN"},
        "pbx-bridge": {"TIKKER_EDGE_TOKEN", "TIKKER_AMQP_PASSWORD_SIPPROXY"},
        "mobile-worker": {"TIKKER_AMQP_PASSWORD_MOBILE_WORKER"},
    }
    assert secrets_of(services[process.name]) <= own | public | more.get(process.name, set())


def test_set_up_is_told_the_password_of_every_account(services: dict[str, Any]) -> None:
    admins = {"TIKKER_AMQP_PASSWORD_ADMIN", "TIKKER_MONGO_PASSWORD_ADMIN"}
    assert secrets_of(services["setup"]) == admins | set(secrets.accounts())
    carriers = ",".join(topology.DEMO_CARRIERS)
    assert services["setup"]["environment"]["TIKKER_CARRIERS"] == f"${{TIKKER_CARRIERS:-{carriers}}}"


def test_no_secret_has_a_default_and_all_are_made_by_compose_env(services: dict[str, Any]) -> None:
    found = SECRET.findall(json.dumps(services))
    assert {rest for _, rest in found} == {":?run ./tikker compose-env"}
    assert {name for name, _ in found} <= {*secrets.needed(), "TIKKER_PUBLIC_KEYS"}


def test_nothing_but_the_portal_and_the_phones_front_has_a_port(services: dict[str, Any]) -> None:
    """And the SIP proxy, where it is asked for."""
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    sip = "${SIP_LISTEN:-127.0.0.1}:${SIP_PORT:-5060}:${SIP_PORT:-5060}"
    range_ = "${MEDIA_RTP_FIRST:-30000}-${MEDIA_RTP_LAST:-30099}"
    speech = f"${{SIP_LISTEN:-127.0.0.1}}:{range_}:{range_}/udp"
    assert ports.pop("kamailio") == [f"{sip}/udp", f"{sip}/tcp", speech]
    portal = {"gateway": ["127.0.0.1:${TIKKER_PORT:-8080}:8080"]}
    assert ports == portal | {"phones": ["127.0.0.1:${TIKKER_PHONES_PORT:-8081}:8081"]}
