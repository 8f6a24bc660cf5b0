"""Logging in in two steps: setting it up, codes, tickets, and what cannot be done twice (real MongoDB)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from services.identity import views
from services.identity.domain.lockout import ACCOUNT_AT_ADDRESS, SECOND_STEP, SECOND_STEP_AT_ADDRESS
from services.identity.usecases import managing
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from shared.sealing import Sealer
from tests.integration.identity.conftest import OFFICE, PASSWORD, STAFF, Identity, acting_as, at_once
from tests.integration.identity.second_step import (
    SEALER,
    App,
    begin,
    confirm,
    end,
    renew_codes,
    second,
    set_up,
    ticket_of,
    whole_database,
)

ELSEWHERE = "198.51.100.9"

pytestmark = pytest.mark.feature("ID-09")


@pytest.fixture
def nora(identity: Identity) -> Acting:
    customer = identity.customer("Garage Voorbeeld")["id"]
    return acting_as(identity.user(customer, "nora", "invoices", email="nora@example.nl"))


def refused(left: int, wait: int = 0) -> dict[str, Any]:
    return {"ok": False, "attempts_left": left, "wait_seconds": wait}


def state(identity: Identity, acting: Acting) -> tuple[bool, int]:
    found = views.second_step(identity.store, acting, customer_id=None)
    return found["on"], found["recovery_left"]


def actions(identity: Identity) -> list[str]:
    """What the audit log was told, oldest first."""
    rows = identity.database["outbox"].find({"name": "identity.audit.recorded.v1"}).sort("_id", 1)
    bodies = [bytes(row["body"]).decode() for row in rows]
    return [body.partition('"action":"')[2].partition('"')[0] for body in bodies]


def test_without_a_second_step_the_password_is_enough(identity: Identity, nora: Acting) -> None:
    begin(identity, nora)  # begun is not half done
    assert identity.login("nora")["ok"]
    assert state(identity, nora) == (False, 0)


def test_after_setting_it_up_a_login_takes_the_password_and_a_code(identity: Identity, nora: Acting) -> None:
    app, codes = set_up(identity, nora)
    assert len(codes) == 10
    answer = identity.login("nora")
    assert set(answer) == {"ok", "second_step"}
    assert answer["second_step"]["methods"] == ["totp", "recovery"]
    entered = second(identity, answer["second_step"]["ticket"], app.code())
    assert entered["ok"]
    assert entered["user"]["username"] == "nora"
    assert not entered["user"]["must_set_up_second_step"]


def test_a_code_that_does_not_fit_turns_nothing_on(identity: Identity, nora: Acting) -> None:
    app = App(identity, begin(identity, nora)["secret"])
    with pytest.raises(Invalid) as wrong:
        confirm(identity, nora, app.wrong_code())
    assert set(wrong.value.fields) == {"code"}
    assert identity.login("nora")["ok"]
    assert len(confirm(identity, nora, app.code())["recovery_codes"]) == 10


def test_the_qr_code_stays_the_same_until_it_is_too_old(identity: Identity, nora: Acting) -> None:
    first = begin(identity, nora)
    identity.clock.advance(minutes=29)
    assert begin(identity, nora) == first
    identity.clock.advance(minutes=1)
    other = begin(identity, nora)
    assert other["secret"] != first["secret"]
    with pytest.raises(Invalid):
        confirm(identity, nora, App(identity, first["secret"]).code())
    identity.clock.advance(minutes=31)
    with pytest.raises(Conflict):
        confirm(identity, nora, App(identity, other["secret"]).code())


def test_ten_who_begin_at_once_see_one_secret(identity: Identity, nora: Acting) -> None:
    secrets = {answer["secret"] for answer in at_once(10, lambda _: begin(identity, nora))}
    assert len(secrets) == 1


def test_it_is_turned_on_once(identity: Identity, nora: Acting) -> None:
    app = App(identity, begin(identity, nora)["secret"])
    answers = at_once(5, lambda _: confirm(identity, nora, app.code()))
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    with pytest.raises(Conflict):
        begin(identity, nora)
    assert state(identity, nora) == (True, 10)


def test_other_sessions_end_and_the_user_is_told(identity: Identity, nora: Acting) -> None:
    app = App(identity, begin(identity, nora)["secret"])
    assert confirm(identity, nora, app.code())["epoch"] == 2
    assert identity.queued() == [("second_step", "nora@example.nl")]
    renew_codes(identity, nora)
    assert end(identity, nora)["epoch"] == 3
    assert identity.queued() == [("second_step", "nora@example.nl")] * 3
    assert actions(identity)[-3:] == [
        "user.second_step_turned_on",
        "user.backup_codes_renewed",
        "user.second_step_turned_off",
    ]


def test_nothing_that_opens_the_account_is_stored_readable(identity: Identity, nora: Acting) -> None:
    app, codes = set_up(identity, nora)
    codes += renew_codes(identity, nora)["recovery_codes"]
    ticket = ticket_of(identity, "nora")
    stored = whole_database(identity)
    assert app.letters not in stored
    assert ticket not in stored
    for code in codes:
        assert code not in stored and code.replace("-", "") not in stored


def test_a_repeated_command_gives_the_codes_to_nobody_again(identity: Identity, nora: Acting) -> None:
    app = App(identity, begin(identity, nora)["secret"])
    command = new_id()
    first = confirm(identity, nora, app.code(), command_id=command)
    again = confirm(identity, nora, app.code(), command_id=command)
    assert again == {"recovery_codes": [], "epoch": first["epoch"]}
    renewed = renew_codes(identity, nora, command_id=(other := new_id()))
    assert renew_codes(identity, nora, command_id=other)["recovery_codes"] == []
    assert len(renewed["recovery_codes"]) == 10


def test_the_secret_belongs_to_its_user(identity: Identity, nora: Acting) -> None:
    """Whoever can write in the database, and copies their own second step to another, opens nothing."""
    eve = acting_as(identity.user(nora.customer_id or "", "eve"))
    app, _ = set_up(identity, eve)
    set_up(identity, nora)
    steps = identity.database["second_steps"]
    sealed = steps.find_one({"_id": eve.user_id})["sealed"]
    steps.update_one({"_id": nora.user_id}, {"$set": {"sealed": sealed, "last_step": 0}})
    with pytest.raises(Exception, match="does not open"):
        second(identity, ticket_of(identity, "nora"), app.code())


class TestCodes:
    def test_a_code_opens_once(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        code = app.code()
        assert second(identity, ticket_of(identity, "nora"), code)["ok"]
        assert second(identity, ticket_of(identity, "nora"), code) == refused(4)
        identity.clock.advance(seconds=30)
        assert second(identity, ticket_of(identity, "nora"), app.code())["ok"]

    def test_the_code_that_turned_it_on_does_not_open_a_login(self, identity: Identity, nora: Acting) -> None:
        app = App(identity, begin(identity, nora)["secret"])
        code = app.code()
        confirm(identity, nora, code)
        assert second(identity, ticket_of(identity, "nora"), code) == refused(4)

    def test_the_same_code_in_ten_logins_at_once_logs_in_one(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        tickets = [ticket_of(identity, "nora", f"192.0.2.{number}") for number in range(10)]
        code = app.code()
        answers = at_once(10, lambda n: second(identity, tickets[n], code, f"192.0.2.{n}"))
        assert [answer["ok"] for answer in answers].count(True) == 1

    def test_the_same_recovery_code_at_once_logs_in_one(self, identity: Identity, nora: Acting) -> None:
        _, codes = set_up(identity, nora)
        tickets = [ticket_of(identity, "nora", f"192.0.2.{number}") for number in range(10)]
        answers = at_once(10, lambda n: second(identity, tickets[n], codes[0], f"192.0.2.{n}"))
        assert [answer["ok"] for answer in answers].count(True) == 1
        assert state(identity, nora) == (True, 9)

    def test_a_recovery_code_opens_once_however_it_is_typed(self, identity: Identity, nora: Acting) -> None:
        _, codes = set_up(identity, nora)
        assert second(identity, ticket_of(identity, "nora"), codes[3].upper().replace("-", " "))["ok"]
        assert second(identity, ticket_of(identity, "nora"), codes[3]) == refused(4)
        assert state(identity, nora) == (True, 9)
        assert identity.queued()[-1] == ("second_step", "nora@example.nl")
        assert "user.recovery_code_used" in actions(identity)

    def test_with_the_last_one_gone_only_the_app_is_offered(self, identity: Identity, nora: Acting) -> None:
        _, codes = set_up(identity, nora)
        for code in codes:
            assert second(identity, ticket_of(identity, "nora"), code)["ok"]
        assert identity.login("nora")["second_step"]["methods"] == ["totp"]

    def test_new_ones_replace_the_old_ones_and_ask_the_password_and_a_code(
        self, identity: Identity, nora: Acting
    ) -> None:
        _, old = set_up(identity, nora)
        with pytest.raises(Invalid):
            renew_codes(identity, nora, "iets anders")
        with pytest.raises(Invalid) as without:
            renew_codes(identity, nora, code="")
        assert set(without.value.fields) == {"code"}
        new = renew_codes(identity, nora)["recovery_codes"]
        assert second(identity, ticket_of(identity, "nora"), old[0]) == refused(4)
        assert second(identity, ticket_of(identity, "nora"), new[0])["ok"]

    def test_another_users_recovery_code_is_none(self, identity: Identity, nora: Acting) -> None:
        set_up(identity, nora)
        _, codes = set_up(identity, acting_as(identity.user(nora.customer_id or "", "eve")))
        assert second(identity, ticket_of(identity, "nora"), codes[0]) == refused(4)


class TestTickets:
    def test_it_is_used_once(self, identity: Identity, nora: Acting) -> None:
        app, codes = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        assert second(identity, ticket, app.code())["ok"]
        for code in (codes[0], app.code(1)):
            with pytest.raises(NotFound):
                second(identity, ticket, code)

    def test_with_two_right_codes_at_once_it_still_opens_once(self, identity: Identity, nora: Acting) -> None:
        app, codes = set_up(identity, nora)
        ticket, right = ticket_of(identity, "nora"), [app.code(), *codes[:4]]
        answers = at_once(5, lambda n: second(identity, ticket, right[n]))
        assert [isinstance(answer, dict) and answer["ok"] for answer in answers].count(True) == 1
        on, left = state(identity, nora)
        assert left >= 9, "what lost the race is not used up"

    def test_a_wrong_code_does_not_use_it_up(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        assert second(identity, ticket, app.wrong_code()) == refused(4)
        assert second(identity, ticket, app.code())["ok"]

    @pytest.mark.parametrize("seconds", [300, 301])
    def test_it_ends_after_five_minutes(self, identity: Identity, nora: Acting, seconds: int) -> None:
        app, _ = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        identity.clock.advance(seconds=seconds)
        with pytest.raises(NotFound):
            second(identity, ticket, app.code())

    def test_elsewhere_it_opens_nothing(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        with pytest.raises(NotFound):
            second(identity, ticket, app.code(), ELSEWHERE)
        assert second(identity, ticket, app.code())["ok"]

    def test_for_another_account_it_opens_nothing(self, identity: Identity, nora: Acting) -> None:
        set_up(identity, nora)
        app, _ = set_up(identity, acting_as(identity.user(nora.customer_id or "", "eve")))
        assert second(identity, ticket_of(identity, "nora"), app.code()) == refused(4)

    def test_once_the_account_has_changed_it_is_void(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        fields = {"user_id": nora.user_id, "blocked": True, "command_id": new_id()}
        managing.block_user(identity.store, identity.clock, STAFF, **fields)
        with pytest.raises(NotFound):
            second(identity, ticket, app.code())

    def test_an_invented_one_looks_like_one_that_is_over(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        second(identity, ticket, app.code())
        said = []
        for tried in (ticket, "x" * 43):
            with pytest.raises(NotFound) as gone:
                second(identity, tried, "123456")
            said.append(gone.value.to_wire())
        assert said[0] == said[1]


@pytest.mark.feature("ID-11")
class TestLockout:
    def test_five_wrong_codes_and_one_waits_whatever_the_ticket(
        self, identity: Identity, nora: Acting
    ) -> None:
        app, _ = set_up(identity, nora)
        answers = [second(identity, ticket_of(identity, "nora"), app.wrong_code()) for _ in range(5)]
        assert answers == [refused(4), refused(3), refused(2), refused(1), refused(0, 60)]
        assert second(identity, ticket_of(identity, "nora"), app.code()) == refused(0, 60)
        identity.clock.advance(seconds=60)
        assert second(identity, ticket_of(identity, "nora"), app.code())["ok"]

    def test_a_hundred_at_once_are_five_tries(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        answers = at_once(40, lambda _: second(identity, ticket, app.wrong_code()))
        assert sum(answer["wait_seconds"] == 0 for answer in answers) == SECOND_STEP_AT_ADDRESS.tries - 1

    def test_from_many_addresses_the_account_counts(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        for number in range(SECOND_STEP.tries):
            address = f"203.0.113.{number}"
            second(identity, ticket_of(identity, "nora", address), app.wrong_code(), address)
        waits = second(identity, ticket_of(identity, "nora", ELSEWHERE), app.code(), ELSEWHERE)
        assert waits == refused(0, 60)

    def test_who_has_logged_in_there_is_not_kept_out_by_others(
        self, identity: Identity, nora: Acting
    ) -> None:
        app, _ = set_up(identity, nora)
        assert second(identity, ticket_of(identity, "nora"), app.code())["ok"]
        for number in range(SECOND_STEP.tries + 1):
            address = f"203.0.113.{number}"
            second(identity, ticket_of(identity, "nora", address), app.wrong_code(), address)
        identity.clock.advance(seconds=30)
        assert second(identity, ticket_of(identity, "nora"), app.code())["ok"]

    def test_half_a_login_does_not_make_an_address_known(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        ticket_of(identity, "nora", ELSEWHERE)
        assert identity.database["known_addresses"].count_documents({}) == 0
        assert second(identity, ticket_of(identity, "nora"), app.code())["ok"]
        assert identity.database["known_addresses"].count_documents({}) == 1

    def test_wrong_codes_do_not_lock_the_first_step(self, identity: Identity, nora: Acting) -> None:
        app, _ = set_up(identity, nora)
        ticket = ticket_of(identity, "nora")
        for _ in range(ACCOUNT_AT_ADDRESS.tries + 1):
            second(identity, ticket, app.wrong_code())
        assert "second_step" in identity.login("nora")
        assert identity.fail(1, "nora") == refused(4)


def test_a_wrong_password_does_not_tell_who_has_a_second_step(identity: Identity, nora: Acting) -> None:
    set_up(identity, nora)
    answers = [identity.fail(1, name) for name in ("nora", "anna", "niemand")]
    assert answers == [refused(4)] * 3


class TestEnding:
    def test_with_the_password_and_a_code_it_is_off(self, identity: Identity, nora: Acting) -> None:
        set_up(identity, nora)
        with pytest.raises(Invalid):
            end(identity, nora, "iets anders")
        with pytest.raises(Invalid):
            end(identity, nora, code="")
        end(identity, nora)
        assert identity.login("nora")["ok"]
        with pytest.raises(Conflict):
            end(identity, nora)
        with pytest.raises(Conflict):
            renew_codes(identity, nora)

    def test_set_up_again_it_has_another_secret(self, identity: Identity, nora: Acting) -> None:
        before, codes = set_up(identity, nora)
        end(identity, nora)
        after, _ = set_up(identity, nora)
        assert after.letters != before.letters
        for old in (before.code(), codes[0]):
            assert not second(identity, ticket_of(identity, "nora"), old)["ok"]

    def test_a_deleted_user_leaves_nothing(self, identity: Identity, nora: Acting) -> None:
        set_up(identity, nora)
        fields = {"user_id": nora.user_id, "command_id": new_id()}
        managing.delete_user(identity.store, identity.clock, STAFF, **fields)
        assert identity.database["second_steps"].count_documents({}) == 0

    def test_a_blocked_user_changes_nothing(self, identity: Identity, nora: Acting) -> None:
        fields = {"user_id": nora.user_id, "blocked": True, "command_id": new_id()}
        managing.block_user(identity.store, identity.clock, STAFF, **fields)
        with pytest.raises(Forbidden):
            begin(identity, nora)


def test_keys_rotate_while_people_log_in(identity: Identity, nora: Acting) -> None:
    app, _ = set_up(identity, nora)
    new = {"2": b64encode(bytes(range(32))).decode()}
    both = Sealer({**Sealer.of(new).keys, **SEALER.keys})
    assert second(identity, ticket_of(identity, "nora"), app.code(), OFFICE, both)["ok"]
    assert identity.database["second_steps"].find_one()["sealed"].startswith("v1.2.")
    identity.clock.advance(seconds=30)
    assert second(identity, ticket_of(identity, "nora"), app.code(), OFFICE, Sealer.of(new))["ok"]


def test_staff_have_a_second_step_of_their_own(identity: Identity) -> None:
    operator = identity.store.operator()
    assert operator
    user = identity.user(operator.id, "olga")
    olga = Acting(kind="staff", scope="operator", customer_id=operator.id, user_id=user["id"])
    app, _ = set_up(identity, olga)
    entered = second(identity, ticket_of(identity, "olga"), app.code())
    assert (entered["ok"], entered["scope"]) == (True, "operator")
    with pytest.raises(Forbidden):
        begin(identity, STAFF)  # the command line is nobody's login


def test_who_looks_along_as_a_customer_has_no_second_step_there(identity: Identity, nora: Acting) -> None:
    along = Acting(
        kind="user", scope="customer", customer_id=nora.customer_id, user_id="f" * 32, viewed_by="olga"
    )
    with pytest.raises(Forbidden):
        begin(identity, along)
    assert identity.login("nora", PASSWORD)["ok"]
