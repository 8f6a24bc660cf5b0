"""What a service tells the audit log: only what differs, and never a secret."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared import audit
from shared.acting import Acting
from shared.events import AuditRecorded, decode, encode
from shared.events.audit import Subject

pytestmark = pytest.mark.feature("ID-10")

SUBJECT = Subject(kind="user", id="1", name="sanne.dewit")
SOMEBODY = Acting(kind="user", scope="customer", username="sanne.dewit", address="203.0.113.7")
CANARY = "kanariepiet"

harmless = st.sampled_from(["email", "roles", "monkey", "spin", "keyboard", "address", "a b"])
plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.dates()
    | st.decimals(allow_nan=False)
    | st.binary()
)
anything = st.recursive(
    plain, lambda inner: st.lists(inner) | st.dictionaries(harmless, inner) | st.tuples(inner), max_leaves=8
)
secret_names = st.builds(
    lambda before, word, after: f"{before}{word}{after}",
    st.sampled_from(["", "old_", "sip_", "x.", "my-"]),
    st.sampled_from([*sorted(audit.SECRET), "passwords", "Token", "PIN", "apiKey", "sipSecret", "PUK1"]),
    st.sampled_from(["", "_hash", "_2", "_id"]),
)
secrets = st.recursive(
    st.just(CANARY) | st.just(CANARY.encode()),
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(harmless, inner, min_size=1),
    max_leaves=4,
)


def told(before: dict[str, Any], after: dict[str, Any], **more: Any) -> AuditRecorded:
    """What arrives of an entry."""
    envelope = audit.entry(
        "cdr", SOMEBODY, "c" * 32, "user.changed", SUBJECT, before=before, after=after, **more
    )
    return decode(encode(envelope), AuditRecorded).data


@given(name=secret_names, before=secrets, after=anything, around=st.dictionaries(harmless, anything))
def test_no_secret_s_value_is_ever_in_an_event(
    name: str, before: Any, after: Any, around: dict[str, Any]
) -> None:
    assume(CANARY not in str(after) and CANARY not in str(around))
    for wrapped in ({name: before}, {"settings": {name: before}}, {"devices": [{"a": 1}, {name: before}]}):
        for sides in ((wrapped, around), (around, wrapped), (wrapped, {name: after})):
            envelope = audit.entry("cdr", SOMEBODY, None, "x.y", SUBJECT, before=sides[0], after=sides[1])
            assert CANARY.encode() not in encode(envelope)


@given(anything, anything)
def test_whatever_changes_can_be_told_and_read_back(before: Any, after: Any) -> None:
    entry = told({"field": before}, {"field": after}, reason=str(before))
    assert (entry.before, entry.after) == ({}, {}) if before == after else entry.before | entry.after != {}


@given(st.dictionaries(harmless, anything))
def test_what_stayed_the_same_does_not_travel(fields: dict[str, Any]) -> None:
    assert (told(fields, dict(fields)).before, told(fields, dict(fields)).after) == ({}, {})


def test_one_sees_that_a_password_changed_and_not_to_what() -> None:
    entry = told(
        {"password_hash": "a", "email": "a@b.example"}, {"password_hash": "b", "email": "a@b.example"}
    )
    assert (entry.before, entry.after) == ({"password_hash": audit.MASKED}, {"password_hash": audit.MASKED})


def test_a_first_password_is_told_from_a_new_one() -> None:
    entry = told({"password": None}, {"password": 1})
    assert (entry.before, entry.after) == ({"password": None}, {"password": audit.MASKED})


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (datetime(2026, 11, 22, 15, 38, tzinfo=UTC), "2026-11-22T15:38:00Z"),
        (date(2026, 11, 22), "2026-11-22"),
        (Decimal("0.10"), "0.10"),
        (Colour.RED, "red"),
        ((1, True, None), [1, True, None]),
        ({"b", "a"}, ["a", "b"]),
        (b"bytes are nobody's business", audit.MASKED),
        ("half a \ud800 character\x00", "half a ? character"),
        (2**70, str(2**70)),
        ("x" * 5000, "x" * audit.LONGEST),
    ],
)
def test_values_arrive_as_json_that_every_store_takes(value: Any, arrives: Any) -> None:
    assert told({}, {"field": value}).after == {"field": arrives}


def test_a_long_list_says_how_much_is_left_out() -> None:
    numbers = told({}, {"numbers": list(range(250))}).after["numbers"]
    assert numbers == [*range(audit.MOST), "+150"]


def test_an_entry_says_who_acted_from_where_and_for_whom() -> None:
    acting = Acting(
        kind="user", scope="customer", user_id="u", username="h", viewed_by="h (Operator)", address="::1"
    )
    envelope = audit.entry("pbx", acting, "c" * 32, "number.assigned", SUBJECT, reason="Op verzoek")
    actor = envelope.data.actor
    assert (actor.username, actor.viewed_by, actor.address) == ("h", "h (Operator)", "::1")
    assert (envelope.name, envelope.customer_id) == ("pbx.audit.recorded.v1", "c" * 32)
    assert envelope.data.reason == "Op verzoek"
