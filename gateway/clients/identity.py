"""identity: who signs in, and whether they still may."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.clients import Rpc
from gateway.models.account import Account, LoginAnswer
from gateway.models.part import convert
from shared.acting import Acting

CHECK_SECONDS = 1.5
"""A page waits no longer than this to learn whether a session still counts."""


@dataclass(frozen=True)
class IdentityClient:
    """Calls to identity."""

    rpc: Rpc

    def login(self, username: str, password: str, address: str, correlation_id: str) -> LoginAnswer:
        """Try a combination; ``address`` is the browser's, for identity's limit per address."""
        acting = Acting(kind="anonymous", correlation_id=correlation_id)
        reply = self.rpc.call(
            "identity", "login", acting, username=username, password=password, address=address
        )
        return convert(reply, LoginAnswer)

    def account(self, acting: Acting) -> Account:
        """The acting user as identity knows them now."""
        return convert(self.rpc.call("identity", "account", acting, timeout=CHECK_SECONDS), Account)
