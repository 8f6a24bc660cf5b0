"""pbx: calls that were, and why a telephone did or did not ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.part import convert
from gateway.models.pbx_calls import Calls, Explained
from shared.acting import Acting

ROWS = 50


@dataclass(frozen=True)
class CallsClient:
    """For users with the role *Instellingen wijzigen*, about their own customer; pbx checks it again."""

    rpc: Rpc

    def calls(self, acting: Acting, person: str = "", number: str = "", after: str = "") -> Calls:
        """The newest first; ``person`` is the ID of a user or a line, ``number`` as people write it."""
        search: dict[str, Any] = {"user_id": person or None, "number": number or None, "after": after or None}
        return convert(self.rpc.call("pbx", "calls", acting, limit=ROWS, **search), Calls)

    def explained(self, acting: Acting, call_id: str, person: str = "") -> Explained:
        """With a ``person``: why their telephone rang or not. Raises NotFound."""
        about: dict[str, Any] = {"call_id": call_id, "user_id": person or None}
        return convert(self.rpc.call("pbx", "explain_call", acting, **about), Explained)
