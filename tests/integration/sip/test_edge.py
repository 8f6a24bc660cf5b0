"""Who may do what at the proxy, what it tells others, and what goes on while parts of us are down."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared.events import ResyncRequested, encode, wrap
from shared.ids import new_id
from shared.publisher import Message
from tests.integration.sip.conftest import CARRIERS, COMPANY, Edge
from tests.support.processes import until
from tests.support.sipp import ANSWER, NOTIFIED, Phones, call, lasted, register

pytestmark = pytest.mark.xdist_group("sip")

JAN, KEES, SANDRA = "user-211", "user-212", "user-213"


def told(edge: Edge, sip_user: str) -> list[dict[str, Any]]:
    """What pbx told others of a registration, oldest first."""
    rows = edge.database["outbox"].find({"name": "pbx.registration.changed.v1"}).sort("_id")
    events = [msgspec.json.decode(row["body"])["data"] for row in rows]
    return [event for event in events if event["sip_user"] == sip_user]


@pytest.mark.feature("PRV-03")
def test_a_registration_is_told_to_who_shows_it(edge: Edge, phones: Phones, ports: list[int]) -> None:
    sip_user, _password = edge.accounts[JAN]
    before = len(told(edge, sip_user))
    edge.register(phones, JAN, ports[0])
    until(lambda: len(told(edge, sip_user)) > before, what="an event")
    event = told(edge, sip_user)[-1]
    assert (event["state"], event["contact"]) == ("registered", f"sip:{sip_user}@127.0.0.1:{ports[0]}")
    assert event["source"] == f"127.0.0.1:{ports[0]}"
    phones.run(register(sip_user, seconds=0), ports[0], edge.accounts[JAN]).wait()
    until(lambda: told(edge, sip_user)[-1]["state"] == "unregistered", what="the end of it")


@pytest.mark.feature("PBX-11")
def test_a_wrong_password_and_an_unknown_name_look_the_same(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    known, nobody = edge.accounts[JAN][0], "nobodynobody"
    for sip_user, port in ((known, ports[0]), (nobody, ports[1])):
        phones.run(register(sip_user, right=False), port, (sip_user, "wrong")).wait()
    assert edge.rpc("ul.lookup", "location", known) is None
    first, second = (run.messages for run in phones.runs)
    assert [line for line in first.splitlines() if line.startswith("SIP/2.0")] == [
        line for line in second.splitlines() if line.startswith("SIP/2.0")
    ]


@pytest.mark.feature("PBX-11")
def test_nobody_calls_through_us_but_our_own(edge: Edge, phones: Phones, ports: list[int]) -> None:
    """No password, somebody else's name, a telephone of nobody, a Route header, a request out of nowhere."""
    edge.publish()
    phones.run(call("jan", "0600999888", end="407", password=False), ports[0]).wait()
    phones.run(call("jan", "0600999888", end="403"), ports[1], edge.accounts[JAN]).wait()
    phones.run(call("user211x0", "0600999888", end="407"), ports[2], ("user211x0", "wrong")).wait()
    edge.provisioning.passwords["stranger1234"] = "known"
    phones.run(call("stranger1234", "0600999888", end="403"), ports[3], ("stranger1234", "known")).wait()
    assert _answer_to_relay(edge).startswith("SIP/2.0 481")


