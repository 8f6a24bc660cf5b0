"""Who is signed in shows again that it is them: the password and, where there is one, the second step (real
MongoDB)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from services.identity.domain.lockout import OWN_PASSWORD, SECOND_STEP, SECOND_STEP_AT_ADDRESS
from services.identity.usecases import presence
from shared.acting import Acting
from shared.errors import Forbidden, Invalid, TooMany
from tests.integration.identity.conftest import OFFICE, PASSWORD, Identity, acting_as
from tests.integration.identity.second_step import SEALER, second, set_up, ticket_of

pytestmark = pytest.mark.feature("ID-09")


@pytest.fixture
def nora(identity: Identity) -> Acting:
    customer = identity.customer("Garage Voorbeeld")["id"]
    user = identity.user(customer, "nora", "invoices", email="nora@example.nl")
    return replace(acting_as(user), address=OFFICE)


def confirm(identity: Identity, acting: Acting, password: str = PASSWORD, code: str = "") -> Any:
    stores = (identity.store, identity.passwords, SEALER, identity.clock)
    return presence.confirm(*stores, acting, password=password, code=code)


def test_the_password_is_enough_for_who_has_no_second_step(identity: Identity, nora: Acting) -> None:
    assert confirm(identity, nora) == {"user_id": nora.user_id}
    with pytest.raises(Invalid) as wrong:
        confirm(identity, nora, "iets anders dan dat")
    assert set(wrong.value.fields) == {"password"}
    with pytest.raises(Forbidden):  # who looks along is nobody of this customer
        confirm(identity, replace(nora, user_id="f" * 32))


def test_with_a_second_step_it_takes_a_code_that_opened_nothing_before(
    identity: Identity, nora: Acting
) -> None:
    app, recovery = set_up(identity, nora)
    ticket, code = ticket_of(identity, "nora"), app.code()
    for typed in ("", app.wrong_code()):
        with pytest.raises(Invalid) as wrong:
            confirm(identity, nora, code=typed)
        assert set(wrong.value.fields) == {"code"}
    confirm(identity, nora, code=code)
    assert not second(identity, ticket, code)["ok"]  # nor does the same code log in afterwards
    with pytest.raises(Invalid):
        confirm(identity, nora, code=code)
    confirm(identity, nora, code=recovery[0])
    with pytest.raises(Invalid):
        confirm(identity, nora, code=recovery[0])


def test_guessing_is_slowed_as_at_a_login(identity: Identity, nora: Acting) -> None:
    app, _recovery = set_up(identity, nora)
    for _try in range(SECOND_STEP_AT_ADDRESS.tries):
        with pytest.raises(Invalid):
            confirm(identity, nora, code=app.wrong_code())
    with pytest.raises(TooMany):
        confirm(identity, nora, code=app.code())
    for _try in range(OWN_PASSWORD.tries):
        with pytest.raises(Invalid):
            confirm(identity, nora, "iets anders dan dat", code=app.wrong_code())
    with pytest.raises(TooMany):
        confirm(identity, nora, code=app.code())


def test_from_many_places_there_are_no_more_tries(identity: Identity, nora: Acting) -> None:
    app, _recovery = set_up(identity, nora)
    for number in range(SECOND_STEP.tries):
        with pytest.raises(Invalid):
            confirm(identity, replace(nora, address=f"198.51.100.{number}"), code=app.wrong_code())
    with pytest.raises(TooMany):
        confirm(identity, replace(nora, address="203.0.113.9"), code=app.code())
