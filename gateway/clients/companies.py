"""identity: customers and partners, for staff. A partner's people get their own customers only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.clients import Rpc
from gateway.models.account import Customer
from gateway.models.companies import Companies, Company
from gateway.models.part import Part, convert
from shared.acting import Acting

ROWS_PER_PAGE = 50


class Viewed(msgspec.Struct, frozen=True, kw_only=True):
    """identity's answer to who begins to look along: as which customer."""

    customer: Customer


@dataclass(frozen=True)
class CompaniesClient:
    """Every method raises NotFound for a company that is not there or not the staff member's to see.
    ``command`` makes a change happen once."""

    rpc: Rpc

    def companies(self, acting: Acting, **search: Any) -> Companies:
        """A page of the list, by number; ``search`` are query, kind, parent_id, number, after."""
        fields = {name: value for name, value in search.items() if value}
        reply = self.rpc.call("identity", "customers", acting, limit=ROWS_PER_PAGE, **fields)
        return convert(reply, Companies)

    def partners(self, acting: Acting) -> list[Company]:
        """All of them, by number."""
        found: list[Company] = []
        after, more = 0, True
        while more:
            page = self.companies(acting, kind="partner", after=after)
            found += page.rows
            more = page.next is not None and page.next > after
            after = page.next or after
        return found

    def company(self, acting: Acting, customer_id: str) -> Company:
        reply = self.rpc.call("identity", "customer", acting, customer_id=customer_id)
        return convert(reply, Company)

    def names(self, acting: Acting, customer_ids: Iterable[str]) -> dict[str, str]:
        """The customers' names; without those that identity does not tell (now)."""
        wanted = list(dict.fromkeys(customer_ids))
        calls = [("identity", "customer", {"customer_id": one}) for one in wanted]
        found = (Part.of(reply, Company) for reply in self.rpc.parallel(calls, acting))
        return {one: part.value.name for one, part in zip(wanted, found, strict=True) if part.value}

    def create(self, acting: Acting, command: str, **fields: Any) -> Company:
        reply = self.rpc.call("identity", "create_customer", acting, command_id=command, **fields)
        return convert(reply, Company)

    def change(self, acting: Acting, command: str, customer_id: str, revision: int, **fields: Any) -> Company:
        """Raises Conflict when somebody else has changed it since ``revision``."""
        fields = {"customer_id": customer_id, "revision": revision, "command_id": command, **fields}
        return convert(self.rpc.call("identity", "change_customer", acting, **fields), Company)

    def view_as(self, acting: Acting, command: str, customer_id: str, reason: str) -> Customer:
        """Begin to look along; the customer's audit log tells it, with the reason."""
        fields: dict[str, Any] = {"customer_id": customer_id, "reason": reason, "command_id": command}
        return convert(self.rpc.call("identity", "view_as", acting, **fields), Viewed).customer

    def end_view(self, acting: Acting, command: str, customer_id: str) -> None:
        self.rpc.call("identity", "end_view", acting, customer_id=customer_id, command_id=command)
