"""The chain of the audit log: whoever touches an entry is found out, and where."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain import audit
from services.identity.domain.audit import EMPTY, Content
from shared.acting import Acting
from shared.audit import entry
from shared.events import AuditRecorded, decode, encode
from shared.events.audit import Subject

pytestmark = pytest.mark.feature("ID-10")

CUSTOMER = "c" * 32
AT = datetime(2026, 11, 22, 15, 38, 51, 250_999, tzinfo=UTC)
LENGTH = 7
DIGEST = "5acb12a3cc0c03f43b258f2439ddc60c56a4445698b388318fea1432f66dc5d3"


def content(number: int, **fields: Any) -> Content:
    subject = Subject(kind="user", id=str(number), name=f"gebruiker{number}")
    acting = Acting(
        kind="user", username="Sanne.deWit", viewed_by="Helpdesk (Operator)", address="203.0.113.7"
    )
    told: dict[str, Any] = {
        "before": {"roles": ["A"], "limit": 1.5},
        "after": {"roles": []},
        "reason": "Reden",
    } | fields
    envelope = entry("cdr", acting, CUSTOMER, "user.roles_changed", subject, at=AT, **told)
    return audit.content_of(decode(encode(envelope), AuditRecorded))


def chain(length: int = LENGTH) -> list[Content]:
    entries: list[Content] = []
    head = EMPTY
    for number in range(length):
        entries.append(audit.sealed(content(number), head))
        head = audit.head_at(entries[-1])
    return entries


def test_a_chain_that_nobody_touched_is_whole() -> None:
    entries = chain()
    assert audit.first_broken(entries, EMPTY) == (audit.head_at(entries[-1]), None)
    assert [one["seq"] for one in entries] == list(range(1, LENGTH + 1))
    assert entries[0]["previous"] == audit.GENESIS


@given(st.integers(0, LENGTH - 1), st.data())
def test_any_field_of_any_entry_that_is_altered_is_found(place: int, data: st.DataObject) -> None:
    entries = copy.deepcopy(chain())
    field = data.draw(st.sampled_from(sorted(entries[place])))
    value: Any = data.draw(st.sampled_from(["x", 99, None, [], {"a": 1}, AT.replace(year=2020)]))
    entries[place][field] = value
    assert audit.first_broken(entries, EMPTY)[1] == place + 1


@given(st.integers(0, LENGTH - 1))
def test_an_altered_entry_with_a_hash_of_its_own_breaks_the_next_one(place: int) -> None:
    entries = copy.deepcopy(chain())
    head = audit.head_at(entries[-1])
    entries[place]["reason"] = "Iets anders"
    entries[place]["hash"] = audit.digest(entries[place])
    _, broken = audit.first_broken(entries, EMPTY)
    assert broken == (place + 2 if place < LENGTH - 1 else None), "the last one is held by the head"
    if broken is None:
        assert audit.head_at(entries[-1]) != head


@given(st.integers(0, LENGTH - 2))
def test_an_entry_taken_out_of_the_middle_is_found(place: int) -> None:
    entries = chain()
    del entries[place]
    assert audit.first_broken(entries, EMPTY)[1] == place + 1


@given(st.permutations(range(LENGTH)))
def test_no_other_order_passes(order: list[int]) -> None:
    entries = chain()
    _, broken = audit.first_broken([entries[n] for n in order], EMPTY)
    assert (broken is None) == (order == sorted(order))


def test_a_tail_that_is_gone_leaves_another_head() -> None:
    entries = chain()
    assert audit.first_broken(entries[:-2], EMPTY) == (audit.head_at(entries[-3]), None)


def test_the_hash_is_over_what_the_store_gives_back() -> None:
    """MongoDB keeps milliseconds."""
    assert chain()[0]["at"] == AT.replace(microsecond=250_000)


def test_the_digest_of_an_entry_is_what_it_always_was() -> None:
    """Another encoding would make every log look broken."""
    fixed = content(1) | {"_id": "0" * 32, "correlation_id": "f" * 32}
    assert audit.sealed(fixed, EMPTY)["hash"] == DIGEST


def test_words_and_names_are_there_to_be_searched() -> None:
    found = content(3, after={"numbers": ["+31850001611"], "owner": {"name": "Bakkerij Voorbeeld"}})
    assert found["who"] == "sanne.dewit helpdesk (operator)"
    for part in ("gebruiker3", "reden", "+31850001611", "bakkerij voorbeeld", "203.0.113.7"):
        assert part in found["words"]


def test_what_belongs_to_no_customer_is_in_the_house_s_own_chain() -> None:
    assert (audit.chain_of(None), audit.chain_of(CUSTOMER)) == (audit.HOUSE, CUSTOMER)
