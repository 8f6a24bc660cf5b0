"""The one table of our processes: name, command, and the environment each is given."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

from cli import sip_edge
from cli.house import House
from cli.ports import LOCALHOST
from cli.program import SERVICES, Program
from cli.state import REPOSITORY
from cli.topology import CARRIER_DESK, DEMO_CARRIERS, INGESTER, carriers

GUNICORN = ("-m", "gunicorn", "-c", "gateway/gunicorn.conf.py", "gateway.app:create_app()")


@dataclass(frozen=True)
class Process:
    """``account``: the service whose database, broker user and signing key it has; None: it has none.
    ``image``: whose image it runs from, where that is not its account's.
    ``program``: what runs, if not our Python."""

    name: str
    account: str | None
    arguments: tuple[str, ...]
    image: str = ""
    program: str = ""

    @property
    def command(self) -> list[str]:
        return [self.program or sys.executable, *self.arguments]


PROCESSES = (
    Process("identity", "identity", ("-m", "services.identity")),
    Process("cdr", "cdr", ("-m", "services.cdr")),
    Process("cdr-ingester", "cdr", ("-m", "services.cdr.ingester")),
    Process("cdr-worker", "cdr", ("-m", "services.cdr.worker")),
    Process("invoicing", "invoicing", ("-m", "services.invoicing")),
    Process("invoicing-worker", "invoicing", ("-m", "services.invoicing.worker")),
    Process("pbx", "pbx", ("-m", "services.pbx")),
    Process("mobile", "mobile", ("-m", "services.mobile")),
    Process("mobile-worker", "mobile", ("-m", "services.mobile.worker")),
    Process("provisioning", "provisioning", ("-m", "services.provisioning")),
    Process("provisioning-listener", "provisioning", ("-m", "services.provisioning.listener")),
    Process("gateway", "gateway", GUNICORN),
    Process("phones", None, ("-m", "gateway.phones"), image="gateway"),
    Process("smtp-sink", None, ("-m", "cli.smtp_sink")),
    Process("carrier-simulator", None, ("-m", "cli.carrier_simulator")),
)

SIP_PROCESSES = (
    Process("pbx-listener", "pbx", ("-m", "services.pbx.listener")),
    Process("pbx-bridge", "pbx", ("-m", "services.pbx.bridge")),
    Process("pbx-media", None, ("-m", "services.pbx.media"), image="pbx"),
    Process("kamailio", None, (str(REPOSITORY / "ops/kamailio/start.sh"),), "kamailio", "/bin/sh"),
)
"""The SIP edge; it runs with ``./tikker up --sip`` only (docs/sip.md)."""

DEVELOPMENT_ONLY = frozenset({"smtp-sink", "carrier-simulator"})
"""Stand-ins for what others run; no image has them."""


def health_port(name: str, house: House) -> int:
    if name == "kamailio":
        return house.ports.sip_rpc
    return house.ports.health([p.name for p in (*PROCESSES, *SIP_PROCESSES)].index(name))


def of(house: House) -> tuple[Process, ...]:
    """The processes that this system has."""
    return (*PROCESSES, *SIP_PROCESSES) if house.sip else PROCESSES


def environment(process: Process, house: House) -> dict[str, str]:
    """All settings of one process; nothing else configures it."""
    settings = {
        "TIKKER_ENV": "development",
        "LOG_LEVEL": "INFO",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "HEALTH_HOST": LOCALHOST,
        "HEALTH_PORT": str(health_port(process.name, house)),
    }
    if process.account:
        settings |= credentials(process.account, house)
        settings["MONGO_URI"] = house.mongo_uri(process.account)
    return settings | _own(process.name, house) | sip_edge.environment(process.name, house)


def credentials(account: str, house: House) -> dict[str, str]:
    """What lets ``account`` onto the bus and its calls be believed."""
    return {
        "AMQP_URI": house.amqp_uri(account),
        "TIKKER_ISSUER": account,
        "TIKKER_SIGNING_KEY": house.keys.signing_key(account),
        "TIKKER_PUBLIC_KEYS": house.keys.public_keys,
    }


def _own(name: str, house: House) -> dict[str, str]:
    """What only this process is told."""
    mail = {"SMTP_HOST": LOCALHOST, "SMTP_PORT": str(house.ports.smtp)}
    if name == "cdr-ingester":
        return {"INGEST_AMQP_URI": house.ingest_uri(INGESTER)}
    if name == "gateway":
        return {
            "GATEWAY_PORT": str(house.ports.portal),
            "GATEWAY_BIND": LOCALHOST,
            "SECRET_KEY": house.keys.text("TIKKER_SECRET_KEY"),
        }
    if name == "identity":
        return {
            **mail,
            "PORTAL_URL": house.address,
            "TIKKER_SEALING_KEYS": house.keys.sealing_keys("identity"),
        }
    if name == "pbx":
        return {"TIKKER_SEALING_KEYS": house.keys.sealing_keys("pbx")}
    if name == "mobile":
        return {"TIKKER_SEALING_KEYS": house.keys.sealing_keys("mobile")}
    if name == "mobile-worker":
        return {"CARRIER_AMQP_URI": house.ingest_uri(CARRIER_DESK)}
    if name == "carrier-simulator":
        return {"CARRIER_AMQP_URIS": json.dumps(_simulated(house))}
    if name == "smtp-sink":
        return {**mail, "MAIL_FOLDER": house.mail}
    return _for_phones(name, house)


def _for_phones(name: str, house: House) -> dict[str, str]:
    """What provisioning, its own door and the phones' front are told."""
    edge = {"TIKKER_EDGE_TOKEN": house.keys.text("TIKKER_EDGE_TOKEN")}
    if name == "provisioning":
        return _provisioning(house)
    if name == "provisioning-listener":
        return {**_provisioning(house), **edge, "LISTENER_PORT": str(house.ports.provisioning)}
    if name == "phones":
        listener = f"{LOCALHOST}:{house.ports.provisioning}"
        return {**edge, "PHONES_PORT": str(house.ports.phones), "PROVISIONING_LISTENER": listener}
    return {}


def _simulated(house: House) -> dict[str, str]:
    """The demo's carriers only: nobody answers for a real one."""
    return {name: house.ingest_uri(name) for name in carriers() if name in DEMO_CARRIERS}


def _provisioning(house: House) -> dict[str, str]:
    """What makes a phone's file: our keys, and what phones are told of us."""
    return {
        "TIKKER_SEALING_KEYS": house.keys.sealing_keys("provisioning"),
        "PHONES_URL": f"http://{LOCALHOST}:{house.ports.phones}",
        "SIP_HOST": LOCALHOST,
        "SIP_PORT": str(house.ports.sip),
    }


def programs(house: House) -> list[Program]:
    return [Program(p.name, p.command, environment(p, house), SERVICES) for p in of(house)]
