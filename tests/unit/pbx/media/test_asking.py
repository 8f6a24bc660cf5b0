"""Asking pbx: what the listener closed meanwhile is no answer, and nobody is asked for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from services.pbx.domain.edge.scripts import Heard
from services.pbx.media import asking
from services.pbx.media.asking import Away, Pbx, Refused
from tests.support.loops import run
from tests.support.media_director import TOKEN, Listener

HEARD = Heard(call="call-1", script="menu-1")


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def asked(listener: Listener, story: Callable[[Pbx], Coroutine[Any, Any, None]], tries: int = 1) -> None:
    pauses = [0.001] * (tries - 1)
    run(story(Pbx(("127.0.0.1", listener.server_port), TOKEN, patience=20, pauses=pauses)))


def test_a_connection_that_was_closed_while_nobody_asked_costs_no_try(listener: Listener) -> None:
    """As after a quiet minute: each of the threads has one of its own, and all are closed."""
    listener.closes = True

    async def story(pbx: Pbx) -> None:
        for _ in range(3):
            acts = await asyncio.gather(*(pbx.next(HEARD) for _ in range(asking.THREADS)))
            assert {act.then for act in acts} == {"hangup"}

    asked(listener, story)


def test_a_connection_is_kept_and_one_that_was_idle_for_long_is_not_used_again(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(pbx: Pbx) -> None:
        await pbx.next(HEARD)
        await pbx.next(HEARD)
        assert listener.connections == 1
        monkeypatch.setattr(asking, "IDLE_SECONDS", -1.0)
        await pbx.next(HEARD)
        assert listener.connections == 2

    monkeypatch.setattr(asking, "THREADS", 1)  # each thread has a connection of its own
    asked(listener, story)


def test_who_answers_nothing_on_a_new_connection_either_has_had_a_try(listener: Listener) -> None:
    async def story(pbx: Pbx) -> None:
        await pbx.next(HEARD)
        await asyncio.to_thread(listener.close)
        with pytest.raises(Away):
            await pbx.next(HEARD)

    listener.closes = True
    asked(listener, story, tries=2)


def test_a_call_that_pbx_does_not_know_yet_is_asked_about_again_and_not_for_ever(listener: Listener) -> None:
    async def story(pbx: Pbx) -> None:
        listener.away = 4
        assert (await pbx.next(HEARD)).then == "hangup"
        listener.away = 5
        with pytest.raises(Away):
            await pbx.next(HEARD)
        assert listener.away == 0

    asked(listener, story, tries=len(asking.PAUSES) + 1)


def test_the_pauses_between_tries_grow_and_are_over_in_three_seconds() -> None:
    assert list(asking.PAUSES) == sorted(set(asking.PAUSES))
    assert sum(asking.PAUSES) == pytest.approx(3)


def test_what_pbx_refuses_is_not_asked_again(listener: Listener) -> None:
    async def story(pbx: Pbx) -> None:
        with pytest.raises(Refused):
            await pbx.sound("unknown")
        assert listener.fetched == ["unknown"]

    asked(listener, story, tries=3)
