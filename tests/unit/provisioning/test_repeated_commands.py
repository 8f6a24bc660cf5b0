"""A repeated command is the same command only with the same password, which is not kept to tell that by."""

from __future__ import annotations

import os
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from services.provisioning.domain.profiles import profiles
from services.provisioning.store import Store
from services.provisioning.usecases import devices
from services.provisioning.usecases.workshop import Workshop
from shared.acting import Acting
from shared.commands import digest_of
from shared.sealing import Sealer
from tests.unit.provisioning.parts import SITE

pytestmark = pytest.mark.feature("PRV-01")

WORKSHOP = Workshop(profiles(), SITE, Sealer.of({"1": b64encode(os.urandom(32)).decode()}))
ANNA = Acting(kind="user", scope="customer", customer_id="c" * 32, user_id="1" * 32, roles=("settings",))
ONE, OTHER = "Kruis-Bessen-1", "Kruis-Bessen-2"


class Asked:
    """A store that answers what the command was said to ask."""

    def once(self, command_id: str, request: tuple[object, ...], *_rest: Any) -> dict[str, Any]:
        return {"request": request}


STORE = cast(Store, Asked())


def now() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def create(password: str) -> Any:
    asked: dict[str, Any] = {"model": "snom-d785", "mac": "00:04:13:00:00:01", "label": "Balie", "keys": True}
    asked |= {"user_id": None, "line_id": None, "command_id": "1", "password": password}
    return devices.create_device(STORE, WORKSHOP, now, ANNA, "c" * 32, **asked)["request"]


def change(password: str | None) -> Any:
    asked: dict[str, Any] = {"device_id": "d" * 32, "command_id": "1", "label": "Balie", "password": password}
    return devices.change_device(STORE, WORKSHOP, now, ANNA, "c" * 32, **asked)["request"]


@pytest.mark.parametrize("command", [create, change])
def test_another_password_is_another_command(command: Any) -> None:
    assert digest_of(command(ONE)) == digest_of(command(ONE))
    assert digest_of(command(ONE)) != digest_of(command(OTHER))
    assert ONE not in repr(command(ONE))


def test_a_change_without_a_password_has_no_mark_of_one() -> None:
    assert "password" not in repr(change(None))
