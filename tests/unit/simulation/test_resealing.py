"""All secrets are put under a new key while people change them, processes die and runs are broken off."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from services.pbx.domain.secrets import SECRETS, about
from services.pbx.store import Store
from services.pbx.store.sealed import SHELVES
from shared.resealing import reseal
from shared.sealing import Sealer
from tests.unit.simulation.processes import insisting, real
from tests.unit.simulation.world import World

pytestmark = pytest.mark.feature("PBX-06")

OLD_KEY, NEW_KEY = ({name: base64.b64encode(bytes(range(n, n + 32))).decode()} for n, name in enumerate("on"))
OLD, BOTH = Sealer.of(OLD_KEY), Sealer.of({**NEW_KEY, **OLD_KEY})
USERS, CHANGES, BATCH = 5, 4, 2


class Resealing:
    """Users with secrets under the old key; some are given others, by processes that have both keys or (not
    yet restarted) the old one only."""

    def __init__(self, world: World) -> None:
        self.world, self.db = world, world.database()
        self.answers: dict[str, list[object]] = {}
        for user in map(str, range(USERS)):
            sealed = {kind: OLD.seal(f"first {user}", about(user, kind)) for kind in SECRETS}
            self.db["user_secrets"].insert_one({"_id": user, "customer_id": "bakery", **sealed})
        changes = {f"change {n}": partial(self.change, f"change {n}") for n in range(CHANGES)}
        insisting(world, {**changes, "run": self.reseal}, self.answers, within=0.3)

    def change(self, command: str) -> Mapping[str, str]:
        dice = self.world.dice
        user, kind, sealer = str(dice.randrange(USERS)), dice.choice(SECRETS), dice.choice([OLD, BOTH])
        sealed = sealer.seal(command, about(user, kind))

        def work(changes: object) -> dict[str, str]:
            real(changes).set_secret("bakery", user, kind, sealed)
            return {"user": user, "kind": kind}

        return Store(real(self.db)).once(command, (command,), self.world.moment(), work)

    def reseal(self) -> bool:
        after: str | None = ""
        while after is not None:
            after = reseal(real(self.db), BOTH, SHELVES, after, BATCH)["next"]
        return True

    def settled(self) -> bool:
        return len(self.answers) == CHANGES + 1 and all(self.answers.values())

    def check(self) -> None:
        """Another run, when the old key is used no more, leaves nothing under it and loses nothing."""
        before = self.secrets()
        assert self.reseal()
        assert self.secrets() == before
        rows = list(self.db["user_secrets"].find())
        assert not [row for row in rows if any(BOTH.is_outdated(row[kind]) for kind in SECRETS)]
        changed = {command for command in before.values() if command.startswith("change")}
        asked = {
            (given[0]["user"], given[0]["kind"]) for name, given in self.answers.items() if name != "run"
        }  # type: ignore[index]
        assert {place for place, value in before.items() if value in changed} == asked

    def secrets(self) -> dict[tuple[str, str], str]:
        rows = self.db["user_secrets"].find()
        return {(r["_id"], kind): BOTH.open(r[kind], about(r["_id"], kind)) for r in rows for kind in SECRETS}


def test_no_secret_is_lost_while_all_are_put_under_a_new_key(worlds: Callable[..., None]) -> None:
    worlds(Resealing, 100)
