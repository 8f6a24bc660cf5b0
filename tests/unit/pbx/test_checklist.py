"""The checklist of the manual, 6.9, filled in from a configuration."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.demo.example import NUMBERS, example
from services.pbx.domain.checklist import MOST_NAMED, Item, Section, checklist
from services.pbx.domain.config import Config, Key, Menu, MenuSide, PbxUser, Voicemail
from tests.unit.pbx.plans import COMPANY, company_voicemail, forwards, group, pbx, user

pytestmark = pytest.mark.feature("PBX-13")


def section(config: Config, kind: str, owned: tuple[str, ...] = (COMPANY,)) -> Section:
    return next(one for one in checklist(config, owned).sections if one.kind == kind)


def item(config: Config, code: str, owned: tuple[str, ...] = (COMPANY,)) -> Item:
    rows = (row for one in checklist(config, owned).sections for row in one.items)
    return next(row for row in rows if row.code == code)


def test_the_example_of_the_manual_lacks_its_spoken_welcome_only() -> None:
    found = checklist(example(), NUMBERS)
    assert (found.done, found.total) == (11, 12)
    lacking = [row for one in found.sections for row in one.items if not row.optional and not row.done]
    assert [(row.code, row.heading) for row in lacking] == [("open_greeting", "Keuzemenu onder werktijd")]


def test_the_parts_stand_in_the_order_of_the_manual() -> None:
    titles = [one.title for one in checklist(Config(), ()).sections]
    assert titles == [
        "Algemene instellingen",
        "Medewerkers",
        "Toestellen voor medewerkers",
        "Belgroepen",
        "Keuzemenu",
    ]


def test_an_empty_pbx_has_done_nothing_and_needs_no_groups_or_menus() -> None:
    found = checklist(Config(), ())
    assert (found.done, found.total) == (0, 4)
    assert [one.kind for one in found.sections if not one.wanted] == ["group", "menu"]


def test_a_company_number_of_somebody_else_does_not_count() -> None:
    assert item(pbx(), "company_number").done
    assert not item(pbx(), "company_number", owned=()).done


def test_it_says_where_it_is_not_done() -> None:
    nameless = PbxUser(id="x", username="balie1", extension="203")
    row = item(pbx(user("201"), nameless), "user_names")
    assert (row.done, row.ready, row.of) == (False, 1, 2)
    assert [ref.name for ref in row.open] == ["balie1 (203)"]
    assert row.where is not None and row.where.id == "x"


def test_it_names_the_first_few_of_many() -> None:
    people = [PbxUser(id=str(n), username=f"u{n}") for n in range(40)]
    row = item(pbx(*people), "user_extensions")
    assert (len(row.open), row.of - row.ready) == (MOST_NAMED, 40)


def test_what_is_optional_is_done_when_one_has_it_and_never_counts() -> None:
    without, with_it = pbx(user("201"), user("202")), pbx(user("201", number=COMPANY), user("202"))
    assert not item(without, "user_numbers").done and item(with_it, "user_numbers").done
    assert checklist(without, (COMPANY,)).total == checklist(with_it, (COMPANY,)).total


def test_a_telephone_that_never_rings_needs_no_device() -> None:
    people = [
        user("201", device="d"),
        user("202", forwards=forwards(always="0600000012")),
        user("203", voicemail=Voicemail(on=True, always=True)),
        company_voicemail(),
    ]
    row = item(pbx(*people), "devices")
    assert (row.done, row.of) == (True, 1)


def test_a_group_without_members_and_a_menu_without_keys_are_open() -> None:
    config = pbx(user("201"), group(), Menu(id="m", name="Hoofdmenu", extension="555"))
    assert not item(config, "group_members").done
    assert not item(config, "open_keys").done
    keyed = pbx(Menu(id="m", name="Hoofdmenu", open=MenuSide(keys={"1": Key(action="repeat")})))  # type: ignore[arg-type]
    assert section(keyed, "menu").wanted


@given(st.lists(st.sampled_from(["201", "202", "203"]), unique=True), st.booleans())
@settings(max_examples=40)
def test_the_count_is_that_of_the_lines(extensions: list[str], with_group: bool) -> None:
    elements: list[Any] = [user(one) for one in extensions] + ([group(*extensions)] if with_group else [])
    found = checklist(pbx(*elements), (COMPANY,))
    rows = [row for one in found.sections if one.wanted for row in one.items if not row.optional]
    assert (found.done, found.total) == (sum(row.done for row in rows), len(rows))
