"""Devices over RPC: making and changing them, what others are told, and what phones learn of a PBX."""

from __future__ import annotations

import json
import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.provisioning.domain.profiles import profiles
from services.provisioning.domain.values import Site
from services.provisioning.store import Store
from services.provisioning.usecases.resealing import reseal
from services.provisioning.usecases.workshop import Workshop
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events import DeviceChanged, ResyncRequested, decode
from shared.ids import new_id
from shared.sealing import Sealer
from tests.integration.provisioning.conftest import NEXT_KEY, PASSWORD, Provisioning, curl, setting
from tests.support.processes import until

SITE = Site("https://toestellen.example", "sip.example", 5060, "udp", "tikker", "nl.pool.ntp.org")


def mac() -> str:
    return "00" + secrets.token_hex(5)


def file_of(provisioning: Provisioning, device: dict[str, Any]) -> tuple[str, str]:
    """The phone's file and its tag."""
    name = device["mac"].replace(":", "").lower()
    url = f"{provisioning.front}/{name}.cfg"
    found = curl(url, "--digest", "-u", f"{device['config_user']}:{PASSWORD}")
    assert found.status == 200
    return found.body.decode(), found.headers["etag"][0]


def heard(provisioning: Provisioning, queue: str, event: Any, device_id: str) -> Any:
    """The next event about a device; those about others are of other tests."""

    def next_one() -> Any:
        message = provisioning.queues.take(queue)
        found = decode(message.body, event).data if message else None
        return found if found and found.device_id == device_id else None

    return until(next_one, what="an event")


@pytest.mark.feature("PRV-01")
def test_a_device_is_made_with_any_notation_of_its_mac_address(
    provisioning: Provisioning, customer: str
) -> None:
    user, address, command = new_id(), mac(), new_id()
    provisioning.user_is(customer, user, 1, display_name="Balie", extension="201")
    shown = provisioning.user(customer, "new_device", model="snom-d785", who="Balie", command_id=command)
    assert (shown["label"], shown["url"]) == ("Snom D785 Balie", "https://toestellen.example/snomD785.htm")
    notation = "-".join(address[at : at + 4] for at in (0, 4, 8)).upper()
    device = provisioning.create(
        customer, f" {notation} ", "snom-d785", label=shown["label"], user_id=user, command_id=command
    )
    assert device["config_user"] == shown["config_user"]
    assert device["mac"].replace(":", "").lower() == address
    assert (device["user_name"], device["label"]) == ("Balie", "Snom D785 Balie")
    again = provisioning.create(
        customer, notation, "snom-d785", label=shown["label"], user_id=user, command_id=command
    )
    assert again["id"] == device["id"]
    event = heard(provisioning, provisioning.changed, DeviceChanged, device["id"])
    assert (event.user_id, event.model, event.revision) == (user, "snom-d785", 1)


def test_republish_tells_the_state_of_every_device_again(provisioning: Provisioning, customer: str) -> None:
    made = provisioning.create(customer, mac(), "snom-d785", label="Balie")
    change = {"device_id": made["id"], "label": "Receptie", "command_id": new_id()}
    provisioning.user(customer, "change_device", **change)
    first, second = (heard(provisioning, provisioning.changed, DeviceChanged, made["id"]) for _ in range(2))
    assert (first.revision, second.revision) == (1, 2)
    assert provisioning.staff("republish")["events"] >= 1  # those of other tests too
    assert heard(provisioning, provisioning.changed, DeviceChanged, made["id"]) == second
    with pytest.raises(Forbidden):
        provisioning.user(customer, "republish")


