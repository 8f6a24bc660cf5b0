"""All services: what they could not deliver; and identity's mails. For staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.clients import Rpc
from gateway.models.operations import SERVICES, DeadQueue, Job, Mails
from gateway.models.part import Part, convert
from shared.acting import Acting
from shared.rpc_client import Part as Call

ROWS_PER_PAGE = 50
WITH_JOBS = ("cdr",)
"""Services that have long work."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A service's answer to a retry."""

    moved: int


@dataclass(frozen=True)
class OperationsClient:
    """``command`` makes a change happen once."""

    rpc: Rpc

    def dead_letters(self, acting: Acting) -> dict[str, Part[list[DeadQueue]]]:
        """By service; one that is down is a part that failed."""
        replies = self.rpc.parallel([(service, "dead_letters", {}) for service in SERVICES], acting)
        parts = (Part.of(reply, list[DeadQueue]) for reply in replies)
        return dict(zip(SERVICES, parts, strict=True))

    def retry_dead_letters(self, acting: Acting, command: str, service: str, queue: str, limit: int) -> int:
        """How many messages went back to the queue."""
        fields: dict[str, Any] = {"queue": queue, "limit": limit, "command_id": command}
        return convert(self.rpc.call(service, "retry_dead_letters", acting, **fields), Moved).moved

    def jobs(self, acting: Acting) -> dict[str, Part[list[Job]]]:
        """By service, newest first."""
        calls: list[Call] = [(name, "jobs", {"limit": ROWS_PER_PAGE}) for name in WITH_JOBS]
        parts = (Part.of(reply, list[Job]) for reply in self.rpc.parallel(calls, acting))
        return dict(zip(WITH_JOBS, parts, strict=True))

    def mails(self, acting: Acting, state: str, after: str) -> Mails:
        fields: dict[str, Any] = {"state": state, "after": after, "limit": ROWS_PER_PAGE}
        return convert(self.rpc.call("identity", "mails", acting, **fields), Mails)

    def retry_mail(self, acting: Acting, command: str, mail_id: str) -> None:
        self.rpc.call("identity", "retry_mail", acting, mail_id=mail_id, command_id=command)
