"""pbx: what it says of a number plan (check, differences, picture, tried calls); publishing, going back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.clients import Rpc
from gateway.clients.pbx import DRAFT
from gateway.models.part import convert
from gateway.models.pbx_plans import Checks, Difference, Picture, Tried, Version
from shared.acting import Acting

SECONDS = 20.0
"""What pbx works out for every number and every hour of a week takes its time."""


@dataclass(frozen=True)
class Attempt:
    """A call to try. ``caller`` is a party or ``user:<id>``; ``keys`` what the caller presses at each
    invitation; ``answers`` who answers when it rings: IDs of users, or outside numbers."""

    caller: str
    called: str
    direction: str = "in"
    keys: Sequence[str] = ()
    at: datetime | None = None
    busy: Sequence[str] = ()
    unregistered: Sequence[str] = ()
    answers: Sequence[str] = ()


@dataclass(frozen=True)
class PbxPlansClient:
    """For users with the role *Instellingen wijzigen*; pbx checks it again. All is about the draft where
    there is one."""

    rpc: Rpc

    def checks(self, acting: Acting) -> Checks:
        """Errors first."""
        return convert(self.rpc.call("pbx", "checks", acting, timeout=SECONDS, which=DRAFT), Checks)

    def differences(self, acting: Acting) -> list[Difference]:
        """What changes for callers when the draft is published; nothing without one."""
        reply = self.rpc.call("pbx", "differences", acting, timeout=SECONDS)
        return convert(reply["rows"], list[Difference])

    def publish(self, acting: Acting, command_id: str, note: str) -> list[str]:
        """The draft holds from now on; the names of test calls that now go elsewhere. Raises Conflict when
        something in it cannot work."""
        reply = self.rpc.call("pbx", "publish", acting, timeout=SECONDS, note=note, command_id=command_id)
        return [str(test["name"]) for test in reply["broken"]]

    def history(self, acting: Acting) -> list[Version]:
        """The newest first, which is what holds."""
        return convert(self.rpc.call("pbx", "history", acting)["rows"], list[Version])

    def roll_back(self, acting: Acting, command_id: str, revision: int) -> None:
        """An earlier version holds again. Raises Conflict while there is a draft, and NotFound."""
        back = {"revision": revision, "command_id": command_id}
        self.rpc.call("pbx", "roll_back", acting, timeout=SECONDS, **back)

    def tried(self, acting: Acting, attempt: Attempt) -> Tried:
        """What happens to a call. Raises Invalid for a party that is none."""
        fields: dict[str, Any] = {
            "caller": attempt.caller,
            "called": attempt.called,
            "direction": attempt.direction,
            "keys": list(attempt.keys),
            "at": attempt.at.isoformat() if attempt.at else None,
            "busy": list(attempt.busy),
            "unregistered": list(attempt.unregistered),
            "answers": list(attempt.answers),
        }
        return convert(self.rpc.call("pbx", "simulate", acting, which=DRAFT, **fields), Tried)

    def picture(self, acting: Acting, mode: str) -> Picture:
        """``mode`` is moment, open or night."""
        reply = self.rpc.call("pbx", "picture", acting, timeout=SECONDS, mode=mode, which=DRAFT)
        return convert(reply, Picture)
