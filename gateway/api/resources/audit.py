"""The audit log of one's own company; for staff of the operator that of the house."""

from __future__ import annotations

from typing import Any

from gateway.access import customers, staff
from gateway.api.frame import reads, resource
from gateway.api.requests import AuditQuery
from gateway.models.audit import AuditPage, LogSearch
from gateway.pages.acting import acting, acting_for
from gateway.parts import parts

pages = resource("audit", "Who changed what, and when.")


class CodeSearch(LogSearch):
    """``what`` is an action or a kind of subject, as the log itself calls it."""

    def to_rpc(self) -> dict[str, Any]:
        named: dict[str, Any] = {"from": self.first, "to": self.last}
        days = {name: day.isoformat() for name, day in named.items() if day}
        rest = {name: getattr(self, name) for name in ("who", "what", "query", "after", "before")}
        return days | {name: text for name, text in rest.items() if text}


@reads(pages, "/audit", AuditPage, customers(role="user_management"), AuditQuery)
def listing(query: dict[str, Any]) -> AuditPage:
    """Entries, newest first, 50 at a time; `next` goes into `after`, `newer` into `before`."""
    return parts().audit.page(acting(), CodeSearch(**query))


@reads(pages, "/house/audit", AuditPage, staff(partners=True), AuditQuery)
def of_house(query: dict[str, Any]) -> AuditPage:
    """The log of the operator's house, or for staff of a partner that of the partner's."""
    return parts().audit.page(acting(), CodeSearch(**query))


@reads(pages, "/customers/<id:customer_id>/audit", AuditPage, staff(partners=True), AuditQuery)
def of_customer(query: dict[str, Any], customer_id: str) -> AuditPage:
    """The log of a customer, for staff."""
    acting_for(customer_id)  # NotFound for another's
    return parts().audit.page(acting(), CodeSearch(**query), customer_id)
