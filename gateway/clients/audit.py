"""identity: the audit log. Whose it is travels in ``acting``, or for staff in ``customer_id``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.audit import AuditEntry, AuditPage, LogSearch
from gateway.models.part import convert
from shared.acting import Acting

ROWS_PER_PAGE = 50
ROWS_PER_CALL = 500
"""For a download; identity answers no more at once."""


@dataclass(frozen=True)
class AuditClient:
    """``customer_id`` None is one's own company, or for the operator the house as a whole."""

    rpc: Rpc

    def page(self, acting: Acting, search: LogSearch, customer_id: str | None = None) -> AuditPage:
        """A page of the log, newest first."""
        return self._ask(acting, customer_id, limit=ROWS_PER_PAGE, **search.to_rpc())

    def every(
        self, acting: Acting, search: LogSearch, customer_id: str | None = None
    ) -> Iterator[AuditEntry]:
        """All that the search finds, wherever in the list one is."""
        asked: dict[str, Any] = search.anywhere().to_rpc()
        while True:
            page = self._ask(acting, customer_id, limit=ROWS_PER_CALL, **asked)
            yield from page.rows
            if page.next is None:
                return
            asked = {**asked, "after": page.next}

    def _ask(self, acting: Acting, customer_id: str | None, **fields: Any) -> AuditPage:
        asked = fields if customer_id is None else {**fields, "customer_id": customer_id}
        return convert(self.rpc.call("identity", "audit", acting, **asked), AuditPage)
