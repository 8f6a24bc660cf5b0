"""The audit log on a real database: once each, one unbroken chain, and every tampering found."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.identity.schemas.audit import Audit
from services.identity.store import Store
from services.identity.usecases import auditing
from shared.acting import Acting
from shared.audit import entry
from shared.errors import Forbidden, NotFound
from shared.events import AuditRecorded, Envelope, decode, encode
from shared.events.audit import Subject
from tests.integration.identity.conftest import STAFF, Identity, at_once

pytestmark = pytest.mark.feature("ID-10")

CUSTOMER, OTHER = "c" * 32, "d" * 32
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def event(
    number: int, customer: str | None = CUSTOMER, action: str = "user.blocked", **fields: Any
) -> Envelope[AuditRecorded]:
    """What some service tells; ``number`` minutes after START."""
    acting = Acting(kind="user", username=fields.pop("username", "sanne.dewit"), address="203.0.113.7")
    subject = Subject(kind=action.partition(".")[0], id=f"{number}", name=f"gebruiker{number}")
    at = START + timedelta(minutes=number)
    return decode(encode(entry("pbx", acting, customer, action, subject, at=at, **fields)), AuditRecorded)


def keep(identity: Identity, *events: Envelope[AuditRecorded]) -> None:
    for one in events:
        auditing.keep(identity.store, one)


def log(identity: Identity, acting: Acting = STAFF, **asked: Any) -> dict[str, Any]:
    """As the RPC method answers."""
    fields = Audit().load({"customer_id": CUSTOMER} | asked if acting.kind == "staff" else asked)
    return auditing.entries(identity.store, acting, **fields)


def names(answer: dict[str, Any]) -> list[int]:
    return [int(row["subject"]["name"].removeprefix("gebruiker")) for row in answer["rows"]]


def verify(identity: Identity, **asked: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"customer_id": CUSTOMER, "after": 0, "seq": None, "hash": ""} | asked
    return auditing.verify(identity.store, STAFF, **fields)


def database(identity: Identity) -> Any:
    own = identity.database
    return own.client[f"{own.name}_audit"]


def test_an_event_that_comes_again_is_one_entry(identity: Identity) -> None:
    events = [event(number) for number in range(5)]
    keep(identity, *events, *events, *reversed(events))
    assert names(log(identity)) == [4, 3, 2, 1, 0]
    assert verify(identity) | {"head": None} == {
        "entries": 5,
        "first_broken": None,
        "next": None,
        "head": None,
    }


def test_events_that_come_in_disorder_are_listed_by_when_they_happened(identity: Identity) -> None:
    events = [event(number) for number in range(20)]
    random.Random(7).shuffle(events)
    keep(identity, *events)
    assert names(log(identity)) == list(range(19, -1, -1))
    assert verify(identity)["first_broken"] is None


def test_200_events_told_twice_to_two_consumers_are_one_unbroken_chain(identity: Identity) -> None:
    """Each consumer has a connection and a lock of its own, as a process has."""
    events = [event(number) for number in range(200)]
    stores = [Store.open(identity.uri) for _ in range(2)]

    def consume(index: int) -> None:
        mine = list(events)
        random.Random(index).shuffle(mine)
        for one in mine:
            auditing.keep(stores[index], one)

    assert at_once(2, consume) == [None, None]
    for store in stores:
        store.close()
    rows = list(database(identity)["audit"].find({"chain": CUSTOMER}).sort("seq", 1))
    assert [row["seq"] for row in rows] == list(range(1, 201))
    assert {row["_id"] for row in rows} == {one.event_id for one in events}
    assert verify(identity)["first_broken"] is None


def test_first_writers_of_a_chain_at_once_both_get_in(identity: Identity) -> None:
    stores = [Store.open(identity.uri) for _ in range(4)]
    assert at_once(4, lambda n: auditing.keep(stores[n], event(n))) == [None] * 4
    for store in stores:
        store.close()
    assert verify(identity)["entries"] == 4


def test_each_customer_and_the_house_have_a_chain_of_their_own(identity: Identity) -> None:
    keep(identity, event(1), event(2, OTHER), event(3, None), event(4))
    assert [names(log(identity, customer_id=whose)) for whose in (CUSTOMER, OTHER, None)] == [
        [4, 1],
        [2],
        [3],
    ]
    rows = auditing.heads(identity.store, STAFF, after="", limit=10)["rows"]
    assert {(row["customer_id"], row["seq"]) for row in rows} == {(CUSTOMER, 2), (OTHER, 1), (None, 1)}


@pytest.mark.parametrize("place", [1, 4, 7])
def test_an_altered_entry_is_named(identity: Identity, place: int) -> None:
    keep(identity, *(event(number) for number in range(7)))
    chosen = {"chain": CUSTOMER, "seq": place}
    database(identity)["audit"].update_one(chosen, {"$set": {"actor.username": "een.ander"}})
    assert verify(identity)["first_broken"] == place


@pytest.mark.parametrize(("gone", "broken"), [([1], 1), ([4], 4), ([3, 4], 3), ([7], 7), ([5, 6, 7], 5)])
def test_a_removed_entry_is_named_also_at_the_end(identity: Identity, gone: list[int], broken: int) -> None:
    keep(identity, *(event(number) for number in range(7)))
    database(identity)["audit"].delete_many({"chain": CUSTOMER, "seq": {"$in": gone}})
    assert verify(identity)["first_broken"] == broken


def test_a_head_that_was_put_back_does_not_hide_what_came_after(identity: Identity) -> None:
    keep(identity, *(event(number) for number in range(3)))
    old = database(identity)["heads"].find_one({"_id": CUSTOMER})
    keep(identity, event(3))
    database(identity)["heads"].replace_one({"_id": CUSTOMER}, old)
    assert verify(identity)["first_broken"] == 4


def test_a_chain_and_head_that_were_cut_together_do_not_match_a_head_kept_elsewhere(
    identity: Identity,
) -> None:
    keep(identity, *(event(number) for number in range(3)))
    old = database(identity)["heads"].find_one({"_id": CUSTOMER})
    keep(identity, event(3))
    kept = verify(identity)["head"]
    database(identity)["audit"].delete_one({"chain": CUSTOMER, "seq": 4})
    database(identity)["heads"].replace_one({"_id": CUSTOMER}, old)
    assert verify(identity)["first_broken"] is None, "by itself it looks whole"
    assert verify(identity, seq=kept["seq"], hash=kept["hash"])["first_broken"] == 4


def test_a_long_chain_is_checked_in_pieces(identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "AT_A_TIME", 3)
    keep(identity, *(event(number) for number in range(7)))
    asked, walked = 0, []
    while True:
        answer = verify(identity, after=asked)
        walked.append(answer["entries"])
        if answer["next"] is None:
            break
        asked = answer["next"]
    assert walked == [3, 6, 7]
    database(identity)["audit"].delete_one({"chain": CUSTOMER, "seq": 3})
    assert verify(identity, after=3)["first_broken"] == 3


def test_paging_by_key_shows_each_entry_once_in_both_directions(identity: Identity) -> None:
    keep(identity, *(event(number // 2) for number in range(11)))  # two at each moment
    pages: list[list[int]] = []
    asked: dict[str, Any] = {}
    while True:
        page = log(identity, limit=4, **asked)
        pages.append([row["seq"] for row in page["rows"]])
        if page["next"] is None:
            break
        asked = {"after": page["next"]}
    assert pages == [[11, 10, 9, 8], [7, 6, 5, 4], [3, 2, 1]]
    back = log(identity, limit=4, before=page["newer"])
    assert [row["seq"] for row in back["rows"]] == [7, 6, 5, 4]
    front = log(identity, limit=4, before=back["newer"])
    assert ([row["seq"] for row in front["rows"]], front["newer"]) == ([11, 10, 9, 8], None)
    assert log(identity, limit=4)["newer"] is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": "PIET"}, [3]),
        ({"who": "piet."}, []),
        ({"what": "number"}, [2]),
        ({"what": "user.blocked"}, [3, 1]),
        ({"what": "user"}, [3, 1]),
        ({"query": "bestelbus"}, [2]),
        ({"query": "op VERZOEK"}, [1]),
        ({"query": "203.0.113"}, [3, 2, 1]),
        ({"query": ".*"}, []),
        ({"from": "2026-11-22", "to": "2026-11-22"}, [3, 2, 1]),
        ({"from": "2026-11-23"}, []),
        ({"to": "2026-11-21"}, []),
        ({"who": "sanne", "what": "user", "query": "gebruiker1"}, [1]),
    ],
)
def test_filters(identity: Identity, asked: dict[str, Any], found: list[int]) -> None:
    keep(
        identity,
        event(1, reason="Op verzoek"),
        event(2, action="number.assigned", after={"label": "Bestelbus"}),
        event(3, username="piet"),
    )
    assert names(log(identity, **asked)) == found


def test_a_day_is_a_day_in_amsterdam(identity: Identity) -> None:
    midnight = int((datetime(2026, 11, 22, 23, 0, tzinfo=UTC) - START).total_seconds() // 60)
    keep(identity, event(midnight - 1), event(midnight))
    assert names(log(identity, STAFF, **{"to": "2026-11-22"})) == [midnight - 1]
    assert names(log(identity, STAFF, **{"from": "2026-11-23"})) == [midnight]


def test_a_user_manager_sees_the_own_customer_only(identity: Identity) -> None:
    manager = Acting(kind="user", scope="customer", customer_id=CUSTOMER, roles=("user_management",))
    keep(identity, event(1), event(2, OTHER), event(3, None))
    assert names(log(identity, manager)) == [1]
    with pytest.raises(NotFound):
        log(identity, manager, customer_id=OTHER)
    with pytest.raises(Forbidden):
        log(identity, Acting(kind="user", scope="customer", customer_id=CUSTOMER, roles=("settings",)))


def test_a_partner_sees_itself_and_its_customers(identity: Identity) -> None:
    partner = identity.customer(name="Partner Voorbeeld", kind="partner")["id"]
    below = identity.customer(name="Klant Voorbeeld", parent_id=partner)["id"]
    foreign = identity.customer(name="Andere Klant")["id"]
    keep(identity, event(1, partner), event(2, below), event(3, foreign), event(4, None))
    acting = Acting(kind="staff", scope="partner", customer_id=partner)
    assert names(log(identity, acting, customer_id=None)) == [1]
    assert names(log(identity, acting, customer_id=below)) == [2]
    for hidden in (foreign, "0" * 32):
        with pytest.raises(NotFound):
            log(identity, acting, customer_id=hidden)
    with pytest.raises(Forbidden):
        auditing.heads(identity.store, acting, after="", limit=10)


def test_a_customer_does_not_see_where_staff_work(identity: Identity) -> None:
    staff = Acting(kind="staff", scope="operator", username="beheer", address="198.51.100.9")
    subject = Subject(kind="user", id="1", name="gebruiker1")
    auditing.keep(identity.store, entry("pbx", staff, CUSTOMER, "user.blocked", subject, at=START))
    manager = Acting(kind="user", scope="customer", customer_id=CUSTOMER, roles=("user_management",))
    [seen] = log(identity, manager)["rows"]
    assert (seen["actor"]["username"], seen["actor"]["address"]) == ("beheer", "")
    assert log(identity)["rows"][0]["actor"]["address"] == "198.51.100.9"
