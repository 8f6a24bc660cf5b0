"""cdr: what waits in quarantine, for operator staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.part import convert
from gateway.models.quarantine import Case, CasePage, Replay
from shared.acting import Acting

ROWS_PER_PAGE = 25

Key = dict[str, str]
"""``reason``, ``carrier`` and ``case``: what names a case."""


@dataclass(frozen=True)
class QuarantineClient:
    """``command`` makes a change happen once. NotFound when nothing of a case waits any more."""

    rpc: Rpc

    def cases(self, acting: Acting) -> list[Case]:
        """What waits, grouped by what mends it, most first."""
        return convert(self.rpc.call("cdr", "quarantine_cases", acting), list[Case])

    def case(self, acting: Acting, key: Key, after: str) -> CasePage:
        fields: dict[str, Any] = {"case": key, "after": after, "limit": ROWS_PER_PAGE}
        return convert(self.rpc.call("cdr", "quarantine_case", acting, **fields), CasePage)

    def replay(self, acting: Acting, command: str, key: Key) -> str:
        """The ID of the job that tries them again."""
        return str(self.rpc.call("cdr", "replay", acting, case=key, command_id=command)["id"])

    def replayed(self, acting: Acting, job_id: str) -> Replay:
        return convert(self.rpc.call("cdr", "replay_job", acting, job_id=job_id), Replay)

    def discard(self, acting: Acting, command: str, key: Key, reason: str) -> int:
        """Put a case aside; how many events."""
        fields: dict[str, Any] = {"case": key, "reason": reason, "command_id": command}
        return int(self.rpc.call("cdr", "discard", acting, **fields)["discarded"])
