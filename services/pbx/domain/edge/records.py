"""What the SIP proxy says of calls and registrations, read strictly, and what becomes of it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from services.pbx.domain.edge.stages import Bill, Leg

LONGEST_CALL_SECONDS = 604_800


class Registered(Struct, frozen=True, kw_only=True):
    """A registration came, went or ended; ``expires``: Unix seconds."""

    id: str
    at: str
    event: str
    sip_user: str
    contact: str = ""
    expires: int = 0
    source: str = ""
    user_agent: str = ""
    call_id: str = ""
    cseq: int = 0


class Called(Struct, frozen=True, kw_only=True):
    """A call was answered, ended or failed. ``call`` is the ID that pbx gave (or ``edge-…`` when it could not
    be asked), ``leg`` the :class:`Leg` that answered as JSON, moments are Unix seconds as text."""

    id: str
    at: str
    event: str
    call: str
    call_id: str
    source: str
    sender: str = msgspec.field(name="from")
    dialled: str = msgspec.field(name="to")
    began: str
    answered: str = ""
    code: str = ""
    trail: str = ""
    leg: str = ""

    @property
    def own(self) -> str:
        """The caller's call, of which a call of the media server is a part: ``c0ffee`` of ``c0ffee.0x1``."""
        return self.call.partition(".")[0]

    @property
    def part(self) -> str:
        """Which part of it; ``""``: it is the caller's own."""
        return self.call.partition(".")[2]

    @property
    def answering(self) -> Leg | None:
        """Whose leg answered. Raises ValueError when it cannot be read."""
        return msgspec.json.decode(self.leg, type=Leg) if self.leg not in ("", "{}") else None


class Started(Struct, frozen=True, kw_only=True):
    """The proxy began anew: it knows of no call and no registration."""

    id: str
    at: str
    event: str


Told = Registered | Called | Started
_KINDS: dict[str, type[Registered] | type[Called] | type[Started]] = {
    "registration": Registered,
    "call": Called,
    "edge": Started,
}


def decode(routing_key: str, body: bytes) -> Told:
    """Raises ValueError for what is none of these."""
    kind = _KINDS.get(routing_key)
    if kind is None:
        raise ValueError(f"unknown routing key {routing_key!r}")
    told = msgspec.json.decode(body, type=kind)
    moment(told.at)
    if isinstance(told, Called):
        moment(told.began)
        assert told.answering is None or told.answering.who
    return told


def moment(text: str) -> datetime:
    """``1795402216.661387`` as a moment, to the millisecond, as the store keeps it."""
    try:
        milliseconds = int(Decimal(text) * 1000)
    except ArithmeticError as problem:
        raise ValueError(f"{text!r} is no moment") from problem
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)


def trail(text: str) -> list[dict[str, Any]]:
    """What became of each stage: its ID, ``result`` (a SIP code, ``time``, ``gone``), from and until when."""
    rows = [part.split(",") for part in text.split(";") if part]
    return [
        {"stage": row[0], "result": row[1], "from": moment(row[2]), "until": moment(row[3])}
        for row in rows
        if len(row) == 4
    ]


def outcome(event: str, code: str) -> str:
    """A word for how a call ended: answered, busy, cancelled, missed or refused."""
    if event in ("answered", "ended"):
        return "answered"
    if code in ("486", "600"):
        return "busy"
    if code == "487":
        return "cancelled"
    return "missed" if code in ("408", "480") else "refused"


def seconds(answered: datetime, ended: datetime) -> int:
    """Whole seconds that were talked; a begun one counts."""
    spent = (ended - answered).total_seconds()
    return min(max(int(-(-spent // 1)), 0), LONGEST_CALL_SECONDS)


def usage(call: str, bill: Bill, answered: datetime, duration: int) -> dict[str, Any]:
    """A leg that left the house as a carrier's usage event (docs/carriers.md). The ID follows from the call
    and what was called, so that the same call can never count twice."""
    digest = hashlib.sha256(f"{bill.charged} {bill.receiver}".encode()).hexdigest()[:8]
    return {
        "record": f"{call}.{digest}",
        "kind": "voice",
        "direction": bill.direction,
        "charged": bill.charged,
        "from": bill.sender,
        "to": bill.receiver,
        "start": answered.isoformat(),
        "duration": duration,
    }
