"""Phones of ten makes, each with a PBX of twenty users around it, as the service would have made them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from bench.phones import Phone
from services.provisioning.domain import device as devices
from services.provisioning.domain.device import PASSWORD, SIP, WEB, Device, Person
from services.provisioning.store.indexes import prepare
from services.provisioning.store.rows import device_row, person_row
from services.provisioning.usecases.workshop import Workshop
from shared import mongo

USERS_PER_CUSTOMER = 20
WORD = "Fiets-27"
MAKES = {
    "yealink-t54w": ("{mac}.cfg", "Yealink SIP-T54W 96.86.0.75 {mac}", False),
    "yealink-t31p": ("{mac}.cfg", "Yealink SIP-T31P 124.86.0.40 {mac}", False),
    "snom-d785": ("snomD785-{MAC}.htm", "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 {MAC})", True),
    "grandstream-grp2614": ("cfg{mac}.xml", "Grandstream Model HW GRP2614 SW 1.0.5.15", False),
    "grandstream-gxp2170": ("cfg{mac}.xml", "Grandstream Model HW GXP2170 SW 1.0.11.6", False),
    "poly-vvx450": ("poly-{mac}.cfg", "FileTransport PolycomVVX-VVX_450-UA/5.9.1.0615", False),
    "cisco-8841": ("cisco-{MAC}.xml", "Cisco-CP-8841-3PCC/11.0 ({mac})", False),
    "gigaset-n670": ("{MAC}.xml", "Gigaset N670 IP PRO/83.V2.43.0;{MAC}", False),
    "panasonic-hdv130": ("Config{MAC}.cfg", "Panasonic_KX-HDV130/01.133 ({mac})", True),
    "fanvil-x5u": ("{mac}.cfg", "Fanvil X5U-V2 2.12.16.17 {mac}", False),
}


def fill(uri: str, workshop: Workshop, count: int) -> list[Phone]:
    """Customers with a PBX and a phone for each user, as the service would have made them."""
    db = mongo.connect(uri, timeout_ms=60_000)
    prepare(db)
    phones: list[Phone] = []
    for first in range(0, count, USERS_PER_CUSTOMER):
        customer = secrets.token_hex(16)
        people = [_person(customer, n) for n in range(USERS_PER_CUSTOMER)]
        db["people"].insert_many([person_row(person) for person in people])
        made = [
            _device(workshop, customer, first + n, person, people)
            for n, person in enumerate(people[: count - first])
        ]
        db["devices"].insert_many([device_row(device) for device in made])
        phones += [_phone(device) for device in made]
    db.client.close()
    return phones


def _person(customer: str, place: int) -> Person:
    return Person(
        id=secrets.token_hex(16),
        customer_id=customer,
        revision=1,
        name=f"Medewerker {place}",
        extension=str(200 + place),
    )


def _device(workshop: Workshop, customer: str, place: int, person: Person, people: list[Person]) -> Device:
    id = secrets.token_hex(16)
    plain = {PASSWORD: WORD, SIP: devices.new_password(26), WEB: devices.new_password(16)}
    device = Device(
        id=id,
        customer_id=customer,
        model=list(MAKES)[place % len(MAKES)],
        label=person.name,
        config_user=devices.config_user(id),
        sip_user=devices.new_sip_user(),
        book=secrets.token_hex(16),
        created_at=datetime.now(UTC),
        mac=f"02{place:010x}",
        user_id=person.id,
        secrets={name: workshop.seal(id, name, value) for name, value in plain.items()},
    )
    return workshop.with_file(device, people)


def _phone(device: Device) -> Phone:
    file, agent, basic = MAKES[device.model]
    names = {"mac": device.mac, "MAC": device.mac.upper()}
    return Phone("/" + file.format(**names), device.config_user, WORD, agent.format(**names), basic)
