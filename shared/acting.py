"""Who acts: the short-lived signed context that travels with every call.

``issuer . payload . signature``, each base64url without padding; the payload is JSON, the signature
Ed25519 over ``issuer.payload``. Each issuer has its own key and the kinds of context it may sign,
so a service that is broken into cannot forge a user.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.errors import Forbidden

CONTEXT_HEADER = "tikker.context"
LIFETIME_SECONDS = 60
CLOCK_SKEW_SECONDS = 15


class Acting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The person or process on whose behalf a call is made.

    ``kind`` says who vouches (a browser without or with a login, staff, a service), ``scope`` how far
    its sight reaches: one customer, a partner's customers, or all of them. ``address`` is the IP address
    that the request came from, ``language`` what the person reads (nl, en). ``viewed_by`` names the staff
    member who sees the portal as this customer; empty when the customer's own people act.

    ``issuer`` is which service acts, of a context of kind service: whoever checks the signature fills it in,
    whatever the context itself says.

    ``program`` is the ID of the token that a program acts with; empty when a person is at the keyboard.

    Staff of scope ``customer`` work on that one customer: whoever signed the context had identity say
    that it is theirs.
    """

    kind: str = "anonymous"
    scope: str = "none"
    customer_id: str | None = None
    user_id: str | None = None
    username: str | None = None
    roles: tuple[str, ...] = ()
    correlation_id: str = ""
    address: str = ""
    language: str = "nl"
    viewed_by: str = ""
    issuer: str = ""
    program: str = ""

    def require(self, *roles: str) -> None:
        """Raise :class:`Forbidden` unless every role is held."""
        missing = [role for role in roles if role not in self.roles]
        if missing:
            raise Forbidden(role=missing[0])

    def require_customer(self) -> str:
        """The customer of the acting user; the only place a service takes a tenant from."""
        if self.kind != "user" or self.scope != "customer" or not self.customer_id:
            raise Forbidden()
        return self.customer_id

    def require_staff(self) -> None:
        """Raise :class:`Forbidden` unless operator staff acts (console or command line)."""
        if self.kind != "staff" or self.scope != "operator":
            raise Forbidden()

    def require_staff_for(self, customer_id: str) -> None:
        """Raise :class:`Forbidden` unless staff acts that may work on this customer."""
        if self.kind != "staff" or not (
            self.scope == "operator" or (self.scope == "customer" and self.customer_id == customer_id)
        ):
            raise Forbidden()

    def require_service(self, *names: str) -> None:
        """Raise :class:`Forbidden` unless one of these services acts."""
        if self.kind != "service" or self.issuer not in names:
            raise Forbidden()

    def require_console(self) -> str | None:
        """Whose customers the staff member sees: a partner's (its ID), or all (None)."""
        if self.kind == "staff" and self.scope == "operator":
            return None
        if self.kind == "staff" and self.scope == "partner" and self.customer_id:
            return self.customer_id
        raise Forbidden()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Signer:
    """Signs contexts for one issuer with its raw 32-byte Ed25519 key in base64."""

    issuer: str
    key: Ed25519PrivateKey
    clock: Callable[[], float] = time.time

    @classmethod
    def from_base64(cls, issuer: str, key: str) -> Signer:
        return cls(issuer, Ed25519PrivateKey.from_private_bytes(base64.b64decode(key)))

    def sign(self, acting: Acting, audience: str) -> str:
        """A token that only the service named ``audience`` accepts, for LIFETIME_SECONDS."""
        claims = {"a": msgspec.to_builtins(acting), "aud": audience, "exp": self.clock() + LIFETIME_SECONDS}
        signed = f"{_b64(self.issuer.encode())}.{_b64(json.dumps(claims, separators=(',', ':')).encode())}"
        return f"{signed}.{_b64(self.key.sign(signed.encode()))}"


@dataclass(frozen=True)
class Issuer:
    key: Ed25519PublicKey
    kinds: frozenset[str]


@dataclass(frozen=True)
class Verifier:
    """Checks contexts against the known issuers; answers :class:`Forbidden` and never says why."""

    audience: str
    issuers: Mapping[str, Issuer]
    clock: Callable[[], float] = field(default=time.time)

    @classmethod
    def from_json(cls, audience: str, public_keys: str) -> Verifier:
        """From ``{"gateway": {"key": base64, "kinds": ["user"]}}``."""
        issuers = {
            name: Issuer(
                Ed25519PublicKey.from_public_bytes(base64.b64decode(entry["key"])), frozenset(entry["kinds"])
            )
            for name, entry in json.loads(public_keys).items()
        }
        return cls(audience, issuers)

    def verify(self, token: object) -> Acting:
        try:
            acting, claims = self._open(str(token))
        except Exception as problem:  # whatever is wrong with it
            raise Forbidden() from problem
        if (
            claims["aud"] != self.audience
            or not -LIFETIME_SECONDS - CLOCK_SKEW_SECONDS
            <= (self.clock() - claims["exp"])
            <= CLOCK_SKEW_SECONDS
        ):
            raise Forbidden()
        return acting

    def _open(self, token: str) -> tuple[Acting, dict[str, Any]]:
        signed, _, signature = token.rpartition(".")
        name, _, payload = signed.partition(".")
        issuer = self.issuers[_unb64(name).decode()]
        issuer.key.verify(_unb64(signature), signed.encode())
        claims = json.loads(_unb64(payload))
        acting = msgspec.convert(claims["a"], Acting)
        if acting.kind not in issuer.kinds:
            raise ValueError("this issuer may not vouch for such a context")
        service = _unb64(name).decode() if acting.kind == "service" else ""
        acting = msgspec.structs.replace(acting, issuer=service)
        return acting, {"aud": str(claims["aud"]), "exp": float(claims["exp"])}
