"""identity: logging in in two steps, one's own and, for who manages users, others'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.account import LoginAnswer
from gateway.models.part import convert
from gateway.models.second_step import Begun, Codes, Ended, SecondStep
from shared.acting import Acting


@dataclass(frozen=True)
class SecondStepClient:
    """``command`` makes a change happen once."""

    rpc: Rpc

    def login(self, ticket: str, code: str, address: str, correlation_id: str) -> LoginAnswer:
        """Try a code; ``ticket`` is what the first step gave. Raises NotFound when it is over."""
        acting = Acting(kind="anonymous", correlation_id=correlation_id)
        fields: dict[str, Any] = {"ticket": ticket, "code": code, "address": address}
        return convert(self.rpc.call("identity", "login_second", acting, **fields), LoginAnswer)

    def show(self, acting: Acting, **company: Any) -> SecondStep:
        """One's own; for staff who name a company (``customer_id``), what that asks of its users."""
        return convert(self.rpc.call("identity", "second_step", acting, **company), SecondStep)

    def begin(self, acting: Acting, command: str) -> Begun:
        """A secret for the app. Raises Conflict when the second step is on already."""
        return convert(self._change("begin_second_step", acting, command), Begun)

    def confirm(self, acting: Acting, command: str, code: str) -> Codes:
        return convert(self._change("confirm_second_step", acting, command, code=code), Codes)

    def renew_codes(self, acting: Acting, command: str, password: str, code: str) -> Codes:
        """``code``, here and below: the app's, or a recovery code. Raises Invalid and TooMany."""
        shown = {"password": password, "code": code}
        return convert(self._change("new_recovery_codes", acting, command, **shown), Codes)

    def end(self, acting: Acting, command: str, password: str, code: str) -> int:
        """The epoch of the sessions that go on."""
        shown = {"password": password, "code": code}
        return convert(self._change("end_second_step", acting, command, **shown), Ended).epoch

    def set_duty(self, acting: Acting, command: str, on: bool, **company: Any) -> None:
        """Ask it of every user of the company, or leave it to them."""
        self._change("second_step_duty", acting, command, on=on, **company)

    def reset(self, acting: Acting, command: str, user_id: str, reason: str) -> None:
        """Take it away from somebody who has lost their phone."""
        self._change("reset_second_step", acting, command, user_id=user_id, reason=reason)

    def _change(self, method: str, acting: Acting, command: str, **fields: Any) -> Any:
        return self.rpc.call("identity", method, acting, command_id=command, **fields)
