"""A user's settings name the device that provisioning says is theirs: at once, in the draft too."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events import DeviceChanged, encode, wrap
from shared.ids import new_id
from shared.publisher import Message, Publisher
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import SUPPORT, Office
from tests.support.processes import until


@pytest.mark.feature("PRV-01")
def test_a_device_is_its_users_as_soon_as_provisioning_says_so(pbx: Pbx, vhost: str) -> None:
    office = Office.opened(pbx)
    one, other = office.user("balie", extension="209"), office.user("kantine", extension="210")
    office.save("user", one, number=SUPPORT)
    publisher, device = Publisher(vhost), new_id()

    def tell(revision: int, user_id: str, **more: Any) -> None:
        event = DeviceChanged(
            device_id=device, revision=revision, sip_user="abcdefghjkmn", user_id=user_id, **more
        )
        message = Message("provisioning.events", event.name, encode(wrap(event, office.customer_id)))
        publisher.publish([message])

    def devices(which: str) -> list[str | None]:
        users = office.call("config", which=which)["config"]["users"]
        return [next(u["device"] for u in users if u["id"] == id) for id in (one, other)]

    tell(1, one)
    until(lambda: devices("published") == [device, None], what="the device")
    assert devices("draft") == [device, None]
    assert office.call("config")["draft"], "the draft is still there"
    tell(3, other)
    until(lambda: devices("published") == [None, device], what="the device to move")
    tell(2, one)
    tell(4, other, deleted=True)
    until(lambda: devices("published") == [None, None], what="the device to go")
    publisher.close()
