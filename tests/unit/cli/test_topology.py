"""Who may do what on the broker, as RabbitMQ would decide it: by matching names."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from cli import topology
from cli.problems import Problem

DOCUMENT = topology.definitions(lambda user: f"password of {user}")


def may(user: str, right: str, name: str, vhost: str = "/portal") -> bool:
    rules = [r for r in DOCUMENT["permissions"] if r["user"] == user and r["vhost"] == vhost]
    return any(re.search(rule[right], name) for rule in rules)


@pytest.mark.parametrize(
    ("user", "right", "name", "allowed"),
    [
        # a service: all that begins with its own name
        ("cdr", "configure", "rpc-cdr", True),
        ("cdr", "configure", "rpc-cdr.dead", True),
        ("cdr", "configure", "cdr.on_number_changed", True),
        ("cdr", "configure", "cdr.on_number_changed.retry.10m", True),
        ("cdr", "write", "cdr.events", True),
        ("cdr", "write", "cdr.queues", True),
        ("cdr", "write", "nameko-rpc", True),
        ("cdr", "read", "rpc-cdr", True),
        # others' events may be listened to, not published
        ("cdr", "read", "mobile.events", True),
        ("cdr", "write", "mobile.events", False),
        # others' queues are not for it
        ("cdr", "read", "rpc-identity", False),
        ("cdr", "read", "mobile.on_rated", False),
        ("cdr", "write", "mobile.queues", False),
        ("cdr", "configure", "mobile.on_rated", False),
        ("cdr", "read", "dead", False),
        ("mobile", "read", "cdr.on_number_changed.dead", False),
        # nobody publishes to a queue by its name
        ("cdr", "write", "amq.default", False),
        ("gateway", "write", "amq.default", False),
        # a name that contains ours is not ours
        ("cdr", "read", "rpc-cdrx", False),
        ("pbx", "read", "xpbx.queue", False),
        # callers: ask, and read their answers
        ("gateway", "write", "nameko-rpc", True),
        ("gateway", "read", "rpc.reply-gateway-1f", True),
        ("gateway", "read", "rpc.reply-cli-1f", False),
        ("gateway", "read", "identity.events", True),
        ("gateway", "write", "identity.events", False),
        ("gateway", "read", "rpc-identity", False),
        ("cli", "read", "rpc.reply-cli-1f", True),
        ("cli", "configure", "nameko-rpc", False),
        # carriers are strangers here
        ("vasco", "write", "nameko-rpc", False),
        ("cdr-ingester", "read", "rpc-cdr", False),
    ],
)
def test_rights_in_the_vhost_of_the_services(user: str, right: str, name: str, allowed: bool) -> None:
    assert may(user, right, name) is allowed


@pytest.mark.parametrize(
    ("user", "right", "name", "allowed"),
    [
        ("vasco", "write", "carrier.vasco", True),
        ("vasco", "read", "commands.vasco", True),
        ("vasco", "write", "carrier.mobi", False),
        ("vasco", "write", "carrier.vasco2", False),
        ("vasco", "read", "commands.mobi", False),
        ("vasco", "read", "usage", False),
        ("vasco", "write", "dlx", False),
        ("vasco", "write", "amq.default", False),
        ("vasco", "configure", "carrier.vasco", False),
        ("vasco", "write", "answers.vasco", True),
        ("vasco", "write", "answers.mobi", False),
        ("vasco", "write", "commands", False),
        ("vasco", "read", "answers", False),
        ("mobile-worker", "write", "commands", True),
        ("mobile-worker", "read", "answers", True),
        ("mobile-worker", "write", "carrier.mobi", False),
        ("mobile-worker", "read", "commands.mobi", False),
        ("mobile-worker", "read", "usage", False),
        ("mobile-worker", "configure", "answers", False),
        ("cdr-ingester", "read", "answers", False),
        ("cdr-ingester", "read", "usage", True),
        ("cdr-ingester", "read", "usage.dead", False),
        ("cdr-ingester", "write", "carrier.vasco", False),
        ("cdr-ingester", "configure", "usage", False),
        ("cdr", "read", "usage", False),
        ("gateway", "read", "usage", False),
    ],
)
def test_rights_in_the_vhost_of_the_carriers(user: str, right: str, name: str, allowed: bool) -> None:
    assert may(user, right, name, "/ingest") is allowed


def test_there_is_no_guest_and_no_administrator_unless_one_is_asked_for() -> None:
    assert "guest" not in {user["name"] for user in DOCUMENT["users"]}
    assert not any(user["tags"] for user in DOCUMENT["users"])
    with_one = topology.definitions(lambda _user: "x", admin="admin")
    assert [u["name"] for u in with_one["users"] if u["tags"]] == ["admin"]


def test_a_password_is_kept_as_the_salted_hash_that_rabbitmq_computes() -> None:
    kept = base64.b64decode(topology.hashed("secret"))
    assert kept[4:] == hashlib.sha256(kept[:4] + b"secret").digest()
    assert topology.hashed("secret") != topology.hashed("secret")
    assert "password of cdr" not in str(DOCUMENT)


@pytest.mark.parametrize("queue", ["rpc-cdr", "cdr.on_number_changed", "identity.on_audit"])
def test_a_queue_of_a_service_refuses_when_full_and_gives_up_on_poison(queue: str) -> None:
    limits = policy_for(queue)
    assert limits["delivery-limit"] == 20
    assert limits["overflow"] == "reject-publish"
    assert (limits["dead-letter-exchange"], limits["dead-letter-strategy"]) == ("dlx", "at-least-once")


@pytest.mark.parametrize("queue", ["cdr.on_number_changed.dead", "cdr.on_number_changed.retry.30s", "dead"])
def test_dead_letters_are_not_dead_lettered_again(queue: str) -> None:
    assert "dead-letter-exchange" not in policy_for(queue)


@pytest.mark.parametrize("queue", ["rpc.reply-gateway-0f3a", "rpc.reply-cdr-0f3a"])
def test_reply_queues_have_no_policy(queue: str) -> None:
    assert policy_for(queue) == {}


def policy_for(queue: str) -> dict[str, Any]:
    matching = [
        p
        for p in DOCUMENT["policies"]
        if p["vhost"] == "/portal" and p["apply-to"] == "queues" and re.search(p["pattern"], queue)
    ]
    assert len(matching) <= 1, "which of two policies of one priority counts is the broker's choice"
    return matching[0]["definition"] if matching else {}


def test_every_fixed_queue_is_a_quorum_queue_and_every_binding_has_two_ends() -> None:
    assert {q["arguments"]["x-queue-type"] for q in DOCUMENT["queues"]} == {"quorum"}
    exchanges = {(e["vhost"], e["name"]) for e in DOCUMENT["exchanges"]}
    queues = {(q["vhost"], q["name"]) for q in DOCUMENT["queues"]}
    for binding in DOCUMENT["bindings"]:
        assert (binding["vhost"], binding["source"]) in exchanges
        assert (binding["vhost"], binding["destination"]) in queues


def test_carriers_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKKER_CARRIERS", "alfa, beta2")
    assert topology.carriers() == ("alfa", "beta2")
    monkeypatch.delenv("TIKKER_CARRIERS")
    assert topology.carriers() == ("vasco", "mobi")


@pytest.mark.parametrize("name", ["cdr", "admin", "Alfa", "a", "al-fa", "al.*"])
def test_a_carrier_cannot_take_the_name_of_a_service_or_be_a_pattern(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKKER_CARRIERS", name)
    with pytest.raises(Problem, match="TIKKER_CARRIERS"):
        topology.carriers()
