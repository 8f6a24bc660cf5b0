"""A device and a PBX for tests, with invented values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from services.provisioning.domain.device import Device, Person
from services.provisioning.domain.values import Site
from tests.support import memory_mongo

SITE = Site("https://toestellen.example", "sip.example", 5061, "tls", "tikker", "nl.pool.ntp.org")
USER = "1" * 32

DEVICE = Device(
    id="0" * 32,
    customer_id="c" * 32,
    model="",
    label="Toestel van de balie",
    config_user="1234567890",
    sip_user="abcdefghjkmn",
    book="b" * 32,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    mac="001a2b3c4d5e",
    user_id=USER,
)
SIP_PASSWORD, WEB_PASSWORD = "Sip-Geheim-123", "Web-Geheim-456"


class Database(memory_mongo.Database):
    """The desk writes its marks with a concern of their own."""

    def with_options(self, **_: Any) -> Database:
        return self


def device(**more: Any) -> Device:
    return msgspec.structs.replace(DEVICE, **more)


def person(id: str, name: str, extension: str, **more: Any) -> Person:
    return Person(id=id, customer_id="c" * 32, revision=1, name=name, extension=extension, **more)


PEOPLE = [
    person(USER, "Balie", "209", call_waiting=True),
    person("2" * 32, "Verkoop 1", "201"),
    person("3" * 32, 'Piet "Snel" & <Zn>', "202"),
    person("4" * 32, "Bedrijf Voicemail", "999"),
    person("5" * 32, "Vertrokken", "203", deleted=True),
]
