"""Who is on the broker and what each may do there: vhosts, users, rights, policies, fixed queues.

One document in the form of RabbitMQ's definitions, loaded by our own node when it starts and posted
to the management API of a broker that was given. Rights are regular expressions on names:
*configure* (declare and delete), *write* (publish to, or bind a queue), *read* (consume, bind from).

A service's names begin with its own: queues ``cdr.on_changed`` with ``.dead`` and ``.retry.5s`` …,
``rpc-cdr``, exchanges ``cdr.events`` and ``cdr.queues`` (see shared/bus).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from cli.problems import Problem

SERVICES = ("identity", "cdr", "invoicing", "pbx", "mobile", "provisioning")
CLIENTS = ("gateway", "cli")
PORTAL_USERS = (*SERVICES, *CLIENTS)
INGESTER = "cdr-ingester"
CARRIER_DESK = "mobile-worker"
"""Gives carriers their orders, and reads what they answer."""
DEMO_CARRIERS = ("vasco", "mobi")
EDGE = "kamailio"
EDGE_EXCHANGE, EDGE_QUEUE, RESYNC_QUEUE = "sip.edge", "pbx.sip_edge", "pbx.resyncs"
"""The SIP proxy tells what happens to the exchange, and can do nothing else; pbx's bridge reads the queues,
which are there before anybody publishes."""
OWN_CARRIER = "sipproxy"
"""Hands over usage of calls that went through our own SIP proxy, as carriers do."""
DATABASE_USERS = (*SERVICES, "gateway")

USAGE_MESSAGES = 2_000_000
PORTAL_MESSAGES = 1_000_000
KEPT_MESSAGES = 100_000
UNROUTED_DAYS = 7
DELIVERIES = 20

COMMANDS = "commands"
ANSWERS = "answers"
"""The exchange that leads to each carrier's queue of orders, and the queue of what all of them answer."""

NOTHING = "^$"
SHARED_EXCHANGES = "nameko-rpc"
WORK_QUEUES = r"^(rpc-[a-z]+|[a-z]+\.(?!.*\.(dead|retry\.[0-9a-z]+)$)[a-z0-9_]+)$"
"""Queues whose consumer may fail; their dead-letter and delay queues have no further ones."""


@dataclass(frozen=True)
class Vhosts:
    """Names of the two vhosts; tests have a pair each."""

    portal: str = "/portal"
    ingest: str = "/ingest"


def broker_users() -> tuple[str, ...]:
    """Everybody with an account on the broker, but its administrator."""
    return (*PORTAL_USERS, INGESTER, CARRIER_DESK, EDGE, OWN_CARRIER, *carriers())


def carriers() -> tuple[str, ...]:
    """``TIKKER_CARRIERS`` (names with commas between), else the two of the demo."""
    names = tuple(n.strip() for n in os.environ.get("TIKKER_CARRIERS", "").split(",") if n.strip())
    for name in names:
        taken = (*PORTAL_USERS, EDGE, OWN_CARRIER, "admin")
        if not re.fullmatch(r"[a-z][a-z0-9]{1,29}", name) or name in taken:
            raise Problem(
                f"TIKKER_CARRIERS names {name!r}: 2 to 30 of a-z and 0-9, and not the name of a service."
            )
    return names or DEMO_CARRIERS


def definitions(
    password: Callable[[str], str], admin: str | None = None, vhosts: Vhosts | None = None
) -> dict[str, Any]:
    """The whole document; ``password`` gives each user's, ``admin`` is a user who may do everything."""
    vhosts = vhosts or Vhosts()
    return {
        "vhosts": [{"name": vhosts.portal}, {"name": vhosts.ingest}],
        "users": [
            *(_user(name, password(name)) for name in broker_users()),
            *([_user(admin, password(admin), "administrator")] if admin else []),
        ],
        "permissions": [
            *_portal_rights(vhosts.portal),
            *_ingest_rights(vhosts.ingest),
            *(_right(admin, v, ".*", ".*", ".*") for v in (vhosts.portal, vhosts.ingest) if admin),
        ],
        "policies": [*_portal_policies(vhosts.portal), *_ingest_policies(vhosts.ingest)],
        "exchanges": [*_portal_exchanges(vhosts.portal), *_ingest_exchanges(vhosts.ingest)],
        "queues": [
            *(_queue(name, vhosts.portal) for name in ("unrouted", "dead", EDGE_QUEUE, RESYNC_QUEUE)),
            *(_queue(name, vhosts.ingest) for name in ("usage", "usage.dead", ANSWERS, *_commands())),
        ],
        "bindings": [
            _binding("unrouted", "unrouted", vhosts.portal),
            _binding("dlx", "dead", vhosts.portal),
            _binding("dlx", "usage.dead", vhosts.ingest),
            _binding(EDGE_EXCHANGE, EDGE_QUEUE, vhosts.portal, "#"),
            _binding("provisioning.events", RESYNC_QUEUE, vhosts.portal, "provisioning.resync.requested.v1"),
            _binding(f"carrier.{OWN_CARRIER}", "usage", vhosts.ingest, "#"),
            *(_binding(f"carrier.{name}", "usage", vhosts.ingest, "#") for name in carriers()),
            *(_binding(f"answers.{name}", ANSWERS, vhosts.ingest, "#") for name in carriers()),
            *(_binding(COMMANDS, f"commands.{name}", vhosts.ingest, name) for name in carriers()),
        ],
    }


