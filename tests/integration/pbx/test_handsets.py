"""A user's settings name the device that provisioning says is theirs: at once, in the draft too."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from bson.codec_options import CodecOptions

from services.pbx.domain.edge.records import decode as told_by_proxy
from services.pbx.store import Store
from services.pbx.usecases.sip_records import record
from shared.events import DeviceChanged, RegistrationChanged, decode, encode, wrap
from shared.ids import new_id
from shared.publisher import Message, Publisher
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import SUPPORT, Office
from tests.support.processes import until


@pytest.mark.feature("PRV-01")
def test_a_device_is_its_users_as_soon_as_provisioning_says_so(pbx: Pbx) -> None:
    office = Office.opened(pbx)
    one, other = office.user("balie", extension="209"), office.user("kantine", extension="210")
    office.save("user", one, number=SUPPORT)
    publisher, device = Publisher(pbx.queues.uri), new_id()

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


@pytest.mark.feature("PRV-03")
def test_when_the_proxy_began_anew_nobody_is_registered_until_they_are_heard_of_again(pbx: Pbx) -> None:
    heard = pbx.queues.bind("pbx.events", "pbx.registration.changed.v1")
    store = Store(pbx.database.with_options(codec_options=CodecOptions(tz_aware=True, tzinfo=UTC)))

    def proxy_tells(key: str, at: float, **fields: Any) -> None:
        body = json.dumps({"id": new_id(), "at": str(at), **fields}).encode()
        record(store, lambda: datetime.now(UTC), [told_by_proxy(key, body)])

    def registers(sip_user: str, at: float) -> None:
        contact = f"sip:{sip_user}@192.0.2.7"
        proxy_tells(
            "registration", at, event="registered", sip_user=sip_user, contact=contact, expires=int(at) + 300
        )

    def next_one() -> tuple[str, str]:
        message: Any = until(lambda: pbx.queues.take(heard), what="a registration")
        event = decode(message.body, RegistrationChanged).data
        return event.sip_user, event.state

    registers("abcdefghjkmn", 1795402200.0)
    registers("bcdefghjkmnp", 1795402210.0)
    assert {next_one(), next_one()} == {("abcdefghjkmn", "registered"), ("bcdefghjkmnp", "registered")}
    proxy_tells("edge", 1795402205.0, event="started")  # told late: the other came after it
    assert next_one() == ("abcdefghjkmn", "expired")
    registers("abcdefghjkmn", 1795402220.0)
    assert next_one() == ("abcdefghjkmn", "registered")
