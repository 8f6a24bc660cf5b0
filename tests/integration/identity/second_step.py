"""Somebody with an authenticator app, for tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from services.identity.domain import totp
from services.identity.domain.second_steps import about
from services.identity.usecases import second_logins, second_steps
from shared.acting import Acting
from shared.ids import new_id
from shared.sealing import Sealer
from tests.integration.identity.conftest import OFFICE, PASSWORD, SEALER, Identity


@dataclass
class App:
    """Knows one secret and shows its codes by the test's clock."""

    identity: Identity
    letters: str

    def code(self, steps: int = 0) -> str:
        """The code of now, or of that many steps of 30 seconds later."""
        now = totp.step_of(self.identity.clock())
        return totp.code_at(totp.from_letters(self.letters), now + steps)

    def wrong_code(self) -> str:
        """Six digits that are no code of these minutes."""
        near = {self.code(steps) for steps in range(-3, 4)}
        return next(code for code in (f"{n:06d}" for n in range(9)) if code not in near)


def begin(identity: Identity, acting: Acting) -> Any:
    return second_steps.begin(identity.store, SEALER, identity.clock, acting, command_id=new_id())


def confirm(identity: Identity, acting: Acting, code: str, **fields: Any) -> Any:
    asked = {"command_id": new_id()} | fields
    return second_steps.confirm(identity.store, SEALER, identity.clock, acting, code=code, **asked)


def set_up(identity: Identity, acting: Acting) -> tuple[App, list[str]]:
    """Turn it on; half a minute later, the app and the recovery codes."""
    app = App(identity, begin(identity, acting)["secret"])
    codes = confirm(identity, acting, app.code())["recovery_codes"]
    identity.clock.advance(seconds=30)
    return app, codes


def fresh_code(identity: Identity, acting: Acting) -> str:
    """Half a minute later, what the acting person's app shows; empty for who has none."""
    found = identity.store.second_steps.find(acting.user_id or "")
    if found is None:
        return ""
    identity.clock.advance(seconds=30)
    return App(identity, SEALER.open(found.sealed, about(found.user_id))).code()


def renew_codes(identity: Identity, acting: Acting, password: str = PASSWORD, **fields: Any) -> Any:
    asked = {"command_id": new_id(), "code": fresh_code(identity, acting)} | fields
    stores = (identity.store, identity.passwords, SEALER, identity.clock)
    return second_steps.renew_codes(*stores, replace(acting, address=OFFICE), password=password, **asked)


def end(identity: Identity, acting: Acting, password: str = PASSWORD, **fields: Any) -> Any:
    asked = {"command_id": new_id(), "code": fresh_code(identity, acting)} | fields
    stores = (identity.store, identity.passwords, SEALER, identity.clock)
    return second_steps.end(*stores, replace(acting, address=OFFICE), password=password, **asked)


def ticket_of(identity: Identity, username: str, address: str = OFFICE) -> str:
    """What the first step gives."""
    answer = identity.login(username, address=address)
    assert not answer["ok"]
    return str(answer["second_step"]["ticket"])


def second(identity: Identity, ticket: str, code: str, address: str = OFFICE, sealer: Sealer = SEALER) -> Any:
    return second_logins.login_second(
        identity.store, sealer, identity.clock, Acting(), ticket=ticket, code=code, address=address
    )


def whole_database(identity: Identity) -> str:
    """All that is stored, as text."""
    names = identity.database.list_collection_names()
    return json.dumps({name: list(identity.database[name].find()) for name in names}, default=repr)
