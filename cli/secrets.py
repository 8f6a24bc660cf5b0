"""Passwords and keys: made once and kept in secrets.json, or given one by one by the environment.

Each secret has the name of the environment variable that would give it, for instance
``TIKKER_AMQP_PASSWORD_CDR_INGESTER``.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cli import topology
from cli.problems import Problem
from cli.state import write_private

ADMIN = "admin"
KINDS = {"gateway": ["anonymous", "user", "staff"], "cli": ["staff"]}
"""Which kinds of acting context an issuer may sign; services sign ``service`` only."""


SEALERS = ("identity", "pbx", "mobile", "provisioning")
"""Accounts that keep secrets of others (shared/sealing.py); each has keys of its own for them."""


def _name(prefix: str, owner: str) -> str:
    return f"TIKKER_{prefix}_{owner.upper().replace('-', '_')}"


def accounts() -> list[str]:
    """The passwords of our users on the broker and the database, by name."""
    return [
        *(_name("AMQP_PASSWORD", user) for user in topology.broker_users()),
        *(_name("MONGO_PASSWORD", user) for user in topology.DATABASE_USERS),
    ]


def needed() -> dict[str, str]:
    """Name of each secret → what it is: password, key or sealing keys."""
    return {
        **{name: "password" for name in accounts()},
        _name("AMQP_PASSWORD", ADMIN): "password",
        _name("MONGO_PASSWORD", ADMIN): "password",
        **{_name("SIGNING_KEY", issuer): "key" for issuer in topology.PORTAL_USERS},
        **{_name("SEALING_KEYS", account): "sealing keys" for account in SEALERS},
        "TIKKER_SECRET_KEY": "password",
        "TIKKER_ERLANG_COOKIE": "password",
        "TIKKER_EDGE_TOKEN": "password",  # between the phones' front, the SIP proxy and the doors they use
        "TIKKER_MONGO_KEYFILE": "password",
    }


def _make(kind: str) -> str:
    if kind == "key":
        return base64.b64encode(secrets.token_bytes(32)).decode()
    if kind == "sealing keys":  # the ID differs as well, so that one sees which key sealed a secret
        return json.dumps({secrets.token_hex(4): _make("key")}, separators=(",", ":"))
    return secrets.token_hex(32)  # hexadecimal: safe in an URI, an .ini file and a shell


@dataclass(frozen=True)
class Secrets:
    """What :func:`needed` names, looked up by owner."""

    values: Mapping[str, str]

    def amqp(self, user: str) -> str:
        return self._get(_name("AMQP_PASSWORD", user))

    def mongo(self, user: str) -> str:
        return self._get(_name("MONGO_PASSWORD", user))

    def signing_key(self, issuer: str) -> str:
        """Base64 of the raw 32 bytes of an Ed25519 private key."""
        return self._get(_name("SIGNING_KEY", issuer))

    def sealing_keys(self, account: str) -> str:
        """JSON for ``TIKKER_SEALING_KEYS``: key ID → base64 of 32 bytes, the newest first."""
        return self._get(_name("SEALING_KEYS", account))

    def text(self, name: str) -> str:
        return self._get(name)

    @cached_property
    def public_keys(self) -> str:
        """JSON for ``TIKKER_PUBLIC_KEYS``: issuer → key and the kinds it may sign."""
        keys = {
            issuer: {"key": _public(self.signing_key(issuer)), "kinds": KINDS.get(issuer, ["service"])}
            for issuer in topology.PORTAL_USERS
        }
        return json.dumps(keys, separators=(",", ":"))

    def _get(self, name: str) -> str:
        try:
            return self.values[name]
        except KeyError:
            raise Problem(f"the secret {name} is missing: give it in the environment.") from None


def _public(private: str) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # few commands need it

    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private)).public_key()
    return base64.b64encode(key.public_bytes_raw()).decode()


def from_environment(environment: Mapping[str, str] = os.environ) -> Secrets:
    """Only what the environment gives; for set-up of a broker and database that others run."""
    return Secrets({name: environment[name] for name in needed() if environment.get(name)})


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Secrets:
    """What is kept in ``path``, completed with what is missing; the environment goes first."""
    try:
        kept = json.loads(path.read_text()) if path.exists() else {}
    except (OSError, ValueError) as problem:
        raise Problem(
            f"{path} cannot be read ({problem}): mend it, or remove the whole state folder."
        ) from None
    complete = {name: kept.get(name) or _make(kind) for name, kind in needed().items()}
    if complete != kept:
        write_private(path, json.dumps({**kept, **complete}, indent=1) + "\n")
    return Secrets({**kept, **complete, **from_environment(environment).values})


def fresh() -> Secrets:
    """A complete set that is kept nowhere."""
    return Secrets({name: _make(kind) for name, kind in needed().items()})
