"""identity: the users of a customer, for who manages them. The customer travels in ``acting``; staff
name it, and identity sees to it that it is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.part import convert
from gateway.models.people import UserDetails, Users
from shared.acting import Acting

ROWS_PER_PAGE = 25


@dataclass(frozen=True)
class PeopleClient:
    """Every method raises NotFound for a user who is not there or of another customer. ``command``
    makes a change happen once."""

    rpc: Rpc

    def users(self, acting: Acting, query: str, page: int, **whose: Any) -> Users:
        """A page of the list; ``query`` is a part of what any column shows. Staff say of which company."""
        size = ROWS_PER_PAGE
        reply = self.rpc.call("identity", "users", acting, query=query, page=page, size=size, **whose)
        return convert(reply, Users)

    def user(self, acting: Acting, user_id: str) -> UserDetails:
        return convert(self.rpc.call("identity", "user", acting, user_id=user_id), UserDetails)

    def add(self, acting: Acting, command: str, **fields: Any) -> UserDetails:
        """A new user; with ``welcome`` they choose their password by a mailed link."""
        return convert(self._change("add_user", acting, command, **fields), UserDetails)

    def resend_welcome(self, acting: Acting, command: str, user_id: str) -> None:
        self._change("resend_welcome", acting, command, user_id=user_id)

    def change_roles(self, acting: Acting, command: str, user_id: str, roles: Sequence[str]) -> None:
        """``roles`` are all that the user shall have."""
        self._change("change_roles", acting, command, user_id=user_id, roles=list(roles))

    def change_registrations(
        self, acting: Acting, command: str, user_id: str, registrations: Sequence[str]
    ) -> None:
        """``registrations`` are all that the user shall have."""
        fields = {"user_id": user_id, "registrations": list(registrations)}
        self._change("change_registrations", acting, command, **fields)

    def change(self, acting: Acting, command: str, user_id: str, **details: str) -> None:
        self._change("change_user", acting, command, user_id=user_id, **details)

    def block(self, acting: Acting, command: str, user_id: str, blocked: bool) -> None:
        self._change("block_user", acting, command, user_id=user_id, blocked=blocked)

    def delete(self, acting: Acting, command: str, user_id: str) -> None:
        """For good."""
        self._change("delete_user", acting, command, user_id=user_id)

    def _change(self, method: str, acting: Acting, command: str, **fields: Any) -> Any:
        return self.rpc.call("identity", method, acting, command_id=command, **fields)
