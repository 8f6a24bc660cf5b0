"""Roles, what they need, and what nobody may do to the last user manager."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.users import (
    NEED_MOBILE_ACCESS,
    WELCOME_FOR,
    Details,
    Gender,
    Registration,
    Role,
    User,
    Welcome,
    changed,
    check_can_go,
    deleted,
    invited,
    is_manager,
    roles_of,
    welcome_of,
    with_block,
    with_details,
    with_password,
    with_registrations,
    with_roles,
    with_username,
)
from shared.errors import Conflict, Invalid

MOBILE_ROLES = ("mobile_access", "mobile_limits", "mobile_blocks", "mobile_sim_block")

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

role_sets = st.sets(st.sampled_from([role.value for role in Role]))


def user(*roles: str, blocked: bool = False) -> User:
    return User(
        id="a" * 32,
        number=1001,
        customer_id="c" * 32,
        username="anna",
        password_hash="$argon2id$…",
        roles=roles_of(roles),
        blocked=blocked,
    )


@pytest.mark.feature("ID-05")
def test_there_are_the_seven_roles_of_the_manual() -> None:
    assert [role.value for role in Role] == [
        "user_management",
        "invoices",
        "settings",
        "mobile_access",
        "mobile_limits",
        "mobile_blocks",
        "mobile_sim_block",
    ]


@pytest.mark.feature("ID-05")
@pytest.mark.parametrize("role", ["mobile_limits", "mobile_blocks", "mobile_sim_block"])
def test_three_roles_go_only_together_with_mobile_access(role: str) -> None:
    assert roles_of([role, "mobile_access"]) == (Role.MOBILE_ACCESS, Role(role))
    with pytest.raises(Invalid) as refused:
        roles_of([role])
    assert refused.value.fields == {"roles": ["Deze rol kan alleen samen met Toegang mobiel."]}


@pytest.mark.feature("ID-05")
def test_taking_mobile_access_away_takes_the_three_away() -> None:
    without = [role for role in MOBILE_ROLES if role != "mobile_access"]
    changed = with_roles(user(*MOBILE_ROLES, "invoices"), [*without, "invoices"], other_managers=1)
    assert changed.roles == (Role.INVOICES,)


@pytest.mark.feature("ID-05")
@given(before=role_sets, wanted=role_sets)
def test_nobody_ever_has_a_role_without_what_it_needs(before: set[str], wanted: set[str]) -> None:
    start = user(*(before if not before & NEED_MOBILE_ACCESS else before | {"mobile_access"}))
    try:
        changed = with_roles(start, wanted, other_managers=1)
    except Invalid:
        changed = start
    assert Role.MOBILE_ACCESS in changed.roles or not set(changed.roles) & NEED_MOBILE_ACCESS
    assert set(changed.roles) <= wanted | set(start.roles)


def test_a_change_of_rights_ends_older_sessions_and_no_change_does_not() -> None:
    manager = user("user_management")
    changed = with_roles(manager, ["user_management", "settings"], other_managers=0)
    assert (changed.epoch, changed.revision) == (2, 2)
    assert with_roles(manager, ["user_management"], other_managers=0) is manager
    assert with_block(manager, False, other_managers=0) is manager


@pytest.mark.feature("ID-04")
def test_the_last_user_manager_keeps_the_role() -> None:
    manager = user("user_management", "settings")
    with pytest.raises(Conflict, match="laatste gebruikersbeheerder"):
        with_roles(manager, ["settings"], other_managers=0)
    assert with_roles(manager, ["settings"], other_managers=1).roles == (Role.SETTINGS,)


@pytest.mark.feature("ID-04")
def test_only_staff_block_the_last_user_manager() -> None:
    manager = user("user_management")
    with pytest.raises(Conflict, match="laatste gebruikersbeheerder"):
        with_block(manager, True, other_managers=0)
    assert with_block(manager, True, other_managers=1).blocked
    assert with_block(manager, True, other_managers=None).blocked


def test_who_is_blocked_manages_nobody() -> None:
    assert is_manager(user("user_management"))
    assert not is_manager(user("user_management", blocked=True))
    assert not is_manager(user("settings"))


def test_a_printed_user_does_not_show_the_hash() -> None:
    assert "argon2" not in repr(user())


@pytest.mark.feature("ID-04")
def test_only_staff_let_the_last_user_manager_go() -> None:
    manager = user("user_management")
    with pytest.raises(Conflict, match="laatste gebruikersbeheerder"):
        check_can_go(manager, other_managers=0)
    check_can_go(manager, other_managers=1)
    check_can_go(manager, other_managers=None)
    check_can_go(user("user_management", blocked=True), other_managers=0)
    check_can_go(user("settings"), other_managers=0)


@pytest.mark.feature("ID-06")
def test_there_are_the_four_registrations_of_the_manual_each_once_and_in_its_order() -> None:
    assert [registration.value for registration in Registration] == [
        "voip_high_usage",
        "mobile_high_usage",
        "invoices_by_mail",
        "sim_block_confirmation",
    ]
    registered = with_registrations(user(), ["invoices_by_mail", "voip_high_usage", "invoices_by_mail"])
    assert registered.registrations == (Registration.VOIP_HIGH_USAGE, Registration.INVOICES_BY_MAIL)
    assert with_registrations(registered, ["voip_high_usage"]).registrations == (
        Registration.VOIP_HIGH_USAGE,
    )


@pytest.mark.feature("ID-08")
def test_other_details_end_no_session_and_the_same_ones_change_nothing() -> None:
    details = Details(email="anna@example.nl", last_name="Wit", gender=Gender.FEMALE)
    after = with_details(user("settings"), details)
    assert after.details == details
    assert (after.epoch, after.revision, after.roles) == (1, 2, (Role.SETTINGS,))
    assert with_details(after, details) is after
    assert with_username(after, "anna") is after
    assert (with_username(after, "Anna").username, with_username(after, "Anna").revision) == ("Anna", 3)


@pytest.mark.feature("ID-08")
def test_a_new_password_ends_sessions_and_links() -> None:
    after = with_password(user(), "$argon2id$new")
    assert (after.epoch, after.password_epoch, after.revision) == (2, 2, 2)


@pytest.mark.feature("ID-07")
def test_what_became_of_a_welcome_mail() -> None:
    second = timedelta(seconds=1)
    waiting = invited(replace(user(), password_hash=""), NOON)
    assert waiting.awaits_first_password
    assert welcome_of(user(), NOON) is Welcome.NONE
    assert welcome_of(waiting, NOON + WELCOME_FOR - second) is Welcome.SENT
    assert welcome_of(waiting, NOON + WELCOME_FOR) is Welcome.EXPIRED
    assert welcome_of(invited(waiting, NOON + WELCOME_FOR), NOON + WELCOME_FOR) is Welcome.SENT
    assert welcome_of(with_password(waiting, "$argon2id$new"), NOON + WELCOME_FOR) is Welcome.USED


def test_of_who_is_deleted_every_session_is_over_whatever_a_listener_looks_at() -> None:
    before, after = changed(user("settings")), deleted(user("settings"))
    assert (after.deleted, after.blocked, after.roles) == (True, True, ())
    assert after.epoch > before.epoch
    assert after.revision > before.revision


def test_a_person_is_called_by_name_or_by_username() -> None:
    assert user().name == "anna"
    assert replace(user(), first_name="Anna", infix="de", last_name="Wit").name == "Anna de Wit"
    assert replace(user(), last_name="Wit").name == "Wit"
