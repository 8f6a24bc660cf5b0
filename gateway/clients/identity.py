"""identity: who signs in, whether they still may, and what they change about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.clients import Rpc
from gateway.models.account import Account, LoginAnswer
from gateway.models.part import convert
from gateway.models.people import MailedLink, Own
from shared.acting import Acting

CHECK_SECONDS = 1.5
"""A page waits no longer than this to learn whether a session still counts."""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """identity's answer to a new password: sessions of a lower epoch are over."""

    epoch: int


class Givers(msgspec.Struct, frozen=True, kw_only=True):
    """identity's answer to who can give a role."""

    names: tuple[str, ...] = ()


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """identity's answer to a password chosen by link."""

    username: str


@dataclass(frozen=True)
class IdentityClient:
    """Calls to identity, by who is not signed in yet or about oneself."""

    rpc: Rpc

    def login(self, username: str, password: str, address: str, correlation_id: str) -> LoginAnswer:
        """Try a combination; ``address`` is the browser's, for identity's limit per address."""
        reply = self._unknown("login", correlation_id, username=username, password=password, address=address)
        return convert(reply, LoginAnswer)

    def token_login(self, token: str, address: str, correlation_id: str) -> Account:
        """The account that a program's token opens, with the roles it has of it. NotFound for any that does
        not; TooMany for an address with many of those."""
        return convert(self._unknown("token_login", correlation_id, token=token, address=address), Account)

    def account(self, acting: Acting) -> Account:
        """The acting user as identity knows them now."""
        return convert(self.rpc.call("identity", "account", acting, timeout=CHECK_SECONDS), Account)

    def own(self, acting: Acting) -> Own:
        """The acting user with all their details."""
        return convert(self.rpc.call("identity", "account", acting), Own)

    def role_givers(self, acting: Acting, role: str) -> list[str]:
        """The names of those at one's own company who can give one a role."""
        reply = self.rpc.call("identity", "role_givers", acting, timeout=CHECK_SECONDS, role=role)
        return list(convert(reply, Givers).names)

    def request_reset(self, who: str, address: str, correlation_id: str) -> None:
        """Mail a link to whoever has this username or e-mail address; the answer never tells."""
        self._unknown("request_reset", correlation_id, who=who, address=address)

    def link(self, token: str, correlation_id: str) -> MailedLink:
        """What a mailed link is for. Raises NotFound when it is used, expired or unknown."""
        return convert(self._unknown("link", correlation_id, token=token), MailedLink)

    def set_password(
        self, token: str, password: str, command: str, correlation_id: str, address: str = ""
    ) -> str:
        """Use a mailed link; all sessions of its user end. Answers their username."""
        acting = Acting(kind="anonymous", correlation_id=correlation_id, address=address)
        fields: dict[str, Any] = {"token": token, "password": password, "command_id": command}
        return convert(self.rpc.call("identity", "set_password", acting, **fields), Chosen).username

    def change_details(self, acting: Acting, command: str, **details: Any) -> None:
        self.rpc.call("identity", "change_details", acting, command_id=command, **details)

    def change_username(self, acting: Acting, command: str, username: str) -> None:
        self.rpc.call("identity", "change_username", acting, command_id=command, username=username)

    def change_password(self, acting: Acting, command: str, old: str, new: str) -> int:
        """The epoch of the sessions that go on; all others end."""
        reply = self.rpc.call("identity", "change_password", acting, command_id=command, old=old, new=new)
        return convert(reply, Changed).epoch

    def confirm(self, acting: Acting, password: str, code: str) -> None:
        """That it is them. Raises Invalid beside what is wrong, and TooMany."""
        self.rpc.call("identity", "confirm_presence", acting, password=password, code=code)

    def set_preferences(self, acting: Acting, command: str, **choice: Any) -> None:
        """``language`` (nl, en) or ``theme`` (system, light, dark) of the acting person."""
        self.rpc.call("identity", "set_preferences", acting, command_id=command, **choice)

    def _unknown(self, method: str, correlation_id: str, **fields: Any) -> Any:
        acting = Acting(kind="anonymous", correlation_id=correlation_id)
        return self.rpc.call("identity", method, acting, **fields)
