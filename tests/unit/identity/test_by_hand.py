"""A program never changes the account of the user it acts for: those methods are closed to it at the door."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from services.identity.entrypoints import IdentityService
from shared.acting import Acting
from shared.bus.rpc import SafeRpc
from shared.errors import Forbidden, Invalid

pytestmark = pytest.mark.feature("ID-13")

OWN = {
    *("change_details", "change_username", "change_password", "confirm_presence", "set_preferences"),
    *("begin_second_step", "confirm_second_step", "new_recovery_codes", "end_second_step"),
    *("create_token", "revoke_token"),
}
ANNA = Acting(kind="user", scope="customer", customer_id="c" * 32, user_id="1" * 32)
NO_CALL = b"?"
"""What is no call is told so to who may call at all."""


def door(method: str) -> SafeRpc:
    (found,) = getattr(IdentityService, method).nameko_entrypoints
    assert isinstance(found, SafeRpc)
    return found


def call(monkeypatch: pytest.MonkeyPatch, method: str, acting: Acting) -> None:
    entrypoint = door(method)
    verifier = SimpleNamespace(verify=lambda context: acting)
    monkeypatch.setattr(entrypoint, "verifier", verifier, raising=False)
    message: Any = SimpleNamespace(headers={})
    entrypoint.take(NO_CALL, message)


@pytest.mark.parametrize("kind", ["user", "staff"])
@pytest.mark.parametrize("method", sorted(OWN))
def test_ones_own_account_is_changed_by_hand(monkeypatch: pytest.MonkeyPatch, method: str, kind: str) -> None:
    person = replace(ANNA, kind=kind)
    with pytest.raises(Invalid):
        call(monkeypatch, method, person)
    with pytest.raises(Forbidden):
        call(monkeypatch, method, replace(person, program="7" * 32))


@pytest.mark.parametrize("method", ["account", "users", "change_roles"])
def test_what_is_not_ones_own_is_open_to_programs(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    with pytest.raises(Invalid):
        call(monkeypatch, method, replace(ANNA, program="7" * 32))
