"""What cannot be booked is kept with its reason, harms nothing else, and is booked when it can be."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.price import price
from services.cdr.usecases.record_usage import record_usage
from shared.errors import DependencyDown
from shared.ids import new_id
from tests.integration.cdr.scene import BRITISH, NATIONAL, Cdr, Customer, event, fixed_number
from tests.support.processes import until
from tests.support.usage import usage_event

pytestmark = pytest.mark.feature("CDR-01")

MAY = datetime(2024, 5, 15, 10, tzinfo=UTC)


@pytest.fixture
def customer(cdr: Cdr) -> Customer:
    return cdr.customer()


def in_may(customer: Customer, name: str, **fields: Any) -> dict[str, Any]:
    return customer.call(f"{customer.id[:8]}-{name}", **{"start": MAY, **fields})


def kept(cdr: Cdr, source: bytes) -> dict[str, Any]:
    """The one document that the quarantine has of these bytes."""
    (found,) = cdr.database["quarantine"].find({"source": source})
    return dict(found)


def test_of_a_batch_with_bad_events_the_good_ones_are_booked(cdr: Cdr, customer: Customer) -> None:
    good = [json.dumps(in_may(customer, f"good-{n}")) for n in range(3)]
    bad = [
        json.dumps({"record": f"{customer.id}-1", "kind": "voice"}),
        "{" + customer.id + "}",
        json.dumps(in_may(customer, "odd", revision=2, revison=3)),
        json.dumps(in_may(customer, "other", carrier="mobi")),
        json.dumps(in_may(customer, "nobody", charged="+31850009998")),
        json.dumps(in_may(customer, "dear", to=BRITISH)),
    ]
    cdr.send_bodies([f'{{"events": [{",".join([good[0], *bad[:3], good[1], *bad[3:], good[2]])}]}}'.encode()])
    cdr.settle()
    assert customer.total(period="2024-05")[0] == 3
    assert kept(cdr, bad[0].encode())["sentence"].startswith("$.events[1]: Object missing required field")
    assert kept(cdr, bad[0].encode())["record"] == f"{customer.id}-1"
    assert kept(cdr, bad[1].encode())["reason"] == "schema"
    assert kept(cdr, bad[2].encode())["sentence"].startswith("$.events[3]: Object contains unknown field")
    reasons = {
        name: (found or {}).get("reason")
        for name in ("other", "nobody", "dear")
        for found in [cdr.quarantined(f"{customer.id[:8]}-{name}")]
    }
    assert reasons == {"other": "carrier", "nobody": "unknown_owner", "dear": "no_rate"}


def test_a_bad_event_that_is_sent_again_is_kept_once(cdr: Cdr, customer: Customer) -> None:
    odd = in_may(customer, "odd", kind="fax")
    nobody = in_may(customer, "nobody", charged="+31850009998")
    swapped = dict(reversed(nobody.items()))
    for _ in range(3):
        cdr.send(odd, nobody, swapped)
    cdr.settle()
    records = [odd["record"], nobody["record"]]
    assert [cdr.database["quarantine"].count_documents({"record": record}) for record in records] == [1, 1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b'{"events": []}',
        b'{"events": [' + b",".join([b"{}"] * 1001) + b"]}",
        b"\x00" * 100,
        "{}".encode("utf-16"),
        b"[" * 200_000,
        b"x" * 1_048_576,
    ],
    ids=lambda body: f"{body[:12]!r}... of {len(body)}",
)
def test_what_is_no_message_is_kept_whole_and_the_next_one_is_booked(
    cdr: Cdr, customer: Customer, body: bytes
) -> None:
    cdr.send_bodies([body])
    cdr.send(in_may(customer, "next"))
    cdr.settle()
    assert kept(cdr, body)["reason"] == "schema"
    assert customer.total(period="2024-05")[0] == 1


def test_a_list_within_a_list_without_end_is_one_bad_event(cdr: Cdr) -> None:
    opening = b'{"events": ['
    cdr.send_bodies([opening * 50_000])
    cdr.settle()
    assert kept(cdr, opening * 49_999)["reason"] == "schema"


def test_a_list_cut_off_in_the_middle_gives_the_events_before_the_cut(cdr: Cdr, customer: Customer) -> None:
    whole = json.dumps({"events": [in_may(customer, str(n)) for n in range(3)]}).encode()
    cdr.send_bodies([whole[:-40]])
    cdr.settle()
    assert customer.total(period="2024-05")[0] == 2
    assert kept(cdr, whole[whole.rindex(b' {"record"') : -40])["reason"] == "schema"


def test_20_megabytes_are_no_reason_to_stop(cdr: Cdr, customer: Customer) -> None:
    """A broker of ours refuses such a message; where another takes it, its beginning is kept."""
    mark = customer.id.encode()
    try:
        cdr.send_bodies([mark + b"x" * 20_000_000])
        taken = True
    except DependencyDown as refusal:
        assert "PRECONDITION_FAILED" in str(refusal)
        taken = False
    cdr.send(in_may(customer, "next"))
    cdr.settle()
    assert customer.total(period="2024-05")[0] == 1
    unreadable = cdr.database["quarantine"].find({"reason": "unreadable"})
    found = [document["sentence"] for document in unreadable if document["source"].startswith(mark)]
    assert ["20000032 bytes" in sentence for sentence in found] == [True] * taken


def test_packed_messages_are_unpacked(cdr: Cdr, customer: Customer) -> None:
    single, batch = in_may(customer, "a"), {"events": [in_may(customer, "b"), in_may(customer, "c")]}
    bodies = [gzip.compress(json.dumps(message).encode()) for message in (single, batch)]
    cdr.send_bodies(bodies, content_encoding="gzip")
    cdr.settle()
    assert customer.total(period="2024-05")[0] == 3


def test_a_bomb_and_a_cut_off_stream_are_kept_as_they_came(cdr: Cdr, customer: Customer) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    packed = gzip.compress(json.dumps(in_may(customer, "r")).encode())
    odd = {bomb: "unpacks to more than 8 MiB", packed[:-9]: "cut off", customer.id.encode(): "not gzip"}
    cdr.send_bodies(list(odd), content_encoding="gzip")
    cdr.send(in_may(customer, "next"))
    cdr.settle()
    assert customer.total(period="2024-05")[0] == 1
    for body, sentence in odd.items():
        found = kept(cdr, body)
        assert found["reason"] == "unreadable" and sentence in found["sentence"]


def test_the_exchange_says_who_it_is(cdr: Cdr, customer: Customer) -> None:
    cdr.send(in_may(customer, "own", carrier="mobi"), in_may(customer, "same"), carrier="mobi")
    cdr.send(in_may(customer, "false", carrier="mobi"), in_may(customer, "same"))
    cdr.settle()
    assert len(cdr.rows(f"{customer.id[:8]}-own", "mobi")) == 1
    assert [len(cdr.rows(f"{customer.id[:8]}-same", carrier)) for carrier in ("mobi", "vasco")] == [1, 1]
    found = cdr.quarantined(f"{customer.id[:8]}-false")
    assert found is not None and found["carrier"] == "vasco"
    assert found["sentence"] == "carrier says 'mobi', but the message came in as 'vasco'."


@pytest.mark.feature("CDR-02")
def test_usage_of_an_unknown_owner_is_booked_when_the_owner_comes(cdr: Cdr) -> None:
    number = fixed_number()
    records = [f"{new_id()}-{n}" for n in range(3)]
    calls = [event(record, charged=number, start=MAY) for record in records]
    cdr.send(*calls)
    cdr.send(calls[0])
    cdr.settle()
    assert [(cdr.quarantined(record) or {}).get("reason") for record in records] == ["unknown_owner"] * 3
    assert cdr.database["quarantine"].count_documents({"number": number}) == 3
    customer = cdr.customer(number)
    until(lambda: cdr.database["quarantine"].count_documents({"number": number}) == 0, what="the replay")
    assert customer.total(period="2024-05") == (3, 180, "0.153900")
    cdr.send(*calls)
    cdr.settle()
    assert customer.total(period="2024-05")[0] == 3


def test_usage_before_the_number_was_theirs_goes_on_waiting(cdr: Cdr) -> None:
    number = fixed_number()
    early, later = (event(new_id(), charged=number, start=start) for start in (MAY, MAY.replace(month=6)))
    cdr.send(early, later)
    cdr.settle()
    customer = Customer(cdr)
    customer.gets(number, begin=MAY.replace(month=6, day=1))
    until(lambda: cdr.quarantined(later["record"]) is None, what="the replay")
    assert cdr.quarantined(early["record"]) is not None
    assert customer.total(**{"from": "2024-05-01", "to": "2024-06-30"})[0] == 1


def test_what_was_judged_by_old_knowledge_is_tried_again_soon(cdr: Cdr) -> None:
    """A batch may refuse an owner as unknown at the very moment that the owner is being told."""
    number = fixed_number()
    first, second = (event(new_id(), charged=number, start=MAY) for _ in range(2))
    stale = Reference(ReferenceStore(cdr.database))
    stale.refresh()
    cdr.send(first)
    cdr.settle()
    cdr.customer(number)
    until(lambda: cdr.quarantined(first["record"]) is None, what="the replay")
    refused = price("vasco", usage_event(second), stale)
    record_usage([refused], UsageStore(cdr.database, "desk-of-the-test"), stale)
    assert cdr.quarantined(second["record"]) is not None
    until(lambda: cdr.quarantined(second["record"]) is None, 15, what="the second replay")
    assert len(cdr.rows(second["record"])) == 1


@pytest.mark.feature("CDR-03")
def test_usage_without_a_price_is_booked_when_a_plan_has_one(cdr: Cdr, customer: Customer) -> None:
    call, message = in_may(customer, "call", to=BRITISH), in_may(customer, "sms", kind="sms", to=BRITISH)
    cdr.send(call, message, in_may(customer, "known"))
    cdr.settle()
    refused = cdr.quarantined(call["record"])
    assert refused is not None
    assert refused["reason"] == "no_rate" and refused["sentence"].startswith(
        "default 2020-01-01: no rate for"
    )
    rates = "soort;prefix;bestemming;tarief\ngesprek;+44;Verenigd Koninkrijk;0,10\ngesprek;+31;NL;0,01\n"
    name = f"Met Engeland {customer.id[:6]}"
    cdr.staff("import_plan", name=name, valid_from="2024-01-01", csv=rates)
    cdr.staff("assign_plan", customer_id=customer.id, plan=name)
    until(lambda: cdr.quarantined(call["record"]) is None, what="the replay")
    assert customer.total(receiver="+44", period="2024-05") == (1, 60, "0.100000")
    assert cdr.quarantined(message["record"]) is not None, "that plan has no price for messages either"


def test_the_reason_follows_what_is_lacking_now(cdr: Cdr) -> None:
    number = fixed_number()
    call = event(new_id(), charged=number, to=BRITISH, start=MAY)
    cdr.send(call)
    cdr.settle()
    before = cdr.quarantined(call["record"])
    assert before is not None and before["reason"] == "unknown_owner"
    cdr.customer(number)

    def reason() -> bool:
        now = cdr.quarantined(call["record"])
        return now is not None and now["reason"] == "no_rate"

    until(reason, what="the new reason")
    after = cdr.quarantined(call["record"])
    assert after is not None
    assert (after["_id"], after["received_at"]) == (before["_id"], before["received_at"])


def test_late_usage_from_quarantine_goes_to_the_open_month(cdr: Cdr) -> None:
    number = fixed_number()
    call = event(new_id(), charged=number, start=MAY)
    cdr.send(call)
    cdr.settle()
    customer = Customer(cdr)
    customer.close("2024-05")
    customer.gets(number)
    until(lambda: cdr.quarantined(call["record"]) is None, what="the replay")
    assert [customer.total(period=period)[0] for period in ("2024-05", "2024-06")] == [0, 1]


def test_staff_read_what_waits_by_reason(cdr: Cdr) -> None:
    call = event(new_id(), charged="+31850009998", to=NATIONAL, start=MAY)
    cdr.send(call)
    cdr.settle()
    counts = cdr.staff("quarantine_counts")
    assert counts["unknown_owner"] == cdr.database["quarantine"].count_documents({"reason": "unknown_owner"})
    listed: list[dict[str, Any]] = []
    while page := cdr.staff(
        "quarantine", reason="unknown_owner", after=listed[-1]["id"] if listed else "", limit=2
    ):
        listed += page
    assert len(listed) == len({entry["id"] for entry in listed}) == counts["unknown_owner"]
    (entry,) = [entry for entry in listed if entry["record"] == call["record"]]
    assert entry["carrier"] == "vasco" and entry["number"] == "+31850009998"
    assert entry["sentence"] == "+31850009998 belongs to nobody at 2024-05-15T10:00:00+00:00."
    assert json.loads(entry["source"])["record"] == call["record"]


def test_nothing_has_died_of_any_of_this(cdr: Cdr) -> None:
    for name, process in cdr.processes.items():
        assert process.popen.poll() is None, name
        assert process.page("/readyz")[0] == 200
    assert Reason.FAULT not in cdr.staff("quarantine_counts")
