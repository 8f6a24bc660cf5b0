"""Telephones of lines without a PBX, and the list of all telephones that staff look through."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest

from shared.acting import Acting
from shared.errors import Forbidden, Invalid
from shared.events import DeviceChanged, decode
from shared.ids import new_id
from tests.integration.provisioning.conftest import PASSWORD, Provisioning, curl, setting
from tests.support.processes import until


def mac() -> str:
    return "00" + secrets.token_hex(5)


@pytest.mark.feature("PRV-01")
def test_a_telephone_of_a_line_registers_shows_its_name_and_goes_with_it(
    provisioning: Provisioning, customer: str
) -> None:
    line, address = new_id(), mac()
    provisioning.line_is(customer, line, 1, display_name="Winkel", extension="21", number="+31850001611")
    device = provisioning.create(customer, address, line_id=line)
    assert (device["line_id"], device["line_name"], device["user_id"]) == (line, "Winkel", "")
    assert [row["id"] for row in provisioning.user(customer, "devices", line_id=line)["rows"]] == [
        device["id"]
    ]
    assert provisioning.user(customer, "devices", user_id="")["rows"] == []

    login = ("--digest", "-u", f"{device['config_user']}:{PASSWORD}")
    text = curl(f"{provisioning.front}/{address}.cfg", *login).body.decode()
    assert setting(text, "account.1.display_name") == "Winkel"
    sip_user = setting(text, "account.1.user_name")
    assert json.loads(provisioning.credentials(sip_user).body)["line_id"] == line

    provisioning.line_is(customer, line, 2, deleted=True)
    until(lambda: provisioning.credentials(sip_user).status == 404, what="no more registering")
    freed = provisioning.user(customer, "device", device_id=device["id"])
    assert (freed["line_id"], freed["user_id"]) == ("", "")


@pytest.mark.feature("PRV-01")
def test_a_device_is_one_owners_of_the_own_company_only(provisioning: Provisioning, customer: str) -> None:
    line, user, foreign = new_id(), new_id(), new_id()
    provisioning.line_is(customer, line, 1, display_name="Winkel", number="+31850001611")
    provisioning.user_is(customer, user, 1, display_name="Balie", extension="201")
    provisioning.line_is(new_id(), foreign, 1, display_name="Ander", number="+31850001612")
    for owner, field in (
        ({"line_id": line, "user_id": user}, "line_id"),
        ({"line_id": user}, "line_id"),
        ({"user_id": line}, "user_id"),
        ({"line_id": foreign}, "line_id"),
    ):
        with pytest.raises(Invalid) as refused:
            provisioning.create(customer, mac(), **owner)
        assert list(refused.value.fields) == [field]

    device = provisioning.create(customer, mac(), line_id=line)
    change = {"device_id": device["id"], "command_id": new_id()}
    provisioning.user(customer, "change_device", **change, user_id=user)
    now = provisioning.user(customer, "device", device_id=device["id"])
    assert (now["user_id"], now["line_id"]) == (user, "")

    def told() -> DeviceChanged | None:
        message = provisioning.queues.take(provisioning.changed)
        event = decode(message.body, DeviceChanged).data if message else None
        return event if event and (event.device_id, event.revision) == (device["id"], 2) else None

    event = until(told, what="whose it is now")
    assert isinstance(event, DeviceChanged) and (event.user_id, event.line_id) == (user, "")


def test_staff_find_telephones_by_what_they_know_of_them(provisioning: Provisioning) -> None:
    own, other, partner, line = new_id(), new_id(), new_id(), new_id()
    number = 500_000 + secrets.randbelow(400_000)
    word = secrets.token_hex(6)
    provisioning.customer_is(own, number, f"Bakkerij {word} B.V.", partner)
    provisioning.customer_is(other, number + 1, f"Loodgieter {word}")
    provisioning.line_is(own, line, 1, display_name=f"Winkel {word}", extension="21", number="+31850001611")
    address = mac()
    of_line = provisioning.create(own, address, line_id=line)["id"]
    nobodys = provisioning.create(own, mac())["id"]
    foreign = provisioning.create(other, mac())["id"]

    def found(query: str = word, **more: Any) -> list[str]:
        return [row["id"] for row in provisioning.staff("find_devices", query=query, **more)["rows"]]

    assert found() == [foreign, nobodys, of_line]
    assert found(f"WINKEL {word}") == [of_line]
    assert found(str(number)) == [nobodys, of_line]
    assert found(":".join(address[at : at + 2] for at in range(0, 12, 2)).upper()) == [of_line]
    assert found("085-000 16 11", customer_id=own) == [of_line]
    assert found(f"{word} niets") == []

    first = provisioning.staff("find_devices", query=word, limit=2)
    assert [row["customer_number"] for row in first["rows"]] == [number + 1, number]
    assert found(after=first["next"], limit=2) == [of_line]

    of_partner = Acting(kind="staff", scope="partner", customer_id=partner, username="partner")
    seen = provisioning.gateway.call("provisioning", "find_devices", of_partner, query="")["rows"]
    assert {row["customer_id"] for row in seen} == {own}
    with pytest.raises(Forbidden):
        provisioning.gateway.call("provisioning", "find_devices", of_partner, customer_id=other)


def test_staff_see_telephones_that_never_fetched_or_are_not_registered(
    provisioning: Provisioning, customer: str
) -> None:
    user = new_id()
    provisioning.user_is(customer, user, 1, display_name="Balie", extension="201")
    address = mac()
    works = provisioning.create(customer, address, user_id=user)
    waits = provisioning.create(customer, mac(), user_id=user)
    provisioning.create(customer, mac())  # nobody's: it need not register

    def found(state: str) -> set[str]:
        rows = provisioning.staff("find_devices", customer_id=customer, state=state)["rows"]
        return {row["id"] for row in rows}

    assert found("not_registered") == {works["id"], waits["id"]}
    provisioning.registered(provisioning.row(works["id"])["sip_user"])
    until(lambda: found("not_registered") == {waits["id"]}, what="the registration")
    assert works["id"] in found("never_fetched")
    curl(f"{provisioning.front}/{address}.cfg", "--digest", "-u", f"{works['config_user']}:{PASSWORD}")
    until(lambda: works["id"] not in found("never_fetched"), what="the fetch")  # noted beside the answer
    assert waits["id"] in found("never_fetched")
