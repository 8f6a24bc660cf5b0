"""pbx for staff: numbers in ranges, whose they are, and what a customer has: PBX, paid places, lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.clients import Rpc
from gateway.clients.pbx import PUBLISHED
from gateway.models.part import convert
from gateway.models.telephony import Assignments, NumberRange, RangeNumbers, Telephony
from shared.acting import Acting

ROWS = 100


@dataclass(frozen=True)
class TelephonyClient:
    """Ranges, and giving numbers out, are the operator's; the rest is also of the partner whose customer it
    is. ``command`` makes a change happen once."""

    rpc: Rpc

    # Numbers

    def ranges(self, acting: Acting) -> list[NumberRange]:
        return convert(self.rpc.call("pbx", "ranges", acting)["rows"], list[NumberRange])

    def add_range(self, acting: Acting, command: str, first: str, last: str, source: str) -> NumberRange:
        """Raises Conflict when one of its numbers is in a range already."""
        new: dict[str, Any] = {"first": first, "last": last, "source": source}
        return convert(self.rpc.call("pbx", "add_range", acting, command_id=command, **new), NumberRange)

    def range_with(self, acting: Acting, number: str) -> NumberRange:
        """Raises NotFound for a number that is not ours, and Invalid for what is none."""
        return convert(self.rpc.call("pbx", "range_with", acting, number=number), NumberRange)

    def numbers_of_range(
        self, acting: Acting, range_id: str, free: bool = False, after: str | None = None, rows: int = ROWS
    ) -> RangeNumbers:
        fields: dict[str, Any] = {"range_id": range_id, "free": free, "after": after, "limit": rows}
        return convert(self.rpc.call("pbx", "numbers_of_range", acting, **fields), RangeNumbers)

    def assignments(
        self, acting: Acting, customer_id: str, after: str | None = None, rows: int = ROWS
    ) -> Assignments:
        """By number and date, ended ones too."""
        fields: dict[str, Any] = {"customer_id": customer_id, "after": after, "limit": rows}
        return convert(self.rpc.call("pbx", "assignments", acting, **fields), Assignments)

    def assign(
        self,
        acting: Acting,
        command: str,
        customer_id: str,
        numbers: Sequence[str],
        valid_from: date,
        valid_to: date | None,
        reason: str,
    ) -> int:
        """All of them or none; how many. Raises Conflict for one that is taken, Invalid for one not ours."""
        term = {"valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat() if valid_to else None}
        fields: dict[str, Any] = {"customer_id": customer_id, "numbers": list(numbers), **term}
        reply = self.rpc.call("pbx", "assign_numbers", acting, command_id=command, reason=reason, **fields)
        return len(reply["assignments"])

    def end(self, acting: Acting, command: str, assignment_id: str, valid_to: date, reason: str) -> None:
        """``valid_to`` is the first day on which the number is no longer theirs."""
        fields: dict[str, Any] = {
            "assignment_id": assignment_id,
            "valid_to": valid_to.isoformat(),
            "reason": reason,
        }
        self.rpc.call("pbx", "end_assignment", acting, command_id=command, **fields)

    # A customer

    def of_customer(self, acting: Acting, customer_id: str) -> Telephony:
        reply = self.rpc.call("pbx", "config_of", acting, customer_id=customer_id, which=PUBLISHED)
        return convert(reply, Telephony)

    def change(
        self, acting: Acting, command: str, method: str, customer_id: str, reason: str, **fields: Any
    ) -> Mapping[str, Any]:
        """``method`` is enable_pbx, disable_pbx, add_user or add_line (``values``), change_line (``id``,
        ``values``), remove_user or remove_line (``id``), set_calls_abroad (``most``). Raises Invalid;
        Conflict with where it is used."""
        about: dict[str, Any] = {"customer_id": customer_id, "reason": reason, "command_id": command}
        reply: Mapping[str, Any] = self.rpc.call("pbx", method, acting, **about, **fields)
        return reply
