"""Every method that changes settings leaves its entry for the audit log, and one only."""

from __future__ import annotations

from typing import Any

import pytest

from shared.ids import new_id
from tests.integration.identity.test_every_change_is_audited import OF_SETTINGS
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import COMPANY, LINE, Office
from tests.support.sounds import wav

pytestmark = pytest.mark.feature("ID-10")

EXPECTED = {
    "enable_pbx": "pbx.enabled",
    "add_user": "pbx_user.added",
    "set_calls_abroad": "calls_abroad.changed",
    "add_line": "pbx_line.added",
    "change_line": "pbx_line.changed",
    "remove_line": "pbx_line.removed",
    "save": "pbx_company.changed",
    "add": "pbx_group.added",
    "move_member": "pbx_group.changed",
    "set_night": "pbx_night.set",
    "set_secret": "pbx_user.password_set",
    "publish": "pbx.published",
    "discard": "pbx.draft_discarded",
    "roll_back": "pbx.rolled_back",
    "save_test_call": "test_call.saved",
    "remove_test_call": "test_call.removed",
    "remove_file": "sound.removed",
    "remove": "pbx_group.removed",
    "import_config": "pbx.imported",
    "remove_user": "pbx_user.removed",
    "disable_pbx": "pbx.disabled",
}


def test_the_table_names_every_method() -> None:
    assert set(EXPECTED) == OF_SETTINGS


def test_each_of_them_leaves_its_entry(pbx: Pbx) -> None:
    office = Office(pbx)
    pbx.command("add_range", first="+31850001600", last="+31850001699")
    pbx.assign(office.customer_id, COMPANY, LINE)
    left: dict[str, list[str]] = {}

    def did(method: str, answer: Any) -> Any:
        known = sum(len(actions) for actions in left.values())
        left.setdefault(method, []).extend(office.audited()[1 + known :])
        return answer

    did("enable_pbx", office.staff("enable_pbx"))
    staff_and_lines(office, did)
    customer_changes(office, did)
    assert {method: actions[-1] for method, actions in left.items() if method in EXPECTED} == EXPECTED
    assert all(len(actions) == 1 for method, actions in left.items() if method in EXPECTED), left


def staff_and_lines(office: Office, did: Any) -> None:
    did("set_calls_abroad", office.staff("set_calls_abroad", most=2))
    line = did("add_line", office.staff("add_line", values={"name": "Winkel", "number": LINE}))["id"]
    did("change_line", office.staff("change_line", id=line, values={"name": "Toonbank"}))
    did("remove_line", office.staff("remove_line", id=line))


def customer_changes(office: Office, did: Any) -> None:
    place = {"username": "receptie", "extension": "209"}
    desk = did("add_user", office.staff("add_user", values=place))["id"]
    did("save", office.save("company", None, number=COMPANY))
    revision = did("publish", office.change("publish"))["revision"]
    values = {"name": "Verkoop", "extension": "101", "members": [desk, office_voicemail(office)]}
    sales = did("add", office.change("add", part="group", values=values))["id"]
    moved = {"group_id": sales, "user_id": desk, "direction": "down"}
    did("move_member", office.change("move_member", **moved))
    did("remove", office.change("remove", part="group", id=sales))
    did("(another draft)", office.save("company", None, name="Fictief B.V."))
    did("discard", office.change("discard"))
    did("set_night", office.change("set_night", state="on"))
    did("set_secret", office.change("set_secret", user_id=desk, kind="password", value="vlierbes88jam"))
    did("roll_back", office.change("roll_back", revision=revision))
    call = {"caller": "0600000012", "called": COMPANY, "at": "2026-11-24T10:00:00Z", "expect": "end:reject"}
    test = did("save_test_call", office.change("save_test_call", name="Overdag", **call))["id"]
    did("remove_test_call", office.change("remove_test_call", id=test))
    sound = did("(an upload)", office.upload(wav(), upload_id=new_id()))["file"]["id"]
    did("remove_file", office.change("remove_file", file_id=sound))
    config = office.pbx.staff("config_of", customer_id=office.customer_id)["config"]
    did("import_config", office.staff("import_config", config={**config, "music": None}))
    did("remove_user", office.staff("remove_user", id=desk))
    did("disable_pbx", office.staff("disable_pbx", reason="Opgezegd"))


def office_voicemail(office: Office) -> str:
    return next(str(u["id"]) for u in office.config()["config"]["users"] if u["extension"] == "999")
