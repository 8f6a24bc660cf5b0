"""What is published is what somebody looked at, and saved test calls never stand in its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from services.pbx.domain.config import Menu
from services.pbx.domain.parts import Part
from services.pbx.domain.routing import Call
from services.pbx.domain.test_calls import TestCall
from services.pbx.schemas.parts import read
from services.pbx.schemas.requests import Picture, Publish, SaveTestCall, SetNight, Simulate
from services.pbx.usecases import editing, publishing, trying
from services.pbx.views.planning import _tried
from shared.acting import Acting
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from tests.unit.pbx.edge_scene import BAKERY, COMPANY, Scene
from tests.unit.pbx.plans import pbx, user

pytestmark = pytest.mark.feature("PBX-14")

ACTING = Acting(kind="user", scope="customer", customer_id=BAKERY, user_id="u" * 32, roles=("settings",))
FAR = datetime(9999, 12, 31, 23, 30, tzinfo=UTC)
AT = {"0001-01-01T00:00:00+01:00", "1999-12-31T23:59:59+00:00", "2100-01-01T00:00:00+00:00", FAR.isoformat()}


class Office:
    """A customer whose people change the settings."""

    def __init__(self) -> None:
        self.scene = Scene(pbx(user("201"), user("202"), Menu(id="menu", name="Menu", number="+31850001611")))

    def do(self, command: Callable[..., Any], **fields: Any) -> Any:
        return command(self.scene.store, lambda: self.scene.now, ACTING, command_id=new_id(), **fields)

    def rename(self, user_id: str, name: str) -> int:
        """The revision after a change in the draft."""
        change = {"part": Part.USER, "id": user_id, "values": {"first_name": name}}
        return int(self.do(editing.save, **change)["revision"])

    def names(self) -> list[str]:
        return [one.first_name for one in self.scene.store.settings(BAKERY).published.users]


def test_what_changed_since_somebody_looked_is_not_published() -> None:
    office = Office()
    seen = office.rename("201", "Jan")
    now = office.rename("202", "half")
    with pytest.raises(Conflict, match="Bekijk opnieuw wat bellers merken"):
        office.do(publishing.publish, note="", base_revision=seen)
    assert office.names() == ["U201", "U202"]
    office.do(publishing.publish, note="", base_revision=now)
    assert office.names() == ["Jan", "half"]


def test_nor_is_it_thrown_away() -> None:
    office = Office()
    seen = office.rename("201", "Jan")
    now = office.rename("202", "Kees")
    with pytest.raises(Conflict, match="Bekijk het concept opnieuw"):
        office.do(publishing.discard, base_revision=seen)
    office.do(publishing.discard, base_revision=now)
    with pytest.raises(Conflict, match="geen wijzigingen"):
        office.do(publishing.discard, base_revision=now)


def test_who_says_nothing_of_what_was_seen_publishes_the_draft_as_it_is() -> None:
    """Programs, and the gateway of the release before."""
    office = Office()
    office.rename("201", "Jan")
    fields = Publish().load({"command_id": new_id()})
    assert fields["base_revision"] is None
    publishing.publish(office.scene.store, lambda: office.scene.now, ACTING, **fields)
    assert office.names() == ["Jan", "U202"]


@pytest.mark.parametrize("at", sorted(AT))
def test_moments_are_of_years_that_clocks_reckon_with(at: str) -> None:
    call = {
        "caller": "0600000012",
        "called": COMPANY,
        "command_id": new_id(),
        "name": "t",
        "expect": "end:busy",
    }
    asked: list[tuple[Any, dict[str, Any]]] = [
        (SaveTestCall(), {**call, "at": at}),
        (Simulate(only=("caller", "called", "at")), {"caller": "201", "called": "202", "at": at}),
        (Picture(), {"at": at}),
        (SetNight(), {"state": "on", "until": at, "command_id": new_id()}),
    ]
    for schema, body in asked:
        with pytest.raises(ValidationError, match="van 2000 tot en met 2099"):
            schema.load(body)
    with pytest.raises(Invalid):
        read(Part.NIGHT, {"until": at})


def test_a_test_call_that_cannot_be_planned_is_broken_and_forbids_nothing() -> None:
    """It was saved before its year was looked at."""
    office = Office()
    call = Call(caller="+31600000012", called="+31850001611")
    wanted = {"name": "Ooit", "direction": "in", "keys": [], "busy": [], "unregistered": [], "id": None}
    office.do(
        trying.save_test_call, **wanted, caller=call.caller, called=call.called, at=FAR, expect="menu:menu"
    )
    office.rename("201", "Jan")
    assert [one["name"] for one in office.do(publishing.publish, note="")["broken"]] == ["Ooit"]
    (kept,) = office.scene.store.settings(BAKERY).test_calls
    assert isinstance(kept, TestCall)
    row = _tried(office.scene.store.settings(BAKERY).published, kept)
    assert (row["holds"], row["outcome"]["reason"]) == (False, "Kies een moment van 2000 tot en met 2099.")
