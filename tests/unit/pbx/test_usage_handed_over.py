"""Usage that the proxy saw, handed over until it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest

from services.pbx.bridge.usage import UsageSender
from shared.publisher import Message, Publisher
from tests.unit.pbx.edge_scene import Scene

pytestmark = pytest.mark.feature("PBX-11")


class Line:
    """Confirms what is published; ``meanwhile`` happens before it does."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile
        self.records: list[str] = []

    def publish(self, messages: list[Message]) -> None:
        for message in messages:
            self.records += [event["record"] for event in msgspec.json.decode(message.body)["events"]]
        self.meanwhile()


def test_what_a_call_comes_to_while_its_usage_is_handed_over_is_handed_over_next() -> None:
    scene = Scene()
    records = scene.db["calls"]
    records.insert_one({"_id": "call", "usage": {"record": "call.first"}})

    def meanwhile() -> None:
        records.update_one({"_id": "call"}, {"$set": {"usage": {"record": "call.second"}}})

    line = Line(meanwhile)
    sender = UsageSender(scene.store, cast(Publisher, cast(Any, line)))
    assert [sender.send() for _ in range(3)] == [1, 1, 0]
    assert line.records == ["call.first", "call.second"]