@pytest.mark.feature("PRV-01")
def test_all_that_is_wrong_with_a_new_device_is_said_at_once(
    provisioning: Provisioning, customer: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        provisioning.create(customer, "00:1a:2b:3c:4d:5g", password="fiets")
    assert wrong.value.fields == {
        "mac": ["Een MAC-adres bestaat uit cijfers en de letters a tot en met f. Hierin staat ook: g."],
        "password": [
            "Gebruik minimaal 6 tekens.",
            "Er ontbreekt een hoofdletter.",
            "Er ontbreekt een cijfer.",
            "Er ontbreekt een speciaal teken, zoals ! of #.",
        ],
    }
    with pytest.raises(Invalid, match="Niet alles") as unknown:
        provisioning.create(customer, mac(), "yealink-t99", user_id=None)
    assert "model" in unknown.value.fields
    with pytest.raises(Invalid) as foreign:
        provisioning.create(customer, mac(), user_id=new_id())
    assert "user_id" in foreign.value.fields


@pytest.mark.feature("PRV-01")
def test_a_mac_address_is_ones_own_once_and_somebody_elses_is_answered_as_a_free_one(
    provisioning: Provisioning, customer: str
) -> None:
    address, theirs = mac(), new_id()
    first = provisioning.create(theirs, address, label="Van een ander")
    own = provisioning.create(customer, address, label="Balie")
    with pytest.raises(Invalid) as taken:
        provisioning.create(customer, address)
    assert "is al van uw toestel Balie (Yealink SIP-T54W)" in taken.value.fields["mac"][0]
    assert first["config_user"] != own["config_user"]
    assert (
        setting(file_of(provisioning, own)[0], "account.1.user_name")
        == (provisioning.row(own["id"])["sip_user"])
    )
    assert (
        setting(file_of(provisioning, first)[0], "account.1.user_name")
        == (provisioning.row(first["id"])["sip_user"])
    )


def test_devices_of_others_are_not_there_and_the_role_is_needed(
    provisioning: Provisioning, customer: str
) -> None:
    device = provisioning.create(customer, mac())
    stranger = new_id()
    for method, fields in (
        ("device", {}),
        ("show_secrets", {}),
        ("change_device", {"label": "x", "command_id": new_id()}),
        ("remove_device", {"command_id": new_id()}),
    ):
        with pytest.raises(NotFound):
            provisioning.user(stranger, method, device_id=device["id"], **fields)
    assert provisioning.user(stranger, "devices")["rows"] == []
    weak = Acting(kind="user", scope="customer", customer_id=customer, user_id=new_id())
    with pytest.raises(Forbidden):
        provisioning.gateway.call("provisioning", "devices", weak)
    assert [d["id"] for d in provisioning.staff("devices_of", customer_id=customer)["rows"]] == [device["id"]]


@pytest.mark.feature("PRV-05")
def test_what_changes_for_a_user_reaches_the_phones_that_show_it(
    provisioning: Provisioning, customer: str
) -> None:
    reception, sales = new_id(), new_id()
    provisioning.user_is(customer, reception, 1, display_name="Balie", extension="209")
    provisioning.user_is(customer, sales, 1, display_name="Verkoop 1", extension="201")
    device = provisioning.create(customer, mac(), user_id=reception)
    file, tag = file_of(provisioning, device)
    assert setting(file, "account.1.display_name") == "Balie"
    assert (setting(file, "linekey.2.value"), setting(file, "linekey.2.label")) == ("201", "Verkoop 1")

    provisioning.user_is(customer, sales, 2, display_name='Piet <"P">\r\nx = y', extension="201")
    event = heard(provisioning, provisioning.resyncs, ResyncRequested, device["id"])
    assert (event.event, event.sip_user) == (
        "check-sync;reboot=false",
        provisioning.row(device["id"])["sip_user"],
    )
    changed, other = file_of(provisioning, device)
    assert other != tag and setting(changed, "linekey.2.label") == 'Piet <"P"> x = y'

    provisioning.user_is(customer, sales, 1, display_name="Een oude melding", extension="201")
    provisioning.user_is(customer, reception, 3, deleted=True)
    until(lambda: provisioning.row(device["id"])["user_id"] == "", what="the phone to be nobody's")
    assert setting(file_of(provisioning, device)[0], "account.1.enable") == "0"


def test_two_people_who_change_one_device_do_not_overwrite_each_other(
    provisioning: Provisioning, customer: str
) -> None:
    device = provisioning.create(customer, mac())
    change = {"device_id": device["id"], "revision": device["revision"]}
    provisioning.user(customer, "change_device", **change, label="Balie", command_id=new_id())
    with pytest.raises(Conflict, match="Iemand anders heeft dit toestel intussen gewijzigd"):
        provisioning.user(customer, "change_device", **change, label="Kantine", command_id=new_id())
    provisioning.user(
        customer, "change_device", device_id=device["id"], password="Nieuw-31", command_id=new_id()
    )
    name = device["mac"].replace(":", "").lower()
    url = f"{provisioning.front}/{name}.cfg"
    assert curl(url, "--digest", "-u", f"{device['config_user']}:{PASSWORD}").status == 401
    assert curl(url, "--digest", "-u", f"{device['config_user']}:Nieuw-31").status == 200


@pytest.mark.feature("PRV-03")
def test_a_phone_is_registered_until_it_goes_and_then_it_was_last_seen(
    provisioning: Provisioning, customer: str
) -> None:
    device = provisioning.create(customer, mac())
    sip_user = provisioning.row(device["id"])["sip_user"]

    def state() -> dict[str, Any]:
        found: dict[str, Any] = provisioning.user(customer, "device", device_id=device["id"])["state"]
        return found

    assert (state()["registered"], state()["last_seen"]) == (False, None)
    soon = datetime.now(UTC) + timedelta(hours=1)
    provisioning.registered(sip_user, expires_at=soon, source="192.0.2.1")
    until(lambda: state()["registered"], what="the green tick")
    assert state()["since"] and state()["registered_from"] == "192.0.2.1"
    provisioning.registered(sip_user, "unregistered")
    until(lambda: not state()["registered"], what="the grey tick")
    assert state()["last_seen"]


@pytest.mark.feature("PRV-07")
def test_a_generic_phone_fetches_nothing_and_its_password_is_shown_to_who_asks_and_that_is_recorded(
    provisioning: Provisioning, customer: str
) -> None:
    made = provisioning.create(customer, "", "generic", password="", label="Oude telefoon")
    assert made["values"]["server"] == "sip.example"
    shown = provisioning.user(customer, "show_secrets", device_id=made["id"])
    assert len(shown["sip_password"]) == 26 and set(shown) == {"sip_password"}
    told = [
        json.loads(row["body"])
        for row in provisioning.database["outbox"].find({"name": "provisioning.audit.recorded.v1"})
    ]
    mine = [entry["data"] for entry in told if entry["data"]["subject"]["id"] == made["id"]]
    assert [entry["action"] for entry in mine] == ["device.created", "device.passwords_shown"]
    assert shown["sip_password"] not in str(told)


@pytest.mark.feature("PRV-04")
def test_all_secrets_go_under_a_new_key_while_phones_fetch_and_no_fetch_fails(
    provisioning: Provisioning, customer: str
) -> None:
    """The processes have both keys, the old one in front; here stands the new one in front, as after a
    restart. The service's own command then puts everything back under the old one."""
    made = [provisioning.create(customer, mac()) for _ in range(3)]
    before = file_of(provisioning, made[0])
    fetched: list[int] = []
    stop = threading.Event()

    def fetch() -> None:
        url = f"{provisioning.front}/{made[1]['mac'].replace(':', '').lower()}.cfg"
        while not stop.is_set():
            fetched.append(curl(url, "--basic", "-u", f"{made[1]['config_user']}:{PASSWORD}").status)

    phones = threading.Thread(target=fetch)
    phones.start()
    until(lambda: fetched, what="the first fetch")
    new_first = {NEXT_KEY: provisioning.keys[NEXT_KEY], **provisioning.keys}
    store, workshop = Store(provisioning.database), Workshop(profiles(), SITE, Sealer.of(new_first))
    done = reseal(store, workshop, "")
    row = provisioning.row(made[0]["id"])
    assert all(text.startswith("v1.2.") for text in (*row["secrets"].values(), row["rendered"]["body"]))
    assert reseal(store, workshop, "")["changed"] == 0
    assert file_of(provisioning, made[0]) == before
    back = provisioning.staff("reseal")
    seen = len(fetched)
    until(lambda: len(fetched) > seen, what="one fetch more")
    stop.set()
    phones.join()
    assert set(fetched) == {200}
    assert back["changed"] == done["changed"] == done["seen"] > 0
    assert file_of(provisioning, made[0]) == before
