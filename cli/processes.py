"""The one table of our processes: name, command, and the environment each is given."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from cli.house import House
from cli.ports import LOCALHOST
from cli.program import SERVICES, Program
from cli.topology import INGESTER

GUNICORN = ("-m", "gunicorn", "-c", "gateway/gunicorn.conf.py", "gateway.app:create_app()")


@dataclass(frozen=True)
class Process:
    """``account``: the service whose database, broker user and signing key it has; None: it has none."""

    name: str
    account: str | None
    arguments: tuple[str, ...]

    @property
    def command(self) -> list[str]:
        return [sys.executable, *self.arguments]


PROCESSES = (
    Process("identity", "identity", ("-m", "services.identity")),
    Process("cdr", "cdr", ("-m", "services.cdr")),
    Process("cdr-ingester", "cdr", ("-m", "services.cdr.ingester")),
    Process("cdr-worker", "cdr", ("-m", "services.cdr.worker")),
    Process("invoicing", "invoicing", ("-m", "services.invoicing")),
    Process("pbx", "pbx", ("-m", "services.pbx")),
    Process("mobile", "mobile", ("-m", "services.mobile")),
    Process("provisioning", "provisioning", ("-m", "services.provisioning")),
    Process("gateway", "gateway", GUNICORN),
    Process("smtp-sink", None, ("-m", "cli.smtp_sink")),
)


def health_port(name: str, house: House) -> int:
    return house.ports.health([p.name for p in PROCESSES].index(name))


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
    return settings | _own(process.name, house)


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
    if name == "smtp-sink":
        return {**mail, "MAIL_FOLDER": house.mail}
    return {}


def programs(house: House) -> list[Program]:
    return [Program(p.name, p.command, environment(p, house), SERVICES) for p in PROCESSES]
