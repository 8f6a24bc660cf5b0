"""Asking a second step of everybody, and taking one away from who has lost their phone (real MongoDB)."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity import views
from services.identity.usecases import managing, second_step_duty
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, NotFound
from shared.ids import new_id
from tests.integration.identity.conftest import STAFF, Identity, acting_as
from tests.integration.identity.second_step import end, second, set_up, ticket_of

pytestmark = pytest.mark.feature("ID-09")


@pytest.fixture
def boss(identity: Identity) -> Acting:
    return identity.manager("baas")


@pytest.fixture
def nora(identity: Identity, boss: Acting) -> Acting:
    return acting_as(identity.user(boss.customer_id or "", "nora", email="nora@example.nl"))


def set_duty(identity: Identity, acting: Acting, on: bool = True, **fields: Any) -> Any:
    asked = {"command_id": new_id()} | fields
    return second_step_duty.set_duty(identity.store, identity.clock, acting, on=on, **asked)


def reset(identity: Identity, acting: Acting, user_id: str | None, **fields: Any) -> Any:
    asked = {"command_id": new_id()} | fields
    return second_step_duty.reset(identity.store, identity.clock, acting, user_id=user_id or "", **asked)


def shown(identity: Identity, acting: Acting, customer_id: str | None = None) -> tuple[bool, int | None]:
    found = views.second_step(identity.store, acting, customer_id=customer_id)
    return found["duty"], found["lacking"]


def must_set_up(identity: Identity, username: str) -> bool:
    return bool(identity.login(username)["user"]["must_set_up_second_step"])


def test_with_the_duty_who_has_none_has_to_set_it_up_right_after_login(
    identity: Identity, boss: Acting, nora: Acting
) -> None:
    set_up(identity, boss)
    assert shown(identity, boss) == (False, 1)
    assert not must_set_up(identity, "nora")
    set_duty(identity, boss)
    assert must_set_up(identity, "nora")
    assert shown(identity, boss) == (True, 1)
    app, _ = set_up(identity, nora)
    entered = second(identity, ticket_of(identity, "nora"), app.code())
    assert entered["user"]["must_set_up_second_step"] is False
    assert shown(identity, boss) == (True, 0)
    assert shown(identity, nora) == (True, None)


def test_sessions_of_who_has_none_end_and_those_of_others_go_on(
    identity: Identity, boss: Acting, nora: Acting
) -> None:
    app, _ = set_up(identity, boss)
    before = views.account(identity.store, boss)["user"]["epoch"]
    assert set_duty(identity, boss) == {"on": True, "logged_out": 1}
    assert views.account(identity.store, nora)["user"]["epoch"] == 2
    assert views.account(identity.store, boss)["user"]["epoch"] == before
    assert set_duty(identity, boss) == {"on": True, "logged_out": 0}, "it was a duty already"


def test_who_asks_it_of_others_has_it(identity: Identity, boss: Acting) -> None:
    with pytest.raises(Conflict, match="eerst voor uzelf"):
        set_duty(identity, boss)
    assert shown(identity, boss)[0] is False


def test_under_the_duty_nobody_turns_theirs_off(identity: Identity, boss: Acting) -> None:
    set_up(identity, boss)
    set_duty(identity, boss)
    with pytest.raises(Conflict, match="Uitzetten kan niet"):
        end(identity, boss)
    set_duty(identity, boss, on=False)
    assert end(identity, boss)["epoch"]


def test_it_is_for_user_managers_and_for_ones_own_company(
    identity: Identity, boss: Acting, nora: Acting
) -> None:
    with pytest.raises(Forbidden):
        set_duty(identity, nora)
    stranger = identity.manager("vreemd")
    set_up(identity, stranger)
    with pytest.raises(NotFound):
        set_duty(identity, stranger, customer_id=boss.customer_id)
    set_duty(identity, stranger)
    assert shown(identity, boss)[0] is False


def test_who_lost_the_role_a_moment_ago_does_not_use_it(identity: Identity, boss: Acting) -> None:
    set_up(identity, boss)
    identity.manager("ander", boss.customer_id)
    fields = {"user_id": boss.user_id, "roles": [], "command_id": new_id()}
    managing.change_roles(identity.store, identity.clock, STAFF, **fields)
    with pytest.raises(Forbidden):
        set_duty(identity, boss)


def test_staff_set_it_for_a_customer_without_having_it_there(
    identity: Identity, boss: Acting, nora: Acting
) -> None:
    assert set_duty(identity, STAFF, customer_id=boss.customer_id) == {"on": True, "logged_out": 2}
    assert shown(identity, STAFF, boss.customer_id) == (True, 2)


@pytest.mark.feature("ID-12")
def test_a_partner_sets_it_for_its_own_customers_only(identity: Identity, boss: Acting) -> None:
    partner = identity.customer("ICT Voorbeeld", products=[], kind="partner")
    pim = identity.staff(partner, "pim")
    with pytest.raises(NotFound):
        set_duty(identity, pim, customer_id=boss.customer_id)
    with pytest.raises(NotFound):
        shown(identity, pim, boss.customer_id)


def test_blocked_users_are_not_counted(identity: Identity, boss: Acting, nora: Acting) -> None:
    fields = {"user_id": nora.user_id, "blocked": True, "command_id": new_id()}
    managing.block_user(identity.store, identity.clock, boss, **fields)
    assert shown(identity, boss) == (False, 1)


class TestReset:
    def test_a_lost_phone_is_no_longer_needed(self, identity: Identity, boss: Acting, nora: Acting) -> None:
        set_up(identity, nora)
        before = views.account(identity.store, nora)["user"]["epoch"]
        reset(identity, boss, nora.user_id, reason="telefoon gestolen")
        assert identity.queued()[-1] == ("second_step", "nora@example.nl")
        told = identity.database["outbox"].find({"name": "identity.audit.recorded.v1"}).sort("_id", -1)[0]
        assert b"user.second_step_reset" in bytes(told["body"])
        assert b"telefoon gestolen" in bytes(told["body"])
        assert views.account(identity.store, nora)["user"]["epoch"] == before + 1
        assert identity.login("nora")["ok"]

    def test_a_login_that_is_half_way_begins_again(
        self, identity: Identity, boss: Acting, nora: Acting
    ) -> None:
        app, _ = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        reset(identity, boss, nora.user_id)
        with pytest.raises(NotFound):
            second(identity, ticket, app.code())

    def test_under_the_duty_it_is_set_up_anew(self, identity: Identity, boss: Acting, nora: Acting) -> None:
        set_up(identity, boss)
        set_up(identity, nora)
        set_duty(identity, boss)
        reset(identity, boss, nora.user_id)
        assert must_set_up(identity, "nora")

    def test_nobody_does_it_for_themselves(self, identity: Identity, boss: Acting) -> None:
        set_up(identity, boss)
        with pytest.raises(Conflict):
            reset(identity, boss, boss.user_id)

    def test_another_customers_user_looks_like_one_who_does_not_exist(
        self, identity: Identity, nora: Acting
    ) -> None:
        set_up(identity, nora)
        stranger = identity.manager("vreemd")
        said = []
        for user_id in (nora.user_id, "0" * 32):
            with pytest.raises(NotFound) as gone:
                reset(identity, stranger, user_id)
            said.append(gone.value.to_wire())
        assert said[0] == said[1]
        assert "second_step" in identity.login("nora")

    def test_staff_help_and_colleagues_without_the_role_do_not(
        self, identity: Identity, boss: Acting, nora: Acting
    ) -> None:
        set_up(identity, boss)
        with pytest.raises(Forbidden):
            reset(identity, nora, boss.user_id)
        reset(identity, STAFF, boss.user_id, reason="belde vanaf kantoor")
        assert identity.login("baas")["ok"]
        with pytest.raises(Conflict):
            reset(identity, STAFF, boss.user_id)

    def test_the_user_managers_page_knows_who_has_one(
        self, identity: Identity, boss: Acting, nora: Acting
    ) -> None:
        def has() -> bool:
            found = views.user(identity.store, identity.clock, boss, user_id=nora.user_id or "")
            return bool(found["second_step"])

        assert not has()
        set_up(identity, nora)
        assert has()
