"""What waits in quarantine, for staff of the operator."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.access import staff
from gateway.api.frame import Made, changes, reads, resource
from gateway.api.rate_requests import CaseQuery, DiscardBody, ReplayBody
from gateway.models.quarantine import Case, CasePage, Replay
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource(
    "quarantine",
    "Usage of carriers that could not be booked, for staff of the operator. A case is mended where its cause "
    "is (a number, a rate plan) and then tried again.",
)
operator = staff()


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages were put aside; they are kept."""

    count: int


@reads(pages, "/quarantine", list[Case], operator)
def cases() -> list[Case]:
    """What waits, counted by what mends it, most first."""
    return parts().quarantine.cases(acting())


@reads(pages, "/quarantine/case", CasePage, operator, CaseQuery)
def case(query: dict[str, Any]) -> CasePage:
    """The messages of a case, 25 at a time, and what trying them again would give."""
    after = query.pop("after")
    return parts().quarantine.case(acting(), _key(query), after)


@changes(pages, "POST", "/quarantine/replays", operator, ReplayBody, Made, 202)
def replay(key: str, body: dict[str, Any]) -> Made:
    """Try all messages of a case again, in the background."""
    return Made(id=parts().quarantine.replay(acting(), key, _key(body["case"])))


@reads(pages, "/quarantine/replays/<id:job_id>", Replay, operator)
def replayed(job_id: str) -> Replay:
    """How far trying again is, or what it gave."""
    return parts().quarantine.replayed(acting(), job_id)


@changes(pages, "POST", "/quarantine/discard", operator, DiscardBody, Aside)
def discard(key: str, body: dict[str, Any]) -> Aside:
    """Put a case's messages aside."""
    return Aside(count=parts().quarantine.discard(acting(), key, _key(body["case"]), body["reason"]))


def _key(case: dict[str, str]) -> dict[str, str]:
    """As cdr names a case."""
    return {"reason": case["why"], "carrier": case["carrier"], "case": case["case"]}
