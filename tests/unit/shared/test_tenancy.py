"""A call of a customer's person that reaches for data without naming the customer fails."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo.monitoring import CommandStartedEvent

from shared import tenancy
from shared.acting import Acting

OURS, THEIRS = "a" * 32, "b" * 32
PERSON = Acting(kind="user", scope="customer", customer_id=OURS, user_id="c" * 32)
STAFF = Acting(kind="staff", scope="operator")
FOUND: dict[str, Any] = {
    "by a field": {"find": "rows", "filter": {"customer_id": OURS}},
    "by one of a list": {"find": "rows", "filter": {"customer_id": {"$in": [OURS]}}},
    "by a composed ID": {"find": "rows", "filter": {"_id": f"{OURS}:2026-07"}},
    "by the name of a field": {"find": "rows", "filter": {f"customers.{OURS}": {"$exists": True}}},
    "by a pipeline": {"aggregate": "rows", "pipeline": [{"$match": {"customer": OURS}}, {"$count": "n"}]},
    "one of several ways": {"findAndModify": "rows", "query": {"_id": 1, "customer_id": OURS}, "update": {}},
    "each statement of a bulk": {"update": "rows", "updates": [{"q": {"customer": OURS}, "u": {}}] * 2},
    "each new document": {"insert": "rows", "documents": [{"customer_id": OURS}]},
    "the person themself": {"find": "rows", "filter": {"_id": PERSON.user_id}},
    "a cursor that goes on": {"getMore": 1, "collection": "rows"},
    "the end of a transaction": {"commitTransaction": 1},
    "what belongs to nobody": {"find": "plans_of_all", "filter": {}},
}
REFUSED: dict[str, Any] = {
    "everything": {"find": "rows", "filter": {}},
    "by an ID alone": {"find": "rows", "filter": {"_id": "r1"}},
    "another's": {"find": "rows", "filter": {"customer_id": THEIRS}},
    "a pipeline of all": {"aggregate": "rows", "pipeline": [{"$match": {"day": 1}}]},
    "made ours by what is written": {
        "update": "rows",
        "updates": [{"q": {"_id": "r1"}, "u": {"$set": {"customer_id": OURS}}}],
    },
    "one statement of a bulk": {"delete": "rows", "deletes": [{"q": {"customer": OURS}}, {"q": {"_id": 2}}]},
    "one document of several": {"insert": "rows", "documents": [{"customer_id": OURS}, {"_id": 2}]},
    "what is only shown of it": {"find": "rows", "filter": {}, "projection": {OURS: 1}},
}


@pytest.fixture(autouse=True)
def _plans_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenancy, "_COMMON", {"plans_of_all"})


def _send(command: dict[str, Any]) -> None:
    started = CommandStartedEvent(command, "db", 1, ("localhost", 27017), 1)
    tenancy.TenantListener().started(started)


@pytest.mark.parametrize("name", FOUND)
def test_what_names_the_customer_passes(name: str) -> None:
    with tenancy.only_for(PERSON):
        _send(FOUND[name])
        tenancy.check()


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fails_the_call_even_when_more_follows(name: str) -> None:
    with tenancy.only_for(PERSON):
        _send(REFUSED[name])
        _send(FOUND["by a field"])
        with pytest.raises(tenancy.Unscoped, match="rows"):
            tenancy.check()


@pytest.mark.parametrize("acting", [STAFF, Acting(kind="service"), Acting(), None])
def test_who_works_for_several_customers_is_not_bound_to_one(acting: Acting | None) -> None:
    with tenancy.only_for(acting):
        _send(REFUSED["everything"])
        tenancy.check()


def test_a_query_that_serves_staff_too_is_within_the_customer_for_its_people() -> None:
    with tenancy.only_for(PERSON):
        assert tenancy.own({"_id": 1}) == {"_id": 1, "customer_id": OURS}
        assert tenancy.own({"_id": 1}, "customer") == {"_id": 1, "customer": OURS}
    with tenancy.only_for(STAFF):
        assert tenancy.own({"_id": 1}) == {"_id": 1}


def test_a_call_is_judged_by_itself() -> None:
    with pytest.raises(tenancy.Unscoped), tenancy.only_for(PERSON):
        _send(REFUSED["everything"])
        tenancy.check()
    with tenancy.only_for(PERSON):
        tenancy.check()
    _send(REFUSED["everything"])
    tenancy.check()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(THEIRS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=3))
def test_no_filter_of_anything_else_names_the_customer(found: dict[str, Any]) -> None:
    assert not tenancy.names("find", {"find": "rows", "filter": found}, (OURS,))
    assert tenancy.names(
        "find", {"find": "rows", "filter": {"$and": [found, {"customer_id": OURS}]}}, (OURS,)
    )
