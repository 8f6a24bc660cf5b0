"""Draft and published side by side: what a change does to either."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.pbx.domain import parts
from services.pbx.domain.config import (
    Config,
    Group,
    Line,
    Night,
    NightState,
    PbxUser,
    Schedule,
    ShownNumber,
)
from services.pbx.domain.parts import Part
from services.pbx.domain.settings import (
    Change,
    Edit,
    Publication,
    Settings,
    Which,
    changed,
    discarded,
    given_back,
    published,
    rolled_back,
    with_blocks,
    without_pbx,
)
from services.pbx.domain.user_events import changed_users, subjects, user_event
from shared.errors import Conflict, NotFound

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
WITH_PBX = Settings("c", revision=1, enabled=True)


def naming(name: str) -> Edit:
    return lambda config: structs.replace(config, company=structs.replace(config.company, name=name))


def with_users(*users: PbxUser) -> Config:
    return Config(users=users)


@pytest.mark.feature("PBX-14")
def test_a_change_goes_into_the_draft_and_at_once_into_both() -> None:
    drafted = changed(WITH_PBX, Change("company", naming("A")), NOW)
    assert (drafted.published.company.name, drafted.config(Which.DRAFT).company.name) == ("", "A")
    assert drafted.draft_since == NOW
    at_once = changed(
        drafted, Change("line:1", lambda c: parts.added(c, Part.LINE, Line(id="1", number="+31"))), NOW
    )
    assert at_once.draft is not None
    assert at_once.published.lines == ()
    both = changed(
        drafted,
        Change("line:1", lambda c: parts.added(c, Part.LINE, Line(id="1", number="+31")), at_once=True),
        NOW,
    )
    assert both.draft is not None
    assert len(both.published.lines) == len(both.draft.lines) == 1
    assert both.published.company.name == ""


def test_without_a_pbx_there_is_no_draft() -> None:
    found = changed(Settings("c"), Change("company", naming("A")), NOW)
    assert (found.draft, found.published.company.name, found.revision) == (None, "A", 1)


@given(st.lists(st.sampled_from(["", "A", "B"]), max_size=12))
def test_there_is_a_draft_exactly_when_it_says_something_else(names: list[str]) -> None:
    found = WITH_PBX
    for name in names:
        before = found
        found = changed(found, Change("company", naming(name)), NOW)
        assert found.revision == before.revision + (found != before)
        assert (found.draft is not None) == (name != "")
        assert found.published == before.published


def test_what_the_draft_has_taken_away_can_still_change_at_once() -> None:
    schedule = Schedule(id="s", name="Werktijden")
    start = replace(WITH_PBX, published=Config(schedules=(schedule,)))
    without = changed(start, Change("schedule:s", lambda c: parts.removed(c, Part.SCHEDULE, "s")), NOW)
    renamed = Schedule(id="s", name="Kantooruren")
    edit = Change("schedule:s", lambda c: parts.replaced(c, Part.SCHEDULE, "s", renamed), at_once=True)
    found = changed(without, edit, NOW)
    assert found.published.schedules == (renamed,)
    assert found.config(Which.DRAFT).schedules == ()


def test_only_a_change_of_the_same_element_is_in_the_way() -> None:
    seen = WITH_PBX.revision
    other = changed(WITH_PBX, Change("company", naming("A")), NOW)
    edit = Change("outgoing", lambda c: structs.replace(c, music="f"), base=seen)
    assert changed(other, edit, NOW).draft is not None
    with pytest.raises(Conflict):
        changed(other, Change("company", naming("B"), base=seen), NOW)
    assert changed(other, Change("company", naming("B"), base=other.revision), NOW).revision == 3


@pytest.mark.feature("PBX-14")
def test_publishing_and_throwing_away_leave_no_draft() -> None:
    drafted = changed(WITH_PBX, Change("company", naming("A")), NOW)
    assert drafted.draft is not None
    done = published(drafted, drafted.draft, Publication(NOW, "iris", "klaar"))
    assert (done.draft, done.published.company.name, done.published.revision) == (None, "A", done.revision)
    gone = discarded(drafted)
    assert (gone.draft, gone.published, gone.revision) == (None, drafted.published, drafted.revision + 1)


@pytest.mark.feature("PBX-14")
def test_a_form_from_before_a_roll_back_is_stale() -> None:
    """Else saving it would undo, without a word, what was rolled back, thrown away or read in."""
    start = replace(
        WITH_PBX, published=with_users(PbxUser(id="u", username="a"), PbxUser(id="v", username="v"))
    )
    rename = Change("user:u", lambda config: config, base=start.revision)
    other = Change("user:v", lambda config: config, base=start.revision)
    earlier = with_users(PbxUser(id="u", username="b"), PbxUser(id="v", username="v"))
    back = published(start, earlier, Publication(NOW))
    with pytest.raises(Conflict):
        changed(back, rename, NOW)
    assert changed(back, other, NOW) == back
    changed(back, replace(rename, base=back.revision), NOW)


@pytest.mark.feature("PBX-14")
def test_a_form_of_a_draft_that_was_thrown_away_is_stale() -> None:
    drafted = changed(WITH_PBX, Change("company", naming("A")), NOW)
    gone = discarded(drafted)
    with pytest.raises(Conflict):
        changed(gone, Change("company", naming("A B"), base=drafted.revision), NOW)
    changed(gone, Change("company", naming("A B"), base=gone.revision), NOW)


@pytest.mark.feature("PBX-14")
def test_publishing_what_everybody_saw_makes_no_form_stale() -> None:
    drafted = changed(WITH_PBX, Change("company", naming("A")), NOW)
    assert drafted.draft is not None
    done = published(drafted, drafted.draft, Publication(NOW))
    assert done.touched == drafted.touched
    changed(done, Change("company", naming("B"), base=drafted.revision), NOW)


@pytest.mark.feature("PBX-14")
def test_an_earlier_version_brings_neither_lines_nor_a_night_mode_back() -> None:
    now = Config(lines=(Line(id="1", number="+31"),), night=Night(state=NightState.ON, destination="209"))
    settings = replace(WITH_PBX, published=now)
    found = rolled_back(settings, Config(night=Night(destination="999")))
    assert (found.lines, found.night) == (now.lines, now.night)
    with pytest.raises(Conflict):
        rolled_back(replace(settings, draft=Config()), Config())


def test_objects_merge_and_lists_replace() -> None:
    user = PbxUser(id="u", username="u", first_name="Jan")
    new = parts.merged(Part.USER, user, {"voicemail": {"on": True, "email": "a@example.nl"}})
    newer = parts.merged(Part.USER, new, {"voicemail": {"rings": 3}})
    assert (newer.first_name, newer.voicemail.on, newer.voicemail.rings) == ("Jan", True, 3)
    group = Group(id="g", name="G", members=("a", "b"))
    assert parts.merged(Part.GROUP, group, {"members": ["b"]}).members == ("b",)


@given(st.lists(st.sampled_from("abcd"), unique=True, min_size=1), st.data())
def test_moving_keeps_every_member_once(members: list[str], data: st.DataObject) -> None:
    group = Group(id="g", name="G", members=tuple(members))
    who, down = data.draw(st.sampled_from(members)), data.draw(st.booleans())
    moved = parts.moved(group, who, down)
    assert sorted(moved.members) == sorted(members)
    back = parts.moved(moved, who, not down)
    at_the_end = members.index(who) == (len(members) - 1 if down else 0)
    assert moved == group if at_the_end else back == group
    with pytest.raises(NotFound):
        parts.moved(group, "z", down)


@pytest.mark.feature("PBX-01")
def test_telephones_are_told_what_others_see_and_that_it_is_hidden() -> None:
    user = PbxUser(id="u", username="u", first_name="Jan", number="+31850001611", hide_number=True)
    company = structs.replace(Config().company, name="Fictief", number="+31850001600")
    told = user_event(Config(company=company, users=(user,)), user, 1)
    assert (told.shown_number, told.shown_name, told.hide_number) == ("+31850001600", "Jan", True)
    personal = structs.replace(company, shown_number=ShownNumber.PERSONAL, show_name=True)
    told = user_event(Config(company=personal, users=(user,)), user, 1)
    assert (told.shown_number, told.shown_name) == ("+31850001611", "Fictief")


def test_an_event_for_each_user_who_is_another_to_telephones() -> None:
    jan, piet = PbxUser(id="j", username="jan"), PbxUser(id="p", username="piet")
    assert list(changed_users(with_users(jan, piet), with_users(piet, jan), 2)) == []
    away = list(changed_users(with_users(jan, piet), with_users(jan), 2))
    assert [(e.user_id, e.deleted) for e in away] == [("p", True)]
    with_extension = structs.replace(jan, extension="201")
    told = list(changed_users(with_users(jan, piet), with_users(with_extension, piet), 2))
    assert [(e.user_id, e.extension) for e in told] == [("j", "201")]


def test_numbers_tell_what_they_reach() -> None:
    user, group = PbxUser(id="u", username="u", number="+31"), Group(id="g", name="G", number="+31")
    assert subjects(Config(), Config(users=(user,))) == {"+31": "user"}
    assert subjects(Config(users=(user,)), Config(groups=(group,))) == {"+31": "group"}
    assert subjects(Config(groups=(group,)), Config()) == {"+31": "none"}


@pytest.mark.feature("CDR-11")
def test_blocks_for_fraud_come_beside_the_customers_own() -> None:
    own = Config(outgoing=structs.replace(Config().outgoing, mobile=True))
    found = with_blocks(own, frozenset({"international"}))
    assert (found.outgoing.mobile, found.outgoing.international) == (True, True)
    assert with_blocks(own, frozenset()) is own


@pytest.mark.feature("PBX-15")
def test_a_pbx_that_is_taken_away_leaves_lines_schedules_and_blocks_and_comes_back() -> None:
    line, hours = Line(id="l", number="+31850001613"), Schedule(id="s", name="Werktijden")
    desk = PbxUser(id="u", username="receptie", extension="209", device="toestel")
    before = Config(users=(desk,), groups=(Group(id="g", name="Verkoop"),), lines=(line,), schedules=(hours,))
    gone = without_pbx(replace(WITH_PBX, published=before, draft=Config(), draft_since=NOW))
    kept = gone.published
    assert (gone.enabled, gone.draft, kept.users, kept.groups) == (False, None, (), ())
    assert (kept.lines, kept.schedules) == ((line,), (hours,))
    assert [event.deleted for event in changed_users(before, kept, 2)] == [True]
    back = given_back(gone)
    assert (back.groups, back.lines, back.schedules) == (before.groups, (line,), (hours,))
    assert [(user.extension, user.device) for user in back.users] == [("209", None)]
