"""Several people who change the same settings at the same moment, on a real MongoDB."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from shared.errors import Conflict, Invalid
from tests.integration.pbx.at_once import at_once
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import COMPANY, LINE, SPARE, SUPPORT, Office
from tests.support.sounds import wav

CALLERS = 6


@pytest.fixture
def office(pbx: Pbx) -> Office:
    return Office.opened(pbx)


@pytest.mark.feature("PBX-06")
def test_of_many_who_want_an_extension_at_once_one_gets_it(office: Office) -> None:
    users = [office.user(f"verkoop{n}") for n in range(CALLERS)]
    answers = at_once([partial(office.save, "user", user, extension="209") for user in users])
    assert Counter(type(answer) for answer in answers) == {dict: 1, Invalid: CALLERS - 1}
    kept = [user["extension"] for user in office.config()["config"]["users"]]
    assert kept.count("209") == 1
    assert all("Vrij zijn" in a.fields["extension"][0] for a in answers if isinstance(a, Invalid))


@pytest.mark.feature("PBX-06")
def test_of_a_line_a_user_and_a_group_that_want_a_number_at_once_one_gets_it(office: Office) -> None:
    """A line acts at once, the others in the draft."""
    for number in (SUPPORT, SPARE, LINE):
        desk = office.user(f"u{number[-2:]}")
        answers = at_once(
            [
                partial(office.save, "user", desk, number=number),
                partial(office.change, "add", part="group", values={"name": "Groep", "number": number}),
                partial(office.staff, "add_line", values={"name": "Fax", "number": number}),
            ]
        )
        assert Counter(type(answer) for answer in answers) == {dict: 1, Invalid: 2}
        config = office.config()["config"]
        holders = [e for kind in ("users", "groups", "lines") for e in config[kind] if e["number"] == number]
        assert len(holders) == 1


def test_changes_of_different_elements_at_once_all_stay(office: Office) -> None:
    users = [office.user(f"verkoop{n}") for n in range(CALLERS)]
    seen = office.config()["revision"]
    saves = [
        partial(
            office.change,
            "save",
            part="user",
            id=user,
            values={"first_name": f"Naam {n}"},
            base_revision=seen,
        )
        for n, user in enumerate(users)
    ]
    answers = at_once(saves)
    assert all(isinstance(answer, dict) for answer in answers), answers
    names = {user["first_name"] for user in office.config()["config"]["users"]}
    assert names >= {f"Naam {n}" for n in range(CALLERS)}


def test_of_many_who_change_one_element_from_the_same_page_one_does(office: Office) -> None:
    desk = office.user("receptie")
    seen = office.config()["revision"]
    saves = [
        partial(
            office.change,
            "save",
            part="user",
            id=desk,
            values={"first_name": f"Naam {n}"},
            base_revision=seen,
        )
        for n in range(CALLERS)
    ]
    assert Counter(type(answer) for answer in at_once(saves)) == {dict: 1, Conflict: CALLERS - 1}


def test_a_number_is_not_published_while_it_is_taken_away(office: Office) -> None:
    """Whichever comes first: nobody publishes a number that is not the customer's any more."""
    desk = office.user("receptie")
    office.save("company", None, number=COMPANY)
    office.save("user", desk, number=SUPPORT)
    rows = office.pbx.staff("assignments", customer_id=office.customer_id)["rows"]
    assignment = next(row["id"] for row in rows if row["number"] == SUPPORT)
    published, ended = at_once(
        [partial(office.change, "publish"), partial(office.pbx.end, assignment, "2026-02-01")]
    )
    assert isinstance(ended, dict)
    subjects = [e["subject"] for e in office.told("pbx.number.changed.v1") if e["number"] == SUPPORT]
    assert subjects[-1] == ("user" if isinstance(published, dict) else "none")
    told = [e for e in office.told("pbx.number.changed.v1") if e["number"] == SUPPORT]
    assert [e["revision"] for e in told] == list(range(1, len(told) + 1))
    assert told[-1]["valid_to"] is not None or subjects[-1] == "user"


def test_many_who_publish_one_draft_publish_it_once(office: Office) -> None:
    office.save("company", None, number=COMPANY)
    answers = at_once([partial(office.change, "publish") for _ in range(CALLERS)])
    assert Counter(type(answer) for answer in answers) == {dict: 1, Conflict: CALLERS - 1}
    assert [row["kind"] for row in office.call("history")["rows"]].count("publish") == 1


def test_a_sound_is_not_removed_while_somebody_begins_to_use_it(office: Office) -> None:
    for n in range(3):
        file_id = office.upload(wav(), kind="music", name=f"Muziek {n}")["file"]["id"]
        saved, removed = at_once(
            [
                partial(office.save, "music", None, file=file_id),
                partial(office.change, "remove_file", file_id=file_id),
            ]
        )
        assert isinstance(saved, Invalid) != isinstance(removed, Conflict)
        known = {row["id"] for row in office.call("files")["rows"]}
        music = office.config()["config"]["music"]
        assert music is None or music in known
        if music:
            office.save("music", None, file=None)
