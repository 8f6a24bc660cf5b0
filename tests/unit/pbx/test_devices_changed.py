"""Whose telephone a SIP user is, when provisioning tells of two telephones of one customer at once."""

from __future__ import annotations

import pytest

from services.pbx.usecases.phones import device_changed
from shared.events import DeviceChanged, Envelope, wrap
from tests.unit.pbx.edge_scene import BAKERY, NOON, Scene
from tests.unit.pbx.steps import once_at

pytestmark = pytest.mark.feature("PRV-01")


def told(device: str, sip_user: str, revision: int, user_id: str | None = "jan") -> Envelope[DeviceChanged]:
    """A telephone of this user, or of nobody any more."""
    event = DeviceChanged(
        device_id=device,
        revision=revision,
        sip_user=sip_user,
        user_id=user_id,
        model="snom-d785",
        label="",
        deleted=user_id is None,
    )
    return wrap(event, BAKERY, NOON)


@pytest.mark.parametrize(
    ("before", "first", "second", "device"),
    [
        pytest.param(
            [told("old", "aaa", 1)], told("new", "bbb", 1), told("old", "aaa", 2, None), "new", id="another"
        ),
        pytest.param(
            [told("one", "aaa", 1), told("two", "bbb", 1)],
            *(told("two", "bbb", 2, None), told("one", "aaa", 2, None), None),
            id="both go",
        ),
    ],
)
def test_the_settings_name_the_telephone_that_there_is(
    before: list[Envelope[DeviceChanged]],
    first: Envelope[DeviceChanged],
    second: Envelope[DeviceChanged],
    device: str | None,
) -> None:
    """What the first reads of the other is of before: it has to run again."""
    scene = Scene()
    scene.db["phones"].delete_many({})
    for envelope in before:
        device_changed(scene.store, envelope)
    once_at(scene, "update phones", lambda: device_changed(scene.store, second))
    assert device_changed(scene.store, first)
    jan = next(user for user in scene.store.settings(BAKERY).published.users if user.id == "jan")
    assert jan.device == device
