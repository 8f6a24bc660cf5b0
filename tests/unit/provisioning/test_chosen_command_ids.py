"""Who chooses the IDs of their commands may choose a colleague's, or one of long ago: nobody is hindered."""

from __future__ import annotations

import os
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.provisioning.domain.profiles import profiles
from services.provisioning.store import Store
from services.provisioning.usecases import devices
from services.provisioning.usecases.workshop import Workshop
from shared import tenancy
from shared.acting import Acting
from shared.sealing import Sealer
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.provisioning.parts import SITE

pytestmark = pytest.mark.feature("PRV-01")

WORKSHOP = Workshop(profiles(), SITE, Sealer.of({"1": b64encode(os.urandom(32)).decode()}))
ANNA = Acting(kind="user", scope="customer", customer_id="c" * 32, user_id="1" * 32, roles=("settings",))
BART = msgspec.structs.replace(ANNA, user_id="2" * 32)
KEY = "add-phone-1"
RECEPTION, KITCHEN = "00:04:13:00:00:01", "00:04:13:00:00:02"


@pytest.fixture
def db() -> Any:
    server = Server()
    for field in ("config_user", "sip_user", "book"):
        server.make_unique("devices", field)
    return Database(server)


def add(db: Any, acting: Acting, mac: str) -> str:
    """The new device's ID."""
    asked: dict[str, Any] = {"mac": mac, "password": "Kruis-Bessen-1", "label": "", "keys": False}
    asked |= {"model": "snom-d785", "user_id": None, "line_id": None, "command_id": KEY}
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with tenancy.only_for(acting):
        made = devices.create_device(Store(db), WORKSHOP, lambda: now, acting, "c" * 32, **asked)
    return str(made["id"])


def config_user(db: Any, device_id: str) -> str:
    return str(db["devices"].find_one({"_id": device_id})["config_user"])


def test_two_colleagues_add_a_telephone_each_under_the_same_id(db: Any) -> None:
    first, second = add(db, ANNA, RECEPTION), add(db, BART, KITCHEN)
    assert (add(db, ANNA, RECEPTION), add(db, BART, KITCHEN)) == (first, second)
    shown = devices.proposal(WORKSHOP, "c" * 32, "snom-d785", "", KEY)["config_user"]
    assert config_user(db, first) == shown != config_user(db, second)


def test_an_id_counts_again_when_its_command_is_forgotten(db: Any) -> None:
    first = add(db, ANNA, RECEPTION)
    db["commands"].delete_many({})
    second = add(db, ANNA, KITCHEN)
    assert config_user(db, first) != config_user(db, second)
