"""identity: the tokens of one's own programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from gateway.clients import Rpc
from gateway.models.part import convert
from gateway.models.tokens import NewToken, Tokens
from shared.acting import Acting


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """identity's answer to who ends a token."""

    name: str


@dataclass(frozen=True)
class TokensClient:
    """``command`` makes a change happen once."""

    rpc: Rpc

    def own(self, acting: Acting) -> Tokens:
        return convert(self.rpc.call("identity", "tokens", acting), Tokens)

    def create(
        self, acting: Acting, command: str, name: str, roles: Sequence[str], expires_on: date
    ) -> NewToken:
        """Raises Invalid beside its fields, Conflict for a name that one has, or when there are too many."""
        day, chosen = expires_on.isoformat(), list(roles)
        reply = self.rpc.call(
            "identity", "create_token", acting, command_id=command, name=name, roles=chosen, expires_on=day
        )
        return convert(reply, NewToken)

    def revoke(self, acting: Acting, command: str, token_id: str) -> str:
        """Whoever has it is out within a second. Its name; raises NotFound."""
        reply = self.rpc.call("identity", "revoke_token", acting, command_id=command, token_id=token_id)
        return convert(reply, Revoked).name
