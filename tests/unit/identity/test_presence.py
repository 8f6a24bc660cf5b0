"""What a stolen session and the password do not open: a second step counts everywhere, from all places."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from services.identity.domain import totp
from services.identity.domain.lockout import NONE_YET, SECOND_STEP, Counter, Tries, one_more, wait_before
from services.identity.domain.second_steps import SecondStep, about
from services.identity.domain.users import User
from services.identity.passwords import Passwords
from services.identity.store import Store, Taken
from services.identity.usecases import own, presence, second_steps
from shared.acting import Acting
from shared.errors import Conflict, Invalid, TooMany
from shared.sealing import Sealer

pytestmark = pytest.mark.feature("ID-09", "ID-11")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEALER = Sealer.of({"1": b64encode(os.urandom(32)).decode()})
SECRET = os.urandom(totp.SECRET_BYTES)
NORA = User(id="a" * 32, number=1, customer_id="c" * 32, username="nora", password_hash="x", email="")
RIGHT = "vlierbessensap"


class Book:
    """Counts of tries in memory; no address is known."""

    def __init__(self) -> None:
        self.counts: dict[str, Tries] = {}

    def take(self, counter: Counter, now: datetime) -> Taken:
        before = self.counts.get(counter.key, NONE_YET)
        wait = wait_before(before, counter.limit, now)
        after = before if wait else one_more(before, now)
        self.counts[counter.key] = after
        return Taken(counter, before, after, wait)

    def give_back(self, taken: Taken) -> None:
        self.counts[taken.counter.key] = taken.before

    def forget(self, counter: Counter) -> None:
        self.counts.pop(counter.key, None)

    def knows(self, pair: Counter, now: datetime) -> bool:
        return False


class Steps:
    """Nora's second step, whose codes open once."""

    used: int = 0

    def find(self, user_id: str) -> SecondStep:
        sealed = SEALER.seal(totp.in_letters(SECRET), about(user_id))
        return SecondStep(user_id=user_id, sealed=sealed, since=NOW, last_step=self.used, recovery=())

    def use_step(self, user_id: str, step: int) -> bool:
        fresh, self.used = step > self.used, step
        return fresh

    def use_recovery(self, user_id: str, digest: str) -> int | None:
        return None

    def replace_recovery(self, user_id: str, digests: Any) -> bool:
        return True


@dataclass
class Memory:
    """A store, its changes, and what commands were asked."""

    tries: Book = field(default_factory=Book)
    second_steps: Steps = field(default_factory=Steps)
    asked: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def user_by_id(self, user_id: str) -> User | None:
        return NORA if user_id == NORA.id else None

    def together(self, at: datetime, work: Callable[[Any], Any]) -> Any:
        return work(self)

    def answered(self, command: str, request: tuple[object, ...], at: datetime) -> Any:
        if command in self.asked and self.asked[command] != request:
            raise Conflict()
        return {"epoch": 1} if command in self.asked else None

    def once(
        self, command: str, request: tuple[object, ...], at: datetime, work: Callable[[Any], Any]
    ) -> Any:
        self.asked[command] = request
        return work(self)

    def record(self, *told: Any, **more: Any) -> None:
        pass

    def save_user(self, user: User) -> None:
        pass


class Known:
    """Hashes that only tell the right password from others."""

    def matches(self, typed: str, hashed: str) -> bool:
        return typed == RIGHT

    def hash(self, typed: str) -> str:
        return "y"


KNOWN = cast(Passwords, Known())


def code(moment: datetime = NOW) -> str:
    return totp.code_at(SECRET, totp.step_of(moment))


def wrong() -> str:
    near = {code(NOW + timedelta(seconds=30 * steps)) for steps in range(-3, 4)}
    return next(one for one in (f"{n:06d}" for n in range(9)) if one not in near)


def nora(address: str = "192.0.2.7") -> Acting:
    return Acting(
        kind="user", scope="customer", customer_id=NORA.customer_id, user_id=NORA.id, address=address
    )


def confirm(store: Memory, typed: str, address: str) -> Any:
    stores = (cast(Store, store), KNOWN, SEALER, lambda: NOW)
    return presence.confirm(*stores, nora(address), password=RIGHT, code=typed)


def test_wrong_codes_from_many_places_count_together() -> None:
    store = Memory()
    for number in range(SECOND_STEP.tries):
        with pytest.raises(Invalid):
            confirm(store, wrong(), f"198.51.100.{number}")
    with pytest.raises(TooMany):
        confirm(store, code(), "203.0.113.9")


def test_a_right_one_is_not_counted() -> None:
    store = Memory()
    assert confirm(store, code(), "192.0.2.7") == {"user_id": NORA.id}
    assert not any(tries.count for tries in store.tries.counts.values())


def renew(store: Memory, typed: str) -> Any:
    asked = {"password": RIGHT, "code": typed, "command_id": "1"}
    return second_steps.renew_codes(cast(Store, store), KNOWN, SEALER, lambda: NOW, nora(), **asked)


def end(store: Memory, typed: str) -> Any:
    asked = {"password": RIGHT, "code": typed, "command_id": "1"}
    return second_steps.end(cast(Store, store), KNOWN, SEALER, lambda: NOW, nora(), **asked)


@pytest.mark.parametrize("change", [renew, end])
@pytest.mark.parametrize("typed", ["", wrong()])
def test_the_password_alone_neither_makes_recovery_codes_nor_ends_it(
    change: Callable[[Memory, str], Any], typed: str
) -> None:
    store = Memory()
    with pytest.raises(Invalid) as refused:
        change(store, typed)
    assert set(refused.value.fields) == {"code"}
    assert store.asked == {}


def test_with_both_there_are_ten_new_codes() -> None:
    assert len(renew(Memory(), code())["recovery_codes"]) == 10


def test_a_repeated_change_of_password_is_told_from_one_to_another() -> None:
    store = cast(Store, Memory())

    def change(new: str) -> Any:
        asked = {"old": RIGHT, "new": new, "command_id": "1"}
        return own.change_password(store, KNOWN, SEALER, lambda: NOW, 6, nora(), **asked)

    assert change("kruisbessenjam") == {"epoch": 2}
    assert change("kruisbessenjam") == {"epoch": 1}, "the answer of the first time"
    with pytest.raises(Conflict):
        change("een heel ander wachtwoord")
    assert "kruisbessenjam" not in repr(cast(Memory, store).asked)