def _answer_to_relay(edge: Edge) -> str:
    """The answer to a request that claims to be within a call and asks to be sent on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(3)
        here = f"127.0.0.1:{sock.getsockname()[1]}"
        lines = (
            "BYE sip:victim@192.0.2.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bKx1;rport",
            f"Route: <sip:127.0.0.1:{edge.house.ports.sip};lr>",
            "From: <sip:a@tikker>;tag=1",
            "To: <sip:b@tikker>;tag=2",
            f"Call-ID: {new_id()}",
            "CSeq: 2 BYE",
            "Max-Forwards: 70",
            "Content-Length: 0",
        )
        sock.sendto("\r\n".join((*lines, "", "")).encode(), ("127.0.0.1", edge.house.ports.sip))
        return sock.recv(4096).decode()


@pytest.mark.feature("PBX-11")
def test_a_call_outside_shows_the_company_and_is_billed_once(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    """Also when the bridge is killed meanwhile; of numbers that a carrier bills nothing is handed over."""
    edge.publish(outgoing={"mobile": False, "international": True})
    edge.register(phones, JAN, ports[0])
    trunk = phones.answering(ANSWER, edge.house.ports.trunk)
    talking = phones.run(call(edge.accounts[JAN][0], "0600111222", seconds=2.2), ports[0], edge.accounts[JAN])
    until(lambda: "\nACK " in trunk.messages, what="the call")
    edge.started["pbx-bridge"].kill()
    talking.wait()
    assert trunk.header("From").startswith(f'"Bakkerij Voorbeeld B.V." <sip:{COMPANY}@tikker>')
    assert trunk.header("P-Asserted-Identity") == f"<sip:{COMPANY}@tikker>"
    edge.started["pbx-bridge"].start()
    edge.started["pbx-bridge"].wait_ready()
    usage = edge.usage("+31600111222")
    assert (usage["charged"], usage["from"]) == (COMPANY, COMPANY)
    assert usage["direction"] == "out" and lasted(usage["duration"], 2.2)

    phones.run(call(edge.accounts[JAN][0], "0049301234567", end="403"), ports[0], edge.accounts[JAN]).wait()
    edge.publish(jan={"number": CARRIERS, "hide_number": True})
    trunk = phones.answering(ANSWER, edge.house.ports.trunk)
    phones.run(call(edge.accounts[JAN][0], "0850009998", seconds=0.1), ports[0], edge.accounts[JAN]).wait()
    trunk.wait()
    assert trunk.header("From").startswith('"Anonymous" <sip:anonymous@anonymous.invalid>')
    assert trunk.header("Privacy") == "id"
    row = edge.calls(1)[0]
    assert row["outcome"] == "answered"
    assert "billed" not in edge.database["calls"].find_one({"_id": row["id"]})


@pytest.mark.feature("PBX-11", "TEL-01")
def test_112_reaches_the_trunk_while_we_are_down(edge: Edge, phones: Phones, ports: list[int]) -> None:
    """pbx does not answer, and then provisioning neither: other calls are refused, this one never."""
    edge.publish()
    edge.register(phones, JAN, ports[0])
    edge.started["pbx-listener"].terminate()
    caller = edge.accounts[JAN][0]
    try:
        trunk = phones.answering(ANSWER, edge.house.ports.trunk)
        phones.run(call(caller, "112", seconds=0.1), ports[0], edge.accounts[JAN]).wait()
        trunk.wait()
        assert "INVITE sip:112@" in trunk.messages
        phones.run(call(caller, "0600999888", end="503"), ports[0], edge.accounts[JAN]).wait()

        edge.rpc("htable.flush", "ha1")
        edge.rpc("htable.flush", "known")
        edge.provisioning.down = True
        trunk = phones.answering(ANSWER, edge.house.ports.trunk)
        phones.run(call(caller, "112", password=False, seconds=0.1), ports[0]).wait()
        trunk.wait()
        phones.run(call(caller, "112", password=False, end="407"), ports[1]).wait()
    finally:
        edge.provisioning.down = False
        edge.rpc("htable.flush", "state")
        edge.started["pbx-listener"].start()
        edge.started["pbx-listener"].wait_ready()


@pytest.mark.feature("PBX-11", "TEL-01")
def test_112_shows_no_number_that_is_gone_while_we_are_down(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    """The proxy has it from the last call: Sandra's is still hers, Jan's may be somebody else's by now."""
    numbers, gone = edge.database["assignments"], {"number": COMPANY, "customer_id": edge.customer_id}

    def asserted(who: str, port: int) -> str:
        trunk = phones.answering(ANSWER, edge.house.ports.trunk)
        phones.run(call(edge.accounts[who][0], "112", seconds=0.1), port, edge.accounts[who]).wait()
        trunk.wait()
        return trunk.header("P-Asserted-Identity")

    edge.publish(sandra={"number": CARRIERS})
    assert asserted(JAN, ports[0]) == f"<sip:{COMPANY}@tikker>"
    try:
        numbers.update_one(gone, {"$set": {"valid_to": datetime.now(UTC)}})
        assert asserted(JAN, ports[0]) == ""
        assert asserted(SANDRA, ports[1]) == f"<sip:{CARRIERS}@tikker>"
        edge.started["pbx-listener"].terminate()
        try:
            assert asserted(JAN, ports[0]) == ""
            assert asserted(SANDRA, ports[1]) == f"<sip:{CARRIERS}@tikker>"
        finally:
            edge.started["pbx-listener"].start()
            edge.started["pbx-listener"].wait_ready()
    finally:
        numbers.update_one(gone, {"$set": {"valid_to": None}})


@pytest.mark.feature("PRV-05")
def test_a_telephone_is_told_to_fetch_its_configuration(edge: Edge, phones: Phones, ports: list[int]) -> None:
    edge.register(phones, KEES, ports[0])
    phone = phones.answering(NOTIFIED, ports[0])
    for sip_user in (edge.accounts[SANDRA][0], edge.accounts[KEES][0]):  # who is not there is passed over
        event = ResyncRequested(
            resync_id=new_id(), device_id=new_id(), sip_user=sip_user, event="check-sync;reboot=false"
        )
        body = encode(wrap(event, edge.customer_id))
        edge.portal.publish([Message("provisioning.events", event.name, body)])
    phone.wait()
    assert phone.header("Event", of="NOTIFY") == "check-sync;reboot=false"


def test_what_nobody_can_read_does_not_stop_the_rest(edge: Edge, phones: Phones, ports: list[int]) -> None:
    """It is put away among the dead letters."""
    edge.proxy.publish(
        [Message("sip.edge", "call", b'{"event": "ended"'), Message("sip.edge", "weather", b"{}")]
    )
    sip_user = edge.accounts[SANDRA][0]
    before = len(told(edge, sip_user))
    edge.register(phones, SANDRA, ports[0])
    until(lambda: len(told(edge, sip_user)) > before, what="the registration after it")
    assert json.loads(edge.started["kamailio"].page("/readyz")[1])["ok"]
