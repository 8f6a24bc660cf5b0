"""cdr: re-rating and why usage costs what it does, for operator staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.part import convert
from gateway.models.rerating import ChangesPage, Explanation, Rerating, SumsPage
from gateway.models.usage import Details
from shared.acting import Acting

ROWS_PER_PAGE = 25
CALLS_PER_PAGE = 50
RECENT = 20


@dataclass(frozen=True)
class ReratingClient:
    """``command`` makes a change happen once. NotFound for a job or a row that is not there."""

    rpc: Rpc

    def recent(self, acting: Acting) -> list[Rerating]:
        """Previews and bookings, newest first."""
        return convert(self.rpc.call("cdr", "reratings", acting, limit=RECENT), list[Rerating])

    def job(self, acting: Acting, job_id: str) -> Rerating:
        return convert(self.rpc.call("cdr", "rerating", acting, job_id=job_id), Rerating)

    def preview(self, acting: Acting, command: str, scope: Mapping[str, Any]) -> str:
        """The ID of the job that works it out."""
        reply = self.rpc.call("cdr", "rerate_preview", acting, scope=dict(scope), command_id=command)
        return str(reply["id"])

    def book(self, acting: Acting, command: str, job_id: str, reason: str) -> str:
        """The ID of the job that books a preview."""
        fields: dict[str, Any] = {"job_id": job_id, "reason": reason, "command_id": command}
        return str(self.rpc.call("cdr", "rerate_apply", acting, **fields)["id"])

    def stop(self, acting: Acting, command: str, job_id: str) -> None:
        self.rpc.call("cdr", "cancel_rerate", acting, job_id=job_id, command_id=command)

    def customers(self, acting: Acting, job_id: str, after: Any) -> SumsPage:
        """A preview's customers, the largest difference first."""
        fields = {"job_id": job_id, "after": after, "limit": ROWS_PER_PAGE}
        return convert(self.rpc.call("cdr", "rerating_customers", acting, **fields), SumsPage)

    def changes(self, acting: Acting, job_id: str, customer_id: str | None, after: Any) -> ChangesPage:
        """A preview's rows, the largest difference first."""
        fields = {"job_id": job_id, "customer_id": customer_id, "after": after, "limit": ROWS_PER_PAGE}
        return convert(self.rpc.call("cdr", "rerating_rows", acting, **fields), ChangesPage)

    def calls(self, acting: Acting, customer_id: str, period: str, cursor: str | None) -> Details:
        """A page of a customer's usage of a month, newest first."""
        fields: dict[str, Any] = {"selection": {"period": period}, "cursor": cursor, "limit": CALLS_PER_PAGE}
        return convert(self.rpc.call("cdr", "details_of", acting, customer_id=customer_id, **fields), Details)

    def explain(self, acting: Acting, row_id: str) -> Explanation:
        return convert(self.rpc.call("cdr", "explain", acting, row_id=row_id), Explanation)
