"""Changed rights end sessions; identity being away ends none."""

from __future__ import annotations

import pytest

from gateway.epochs import Epochs, Known
from gateway.models.account import Customer
from shared.errors import Forbidden, NotFound
from tests.gateway import builders
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

PAGE = "/gespreksdetails/totalen"
USER_ID = str(builders.USER["id"])


def signed_in(sanne: Browser) -> bool:
    return sanne.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("news", "still"),
    [
        (Known(revision=2, epoch=1), True),  # the name changed, the rights did not
        (Known(revision=2, epoch=2), False),
        (Known(revision=2, epoch=1, blocked=True), False),
    ],
)
def test_a_session_ends_when_the_rights_have_changed(
    sanne: Browser, epochs: Epochs, news: Known, still: bool
) -> None:
    assert signed_in(sanne)
    epochs.learn(USER_ID, news)
    assert signed_in(sanne) is still


def test_the_login_page_says_why(sanne: Browser, epochs: Epochs) -> None:
    epochs.learn(USER_ID, Known(revision=2, epoch=2))
    page = sanne.page(sanne.get(PAGE).headers["Location"])
    assert "Uw gegevens of rechten zijn gewijzigd. Log opnieuw in." in page.text


def test_another_users_change_is_not_mine(sanne: Browser, epochs: Epochs) -> None:
    epochs.learn("somebody-else", Known(revision=9, epoch=9, blocked=True))
    assert signed_in(sanne)


def test_events_out_of_order_do_not_bring_back_the_past() -> None:
    epochs = Epochs()
    epochs.learn("u", Known(revision=5, epoch=3, blocked=True))
    epochs.learn("u", Known(revision=4, epoch=2))
    epochs.learn("u", Known(revision=0, epoch=2))
    assert epochs._known["u"] == Known(revision=5, epoch=3, blocked=True)


def test_an_unblocked_user_may_come_back() -> None:
    epochs = Epochs()
    epochs.learn("u", Known(revision=5, epoch=3, blocked=True))
    epochs.learn("u", Known(revision=6, epoch=3))
    assert epochs._known["u"].blocked is False


def test_who_is_not_known_is_asked_of_identity_once(sanne: Browser, epochs: Epochs, rpc: FakeRpc) -> None:
    epochs.forget()
    assert signed_in(sanne) and signed_in(sanne)
    assert [call.method for call in rpc.asked].count("account") == 1
    assert rpc.last("account").acting.user_id == USER_ID


@pytest.mark.parametrize("answer", [builders.account(epoch=2), Forbidden(), NotFound()])
def test_identity_can_say_that_it_is_over(
    sanne: Browser, epochs: Epochs, rpc: FakeRpc, answer: object
) -> None:
    epochs.forget()
    rpc.answers["identity", "account"] = answer
    assert not signed_in(sanne)


@pytest.mark.feature("GW-03")
def test_identity_being_down_takes_no_page_along_and_is_not_asked_each_time(
    sanne: Browser, epochs: Epochs, rpc: FakeRpc
) -> None:
    epochs.forget()
    rpc.down.add("identity")
    assert signed_in(sanne) and signed_in(sanne)
    assert [call.method for call in rpc.asked].count("account") == 1


RENAMED = Customer(
    id=str(builders.CUSTOMER["id"]), number=10427, name="Banket Voorbeeld B.V.", products=("pbx",)
)


@pytest.mark.feature("ID-12")
def test_a_renamed_company_shows_at_once_in_every_session(sanne: Browser, epochs: Epochs) -> None:
    assert "Bakkerij Voorbeeld B.V." in sanne.page(PAGE).text
    epochs.learn_customer(2, RENAMED)
    assert "Banket Voorbeeld B.V." in sanne.page(PAGE).text
    assert "Bakkerij Voorbeeld B.V." not in sanne.page(PAGE).text


def test_a_companys_past_does_not_come_back() -> None:
    told: list[str] = []
    epochs = Epochs(told.append)
    epochs.learn_customer(5, RENAMED)
    epochs.learn_customer(4, Customer(id=RENAMED.id, number=1, name="Vroeger"))
    epochs.learn_customer(0, Customer(id=RENAMED.id, number=1, name="Antwoord van net daarvoor"))
    assert epochs.customer(Customer(id=RENAMED.id, number=1, name="In de sessie")) == RENAMED
    assert told == [RENAMED.id] * 2, "told of events, not of answers"


def test_a_company_that_is_not_known_is_asked_of_identity_with_its_user(
    sanne: Browser, epochs: Epochs, rpc: FakeRpc
) -> None:
    epochs.forget()
    epochs.learn(USER_ID, Known(revision=2, epoch=1))
    assert signed_in(sanne) and signed_in(sanne)
    assert [call.method for call in rpc.asked].count("account") == 1
