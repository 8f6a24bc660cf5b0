"""Wrong passwords for phones, from an address that tries many: the real door, with a database in memory."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

import pytest

from services.provisioning.domain.authentication import Nonces
from services.provisioning.domain.device import PASSWORD, SIP, WEB, Device
from services.provisioning.domain.files import Names
from services.provisioning.domain.lockout import FIRST_LOCK, MOST_MACS, MOST_WRONG
from services.provisioning.domain.profiles import Profile, profiles
from services.provisioning.store import Desk
from services.provisioning.store.rows import device_row
from services.provisioning.usecases.fetching import Answer, Fetching, Request
from services.provisioning.usecases.workshop import Workshop
from shared.sealing import Sealer
from tests.support.memory_server import Server
from tests.unit.provisioning.parts import SITE, Database, device

pytestmark = pytest.mark.feature("PRV-04")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
THERE, ELSEWHERE = "192.0.2.66", "192.0.2.67"
RIGHT = "Fiets-27"
NOBODYS = "00dddddddddd"
CONFIG = "/{mac}.cfg"

known = cache(profiles)


class Front:
    """One telephone of ours behind the door, and whoever asks."""

    def __init__(self) -> None:
        self.db = Database(Server())
        self.now = NOW
        sealer = Sealer.of({"1": base64.b64encode(bytes(range(32))).decode()}, strict=False)
        models: dict[str, Profile] = dict(known())
        workshop = Workshop(models, SITE, sealer)
        names = Names(file for profile in models.values() for file in profile.files)
        desk = Desk(cast(Any, self.db))
        self.fetching = Fetching(desk, workshop, names, Nonces(b"n" * 32), lambda: self.now)
        self.ours = self._device(workshop)

    def _device(self, workshop: Workshop) -> Device:
        made = device(model="yealink-t54w")
        secrets = {name: workshop.seal(made.id, name, RIGHT) for name in (PASSWORD, SIP, WEB)}
        self.db["devices"].insert_one(device_row(device(model="yealink-t54w", secrets=secrets)))
        return made

    def ask(self, mac: str, password: str, source: str = THERE) -> Answer:
        target = CONFIG.format(mac=mac)
        proof = base64.b64encode(f"{self.ours.config_user}:{password}".encode()).decode()
        return self.fetching.answer(Request("GET", target, target[1:], source, f"Basic {proof}"))

    def invent(self, count: int = MOST_MACS + 1) -> None:
        """Ask for that many telephones that there are not."""
        for n in range(count):
            self.ask(f"00eeee{n:06x}", "Wrong")

    def counted(self) -> int:
        return self.db["tries"].count_documents({})


def test_who_tried_many_mac_addresses_guesses_no_oftener_at_a_phone_of_ours_than_anybody_else() -> None:
    front = Front()
    front.invent()
    guesses = [front.ask(front.ours.mac, f"Wrong-{n}").status for n in range(MOST_WRONG)]
    assert guesses == [429] * MOST_WRONG
    assert front.ask(front.ours.mac, RIGHT).status == 429, "locked, so that the right guess says nothing"
    assert front.ask(front.ours.mac, RIGHT, ELSEWHERE).status == 200
    front.now += FIRST_LOCK + timedelta(seconds=1)
    assert front.ask(front.ours.mac, RIGHT).status == 200


def test_such_an_address_cannot_tell_a_phone_of_ours_by_how_long_it_has_to_wait() -> None:
    front = Front()
    front.invent()
    for n in range(3 * MOST_WRONG):
        front.now += timedelta(seconds=40)
        assert front.ask(front.ours.mac, f"Wrong-{n}") == front.ask(NOBODYS, f"Wrong-{n}")


def test_what_is_counted_of_such_an_address_grows_by_phones_of_ours_only() -> None:
    front = Front()
    front.invent()
    before = front.counted()
    front.invent(2 * MOST_MACS)
    front.ask(NOBODYS, RIGHT)
    assert front.counted() == before
    front.ask(front.ours.mac, "Wrong")
    front.ask(front.ours.mac, "Wrong")
    assert front.counted() == before + 1
