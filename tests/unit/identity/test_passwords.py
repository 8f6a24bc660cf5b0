"""Hashes of passwords: their cost, their form, and how many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.identity.passwords import AT_ONCE, Cost, Passwords

CHEAP = Cost(memory=8, passes=1)


def test_a_hash_tells_how_it_was_made_and_never_twice_the_same() -> None:
    passwords = Passwords(CHEAP)
    first, second = passwords.hash("vlierbes"), passwords.hash("vlierbes")
    assert first.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert first != second
    assert passwords.matches("vlierbes", first)
    assert not passwords.matches("Vlierbes", first)


def test_the_cost_in_use_is_the_recommended_one() -> None:
    assert Cost().prefix == "$argon2id$v=19$m=19456,t=2,p=1$"


def test_an_accent_matches_however_the_keyboard_composes_it() -> None:
    passwords = Passwords(CHEAP)
    assert passwords.matches("cafe\N{COMBINING ACUTE ACCENT}", passwords.hash("café"))


def test_a_hash_of_another_cost_still_matches_and_is_outdated() -> None:
    old = Passwords(CHEAP).hash("vlierbes")
    passwords = Passwords(Cost(memory=16, passes=1))
    assert passwords.matches("vlierbes", old)
    assert passwords.is_outdated(old)
    assert not passwords.is_outdated(passwords.hash("vlierbes"))


@pytest.mark.feature("ID-11")
def test_without_an_account_the_work_is_the_same() -> None:
    asked: list[str] = []

    def run(function: Callable[..., Any], *args: Any) -> Any:
        asked.append(args[-1].rpartition("$")[0].rpartition("$")[0])
        return function(*args)

    passwords = Passwords(CHEAP, run)
    known = Passwords(CHEAP).hash("vlierbes")
    assert not passwords.matches("iets anders", known)
    assert not passwords.matches("iets anders", None)
    assert asked == ["$argon2id$v=19$m=8,t=1,p=1"] * 2


def test_only_a_few_are_under_way_at_once() -> None:
    busy, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(AT_ONCE)

    def run(function: Callable[..., Any], *args: Any) -> Any:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        together.wait(10)  # passes only when as many as may are inside
        with lock:
            busy -= 1
        return function(*args)

    passwords = Passwords(CHEAP, run)
    with ThreadPoolExecutor(4 * AT_ONCE) as pool:
        assert all(pool.map(passwords.hash, ["vlierbes"] * 4 * AT_ONCE))
    assert most == AT_ONCE
