"""cdr: rate plans, for staff."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.clients import Rpc
from gateway.clients.exports import Piece
from gateway.models.part import convert
from gateway.models.plans import (
    Comparison,
    CustomerPlan,
    Difference,
    Draft,
    Lines,
    PlanCustomers,
    PlanVersion,
)
from shared.acting import Acting
from shared.errors import Fault

PIECE = 512 * 1024
ROWS_PER_PAGE = 50
REMARKS_PER_PAGE = 100
ROWS_AT_ONCE = 500
"""Of a comparison that becomes a file: what fits in a message."""
MOST_PIECES = 1_000
LONG_SECONDS = 8.0
"""For what reads a whole plan the first time."""


@dataclass(frozen=True)
class PlansClient:
    """``command`` makes a change happen once. NotFound for a version or an upload that is not there."""

    rpc: Rpc

    def versions(self, acting: Acting) -> list[PlanVersion]:
        """Of all plans, by name and first day."""
        return convert(self.rpc.call("cdr", "plans", acting), list[PlanVersion])

    def lines(self, acting: Acting, version: str, query: str, after: int) -> Lines:
        fields: dict[str, Any] = {"version": version, "query": query, "after": after, "limit": ROWS_PER_PAGE}
        return convert(self.rpc.call("cdr", "plan_lines", acting, LONG_SECONDS, **fields), Lines)

    def compare(
        self,
        acting: Acting,
        before: str,
        after_version: str,
        query: str = "",
        change: str | None = None,
        after: int = 0,
        limit: int = ROWS_PER_PAGE,
    ) -> Comparison:
        """A page of what differs, from place ``after`` on."""
        fields: dict[str, Any] = {"before": before, "after_version": after_version, "query": query}
        fields |= {"change": change, "after": after, "limit": limit}
        return convert(self.rpc.call("cdr", "compare_plans", acting, LONG_SECONDS, **fields), Comparison)

    def differences(
        self, acting: Acting, before: str, after_version: str, **search: Any
    ) -> Iterator[Difference]:
        """All of them, some at a time."""
        after: int | None = 0
        while after is not None:
            page = self.compare(acting, before, after_version, after=after, limit=ROWS_AT_ONCE, **search)
            yield from page.rows
            after = page.next

    def file(self, acting: Acting, version: str) -> Iterator[bytes]:
        """The file a version was imported from, piece by piece."""
        for index in range(MOST_PIECES):
            reply = self.rpc.call("cdr", "plan_csv", acting, version=version, index=index)
            data, last = _read(reply)
            yield data
            if last:
                return

    def template(self, acting: Acting) -> bytes:
        """An example to fill in."""
        return _read(self.rpc.call("cdr", "plan_template", acting))[0]

    # Imports

    def upload(
        self,
        acting: Acting,
        command: str,
        data: bytes,
        file: str,
        name: str,
        valid_from: date,
        precision: int,
    ) -> str:
        """Hand over a file in pieces and have it checked; the upload's ID."""
        fields: dict[str, Any] = {"name": name, "valid_from": valid_from.isoformat(), "precision": precision}
        begun = self.rpc.call(
            "cdr", "begin_import", acting, file=file, size=len(data), command_id=command, **fields
        )
        draft = convert(begun, Draft)
        for index in range(max(1, -(-len(data) // PIECE))):
            piece = base64.b64encode(data[index * PIECE : (index + 1) * PIECE]).decode()
            self.rpc.call("cdr", "import_chunk", acting, draft_id=draft.id, index=index, data=piece)
        self.draft(acting, draft.id)
        return draft.id

    def drafts(self, acting: Acting) -> list[Draft]:
        """Uploads that nobody has saved, newest first."""
        return convert(self.rpc.call("cdr", "import_drafts", acting), list[Draft])

    def draft(self, acting: Acting, draft_id: str, errors_after: int = 0, warnings_after: int = 0) -> Draft:
        """How far its check is, or what it found."""
        places = {"errors_after": errors_after, "warnings_after": warnings_after, "limit": REMARKS_PER_PAGE}
        return convert(self.rpc.call("cdr", "preview_import", acting, draft_id=draft_id, **places), Draft)

    def change_draft(
        self, acting: Acting, draft_id: str, name: str, valid_from: date, precision: int
    ) -> Draft:
        """Another plan or day; it is checked again."""
        fields: dict[str, Any] = {"name": name, "valid_from": valid_from.isoformat(), "precision": precision}
        return convert(self.rpc.call("cdr", "change_import", acting, draft_id=draft_id, **fields), Draft)

    def save(self, acting: Acting, command: str, draft_id: str, reason: str) -> str:
        """Keep it as a version; which."""
        fields: dict[str, Any] = {"draft_id": draft_id, "reason": reason, "command_id": command}
        return str(self.rpc.call("cdr", "save_import", acting, **fields)["version"])

    def drop(self, acting: Acting, command: str, draft_id: str) -> None:
        self.rpc.call("cdr", "drop_import", acting, draft_id=draft_id, command_id=command)

    # Who has which

    def customers(self, acting: Acting, plan: str, after: str) -> PlanCustomers:
        fields: dict[str, Any] = {"plan": plan, "after": after, "limit": ROWS_PER_PAGE}
        return convert(self.rpc.call("cdr", "plan_customers", acting, **fields), PlanCustomers)

    def of_customer(self, acting: Acting, customer_id: str) -> CustomerPlan:
        return convert(self.rpc.call("cdr", "customer_plan", acting, customer_id=customer_id), CustomerPlan)

    def assign(
        self,
        acting: Acting,
        command: str,
        customer_id: str,
        plan: str,
        reason: str,
        deviations: list[Mapping[str, str]] | None = None,
        revision: int | None = None,
    ) -> None:
        """Give a plan (empty: the standard one). Raises Conflict when somebody was first, and Invalid for
        terms that can not be read."""
        fields: dict[str, Any] = {"plan": plan, "reason": reason, "command_id": command}
        fields |= {"deviations": deviations, "revision": revision}
        self.rpc.call("cdr", "assign_plan", acting, customer_id=customer_id, **fields)


def _read(reply: Any) -> tuple[bytes, bool]:
    piece = convert(reply, Piece)
    try:
        return base64.b64decode(piece.data, validate=True), piece.last
    except (binascii.Error, ValueError) as problem:
        raise Fault() from problem
