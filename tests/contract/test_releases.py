"""Adjacent releases work together (GW-05): while one replaces the other, both run, on one database.

What the release before promised stands in ``releases/`` (:mod:`tests.contract.release_records`).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract import signatures
from tests.contract.compatible import of_calls, of_schemas
from tests.contract.documents import READERS
from tests.contract.release_records import RELEASES, read
from tests.contract.stored import grown, of_documents

pytestmark = pytest.mark.feature("GW-05")

every_release = pytest.mark.parametrize("release", RELEASES)


def test_there_is_a_release_to_work_with() -> None:
    assert RELEASES


@every_release
def test_each_reads_the_events_of_the_other(release: str) -> None:
    """A field may come, when it may be left out; nothing goes, and nothing becomes another type."""
    then, now = read(release, "events"), signatures.events()
    wrong = [f"{name} went: it may lie in a queue" for name in then.keys() - now.keys()]
    for name in sorted(then.keys() & now.keys()):
        wrong += [f"{name}{problem}" for problem in of_schemas(then[name], now[name])]
    assert wrong == []


@every_release
def test_services_take_what_the_gateway_of_before_asks(release: str) -> None:
    assert list(of_calls(read(release, "calls"), signatures.calls())) == []


@every_release
def test_gateways_of_both_read_what_services_of_both_answer(release: str) -> None:
    """What the gateway of before reads is still read, so still sent; what is new may be missing."""
    then, now = read(release, "answers"), signatures.answers()
    wrong = [f"{name} went" for name in then.keys() - now.keys()]
    for name in sorted(then.keys() & now.keys()):
        wrong += [f"{name}{problem}" for problem in of_schemas(then[name], now[name])]
    assert wrong == []


@every_release
def test_documents_of_before_are_read(release: str) -> None:
    kept: dict[str, list[dict[str, Any]]] = read(release, "documents")
    assert set(kept) <= set(READERS), "a collection went: say in a decision what became of its documents"
    assert sum(map(len, kept.values())) >= 30
    for name, rows in kept.items():
        for row in rows:
            assert READERS[name](row) is not None, name


@every_release
def test_documents_of_a_release_that_knows_more_are_read(release: str) -> None:
    """What a newer release adds is nothing to the older one, which goes on reading beside it."""
    for name, rows in read(release, "documents").items():
        assert rows, f"no document of {name} was kept"
        for row in rows:
            assert READERS[name](grown(row)) is not None, name


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"a": 1, "b": None}, []),
        ({"a": 2, "b": {"c": ["x"], "d": True}}, []),
        ({"b": {"c": []}}, ["a went"]),
        ({"a": "1", "b": {"c": []}}, ["a was ['int'], is ['str']"]),
        ({"a": 1, "b": {}}, ["b.c went"]),
        ({"a": 1, "b": {"c": [1]}}, ["b.c[] was ['str'], is ['int']"]),
    ],
)
def test_a_document_that_the_release_before_cannot_read_is_found(
    now: dict[str, Any], said: list[str]
) -> None:
    then = [{"a": 1, "b": {"c": ["x"]}}, {"a": 3, "b": {"c": ["y"], "e": None}}]
    assert list(of_documents(then, [now])) == said


CALL = {"kinds": ["user"], "fields": {"limit": {"type": "Decimal", "required": False, "null": True}}}


NEEDED = {"type": "String", "required": True, "null": False}


def call(**field: Any) -> dict[str, Any]:
    """``cdr.set_limit`` with its field changed."""
    return {"cdr": {"set_limit": CALL | {"fields": {"limit": CALL["fields"]["limit"] | field}}}}


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"cdr": {}}, "cdr.set_limit went"),
        ({"cdr": {"set_limit": CALL | {"kinds": ["staff"]}}}, "refuses user"),
        ({"cdr": {"set_limit": CALL | {"fields": {}}}}, "limit is not taken any more"),
        (call(required=True), "limit is required now"),
        (call(null=False), "limit cannot be null any more"),
        (call(type="String"), "limit was Decimal, is String"),
        (call(choices=["1", "2"]), "limit does not take everything any more"),
        (
            {"cdr": {"set_limit": CALL | {"fields": CALL["fields"] | {"why": NEEDED}}}},
            "why is required: the release before does not send it",
        ),
    ],
)
def test_a_call_that_asks_more_than_before_is_found(now: dict[str, Any], said: str) -> None:
    (problem,) = of_calls(call(), now)
    assert said in problem


def test_a_call_may_take_more_than_before() -> None:
    more = {"type": "String", "required": False, "null": False}
    fields = CALL["fields"] | {"why": more}
    now = {"cdr": {"set_limit": {"kinds": ["staff", "user"], "fields": fields}, "another": CALL}}
    assert list(of_calls(call(), now)) == []


NUMBER, TEXT = {"type": "integer"}, {"type": "string"}
THEN = {"type": "object", "properties": {"a": NUMBER, "b": TEXT}, "required": ["a"]}


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (THEN | {"properties": {"a": NUMBER}}, ".b went"),
        (THEN | {"properties": {"a": TEXT, "b": TEXT}}, ".a: type was integer, is string"),
        (THEN | {"required": ["b", "a"]}, ".b is required"),
        (THEN | {"properties": {"a": {"enum": [1, 2]}, "b": TEXT}}, ".a: enum came"),
    ],
)
def test_an_event_that_differs_too_much_is_found(now: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in of_schemas(THEN, now))


def test_an_event_may_get_a_field_that_can_be_left_out() -> None:
    now = THEN | {"properties": {"a": NUMBER, "b": TEXT, "c": {"anyOf": [TEXT, {"type": "null"}]}}}
    assert list(of_schemas(THEN, now)) == []