def administrator(name: str, password: str, vhost: str = "/") -> dict[str, Any]:
    """Definitions with one vhost and one user who may do everything: a broker for tests."""
    return {
        "vhosts": [{"name": vhost}],
        "users": [_user(name, password, "administrator")],
        "permissions": [_right(name, vhost, ".*", ".*", ".*")],
    }


def _portal_rights(vhost: str) -> Iterable[dict[str, str]]:
    for service in SERVICES:
        own = rf"rpc-{service}(\.dead)?|{service}\..+|rpc\.reply-{service}-.+"
        # kombu declares every exchange that it binds to, hence the right to configure them.
        yield _right(
            service,
            vhost,
            configure=rf"^({own}|{SHARED_EXCHANGES}|[a-z]+\.events)$",
            write=rf"^({own}|{SHARED_EXCHANGES})$",
            read=rf"^({own}|{SHARED_EXCHANGES}|[a-z]+\.events)$",
        )
    yield _right(EDGE, vhost, NOTHING, rf"^{re.escape(EDGE_EXCHANGE)}$", NOTHING)
    for client in CLIENTS:
        own = rf"rpc\.reply-{client}-.+|{client}\..+"
        yield _right(
            client,
            vhost,
            configure=rf"^({own})$",
            write=rf"^({own}|{SHARED_EXCHANGES})$",
            read=rf"^({own}|{SHARED_EXCHANGES}|identity\.events)$",
        )


def _ingest_rights(vhost: str) -> Iterable[dict[str, str]]:
    yield _right(INGESTER, vhost, NOTHING, NOTHING, "^usage$")
    yield _right(CARRIER_DESK, vhost, NOTHING, f"^{COMMANDS}$", f"^{ANSWERS}$")
    yield _right(OWN_CARRIER, vhost, NOTHING, rf"^carrier\.{OWN_CARRIER}$", NOTHING)
    for carrier in carriers():
        own = rf"^(carrier|answers)\.{carrier}$"
        yield _right(carrier, vhost, NOTHING, own, rf"^commands\.{carrier}$")


def _portal_policies(vhost: str) -> Iterable[dict[str, Any]]:
    yield _policy("alternate", vhost, r"\.events$", "exchanges", {"alternate-exchange": "unrouted"})
    yield _policy("work", vhost, WORK_QUEUES, "queues", _limits(PORTAL_MESSAGES))
    yield _policy(
        "dead",
        vhost,
        r"^dead$|\.dead$",
        "queues",
        {"max-length": PORTAL_MESSAGES, "overflow": "reject-publish"},
    )
    unrouted = {"max-length": KEPT_MESSAGES, "message-ttl": UNROUTED_DAYS * 86_400_000}
    yield _policy("unrouted", vhost, "^unrouted$", "queues", unrouted)


def _ingest_policies(vhost: str) -> Iterable[dict[str, Any]]:
    yield _policy("usage", vhost, "^usage$", "queues", _limits(USAGE_MESSAGES))
    yield _policy(
        "kept",
        vhost,
        rf"^usage\.dead$|^commands\.|^{ANSWERS}$",
        "queues",
        {"max-length": KEPT_MESSAGES, "overflow": "reject-publish"},
    )


def _limits(messages: int) -> dict[str, Any]:
    """A message that ends its process again and again goes to ``dlx``; a full queue refuses, loudly."""
    return {
        "delivery-limit": DELIVERIES,
        "max-length": messages,
        "overflow": "reject-publish",
        "dead-letter-exchange": "dlx",
        "dead-letter-strategy": "at-least-once",
    }


def _portal_exchanges(vhost: str) -> Iterable[dict[str, Any]]:
    yield _exchange("nameko-rpc", vhost, "topic")
    yield _exchange("unrouted", vhost, "fanout")
    yield _exchange("dlx", vhost, "fanout")
    yield _exchange(EDGE_EXCHANGE, vhost, "topic")
    for service in SERVICES:
        yield _exchange(f"{service}.events", vhost, "topic")
        yield _exchange(f"{service}.queues", vhost, "direct")


def _ingest_exchanges(vhost: str) -> Iterable[dict[str, Any]]:
    yield _exchange("dlx", vhost, "fanout")
    yield _exchange(COMMANDS, vhost, "direct")
    yield _exchange(f"carrier.{OWN_CARRIER}", vhost, "topic")
    for carrier in carriers():
        yield _exchange(f"carrier.{carrier}", vhost, "topic")
        yield _exchange(f"answers.{carrier}", vhost, "topic")


def _commands() -> Iterable[str]:
    return (f"commands.{carrier}" for carrier in carriers())


def _user(name: str, password: str, *tags: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": hashed(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": list(tags),
    }


def hashed(password: str) -> str:
    """RabbitMQ's salted form: base64(salt + SHA-256(salt + password)), salt of 4 bytes."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _right(user: str, vhost: str, configure: str, write: str, read: str) -> dict[str, str]:
    return {"user": user, "vhost": vhost, "configure": configure, "write": write, "read": read}


def _policy(name: str, vhost: str, pattern: str, to: str, definition: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": vhost,
        "pattern": pattern,
        "apply-to": to,
        "definition": definition,
        "priority": 0,
    }


def _exchange(name: str, vhost: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": vhost,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(name: str, vhost: str) -> dict[str, Any]:
    arguments = {"x-queue-type": "quorum"}
    return {"name": name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": arguments}


def _binding(source: str, queue: str, vhost: str, key: str = "") -> dict[str, Any]:
    return {
        "source": source,
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
