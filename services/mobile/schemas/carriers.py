"""What goes to a carrier and comes back: version 1 of docs/carriers.md, *SIM orders*."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from services.mobile.domain.sim import Order

LONGEST_REASON = 300


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """An order; the carrier may get it more than once."""

    command_id: str
    command: Literal["sim.block", "sim.unblock"]
    sim_number: str
    number: str
    requested_at: datetime
    answer_before: datetime


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of one."""

    command_id: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    result: Literal["done", "refused"]
    reason: Annotated[str, Meta(max_length=LONGEST_REASON)] = ""

    @property
    def is_done(self) -> bool:
        return self.result == "done"

    @classmethod
    def read(cls, body: bytes) -> Answer:
        """Raises ValueError with the place of what does not fit."""
        try:
            return msgspec.json.decode(body, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            raise ValueError(str(problem)) from problem


def command_body(order: Order) -> bytes:
    """The message about an order, the same each time."""
    return msgspec.json.encode(
        Command(
            command_id=order.id,
            command="sim.block" if order.block else "sim.unblock",
            sim_number=order.sim_number,
            number=order.number,
            requested_at=order.requested_at,
            answer_before=order.expires_at,
        )
    )
