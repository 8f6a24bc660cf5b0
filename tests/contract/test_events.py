"""Each event has a golden file: read by today's code, written by today's code, also in its older forms."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.events import EVENTS, NOTIFICATIONS, Event, NotificationRequested, decode
from shared.events.base import Envelope
from tests.contract.event_examples import EXAMPLES
from tests.contract.golden import COMMAND, FOLDER, OLDER, path_of, written

SERVICES = ("identity", "cdr", "invoicing", "pbx", "mobile", "provisioning")
NAME = re.compile(rf"({'|'.join(SERVICES)})\.[a-z]+\.[a-z]+\.v[1-9][0-9]*")
OLDER_FILES = sorted(OLDER.glob("*.json"))

every_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)


def golden(event: type[Event]) -> bytes:
    path = path_of(event.name)
    if not path.exists():
        pytest.fail(f"{path} is missing: add an example to tests/contract/event_examples.py, then {COMMAND}")
    return path.read_bytes()


@every_event
def test_a_name_reads_producer_subject_verb_version(event: type[Event]) -> None:
    assert NAME.fullmatch(event.name), event.name
    assert event.exchange() == f"{event.name.split('.')[0]}.events"


@every_event
def test_today_s_code_reads_the_golden_file(event: type[Event]) -> None:
    assert decode(golden(event), event) == EXAMPLES[event.name]


@every_event
def test_today_s_code_writes_the_golden_file(event: type[Event]) -> None:
    hint = f"{event.name} has changed. If only an optional field came with it: {COMMAND}. Else: a new version"
    assert written(decode(golden(event), event)) == golden(event), hint
    assert written(EXAMPLES[event.name]) == golden(event), hint


@every_event
def test_a_golden_file_fills_every_field(event: type[Event]) -> None:
    """So that a change to any of them shows."""
    data = json.loads(golden(event))["data"]
    assert set(data) == {field.name for field in msgspec.structs.fields(event)}
    assert [name for name, value in data.items() if value in (None, "", [])] == []


@every_event
def test_an_event_can_be_read_without_its_optional_fields(event: type[Event]) -> None:
    """As it was written before they came."""
    envelope = json.loads(golden(event))
    optional = {field.name for field in msgspec.structs.fields(event) if not field.required}
    envelope["data"] = {name: value for name, value in envelope["data"].items() if name not in optional}
    decode(json.dumps(envelope).encode(), event)


@every_event
def test_an_event_can_be_read_with_a_field_that_only_a_newer_producer_knows(event: type[Event]) -> None:
    envelope: dict[str, Any] = json.loads(golden(event))
    envelope["data"]["from_the_future"] = {"a": [1]}
    envelope["from_the_future"] = 1
    assert decode(json.dumps(envelope).encode(), event) == EXAMPLES[event.name]


@every_event
def test_an_event_cannot_be_changed_once_it_has_happened(event: type[Event]) -> None:
    envelope = EXAMPLES[event.name]
    for struct in (envelope, envelope.data):
        with pytest.raises(AttributeError):
            setattr(struct, msgspec.structs.fields(struct)[0].name, "x")


@pytest.mark.parametrize("path", OLDER_FILES, ids=[path.name for path in OLDER_FILES])
def test_today_s_code_reads_every_older_form_of_an_event(path: Path) -> None:
    event = EVENTS[json.loads(path.read_bytes())["name"]]
    decode(path.read_bytes(), event)
    gone = set(json.loads(path.read_bytes())["data"]) - {f.name for f in msgspec.structs.fields(event)}
    assert gone == set(), "a field that has gone is a new version of the event"


@pytest.mark.parametrize("event", NOTIFICATIONS, ids=[event.name for event in NOTIFICATIONS])
def test_who_listens_to_every_producer_s_notification_reads_each(event: type[NotificationRequested]) -> None:
    envelope = decode(golden(event), NotificationRequested)
    assert envelope.name == event.name
    assert msgspec.structs.asdict(envelope.data) == msgspec.structs.asdict(EXAMPLES[event.name].data)


@pytest.mark.parametrize(
    "name", ["notification.requested.v1", ".notification.requested.v1", "cdr.x.requested.v1"]
)
def test_no_other_name_passes_for_a_notification(name: str) -> None:
    envelope = {**json.loads(golden(NOTIFICATIONS[0])), "name": name}
    with pytest.raises(ValueError, match="the envelope says"):
        decode(json.dumps(envelope).encode(), NotificationRequested)


def test_every_golden_file_is_of_an_event_that_exists() -> None:
    """An event that nobody publishes any more may still lie in a queue: it goes with a decision."""
    assert {path.stem for path in FOLDER.glob("*.json")} == set(EVENTS)


def test_every_envelope_has_the_same_five_fields_beside_its_event() -> None:
    fields = [field.name for field in msgspec.structs.fields(Envelope)]
    assert fields == ["event_id", "name", "occurred_at", "correlation_id", "customer_id", "data"]
