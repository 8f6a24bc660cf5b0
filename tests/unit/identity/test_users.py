"""Roles, what they need, and what nobody may do to the last user manager."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.users import (
    NEED_MOBILE_ACCESS,
    Role,
    User,
    is_manager,
    roles_of,
    with_block,
    with_roles,
)
from shared.errors import Conflict, Invalid

MOBILE_ROLES = ("mobile_access", "mobile_limits", "mobile_blocks", "mobile_sim_block")

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
