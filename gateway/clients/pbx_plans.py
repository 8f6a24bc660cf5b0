"""pbx: what it says of a number plan (check, differences, picture, tried calls); publishing, going back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gateway.clients import Rpc
from gateway.clients.pbx import DRAFT
from gateway.models.part import convert
from gateway.models.pbx_checklist import Checklist
from gateway.models.pbx_plans import Checks, Difference, Picture, Tried, Version
from gateway.models.pbx_tests import TestCall
from gateway.models.pbx_week import Week
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

    def fields(self) -> dict[str, Any]:
        """As pbx takes it."""
        return {
            "caller": self.caller,
            "called": self.called,
            "direction": self.direction,
            "keys": list(self.keys),
            "at": self.at.isoformat() if self.at else None,
            "busy": list(self.busy),
            "unregistered": list(self.unregistered),
            "answers": list(self.answers),
        }


@dataclass(frozen=True)
class PbxPlansClient:
    """For users with the role *Instellingen wijzigen*; pbx checks it again. All is about the draft where
    there is one."""

    rpc: Rpc

    def checks(self, acting: Acting) -> Checks:
        """Errors first."""
        return convert(self.rpc.call("pbx", "checks", acting, timeout=SECONDS, which=DRAFT), Checks)

    def checklist(self, acting: Acting) -> Checklist:
        """What is done of all that sets up a PBX."""
        return convert(self.rpc.call("pbx", "checklist", acting, which=DRAFT), Checklist)

    def differences(self, acting: Acting) -> list[Difference]:
        """What changes for callers when the draft is published; nothing without one."""
        reply = self.rpc.call("pbx", "differences", acting, timeout=SECONDS)
        return convert(reply["rows"], list[Difference])

    def publish(self, acting: Acting, command_id: str, note: str, revision: int | None = None) -> list[str]:
        """The draft holds from now on; the names of test calls that now go elsewhere. Raises Conflict when
        something in it cannot work, or changed since ``revision``."""
        seen = {} if revision is None else {"base_revision": revision}
        known = {"note": note, "command_id": command_id, **seen}
        reply = self.rpc.call("pbx", "publish", acting, timeout=SECONDS, **known)
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
        return convert(self.rpc.call("pbx", "simulate", acting, which=DRAFT, **attempt.fields()), Tried)

    def picture(self, acting: Acting, mode: str, at: datetime | None = None) -> Picture:
        """``mode`` is moment, open or night; ``at`` another moment than now."""
        then = {"at": at.isoformat()} if at else {}
        reply = self.rpc.call("pbx", "picture", acting, timeout=SECONDS, mode=mode, which=DRAFT, **then)
        return convert(reply, Picture)

    def week(self, acting: Acting, number: str, first: date | None = None) -> Week:
        """Who rings when, of a number; ``first`` is a Monday, None this week's."""
        day = first.isoformat() if first else None
        reply = self.rpc.call("pbx", "week", acting, timeout=SECONDS, number=number, first=day, which=DRAFT)
        return convert(reply, Week)

    def test_calls(self, acting: Acting) -> list[TestCall]:
        """All saved ones, tried again."""
        reply = self.rpc.call("pbx", "test_calls", acting, timeout=SECONDS, which=DRAFT)
        return convert(reply["rows"], list[TestCall])

    def save_test_call(
        self, acting: Acting, command_id: str, id: str | None, name: str, attempt: Attempt, expect: str
    ) -> None:
        """A new one, or in place of the one with this ID. Its attempt has a moment."""
        fields = {known: value for known, value in attempt.fields().items() if known != "answers"}
        new = {"id": id, "name": name, "expect": expect, **fields}
        self.rpc.call("pbx", "save_test_call", acting, command_id=command_id, **new)

    def remove_test_call(self, acting: Acting, command_id: str, id: str) -> None:
        self.rpc.call("pbx", "remove_test_call", acting, id=id, command_id=command_id)
