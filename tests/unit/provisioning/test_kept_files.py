"""What the desk made while a phone waited is kept only in the place of the file it looked at."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest

from services.provisioning.domain.device import Rendered
from services.provisioning.store import Desk
from services.provisioning.store.rows import device_of, device_row
from tests.support.memory_server import Server
from tests.unit.provisioning.parts import Database, device

pytestmark = pytest.mark.feature("PRV-05")

BEFORE = Rendered(body="…", etag="1", made_from="a release ago")
OTHERS = {
    "the same text, of newer news": msgspec.structs.replace(BEFORE, made_from="now"),
    "another text": msgspec.structs.replace(BEFORE, etag="2"),
}
FRESH = Rendered(body="…", etag="3", made_from="now")


def kept_after(looked_at: Rendered | None, stands: Rendered | None) -> Rendered | None:
    """What is kept when the file that ``stands`` was another when the desk looked at it."""
    db = Database(Server())
    db["devices"].insert_one(device_row(device(rendered=stands)))
    Desk(cast(Any, db)).keep(device(rendered=looked_at), FRESH)
    return device_of(next(iter(db["devices"].find()))).rendered


@pytest.mark.parametrize("looked_at", [BEFORE, None])
def test_a_file_that_nobody_changed_makes_place(looked_at: Rendered | None) -> None:
    assert kept_after(looked_at, looked_at) == FRESH


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_was_made_anew_meanwhile_stays(name: str) -> None:
    assert kept_after(BEFORE, OTHERS[name]) == OTHERS[name]
