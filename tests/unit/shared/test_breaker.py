"""The breaker of calls to one service: it opens after failures, lets probes through, and closes again."""

from __future__ import annotations

from shared.rpc_client import (
    CALLS_PER_SERVICE,
    FAILURE_WINDOW_SECONDS,
    FAILURES_TO_OPEN,
    PROBE_AFTER_SECONDS,
    Breaker,
)


class Calls:
    """A breaker with a clock of our own."""

    def __init__(self) -> None:
        self.breaker = Breaker()
        self.now = 1000.0

    def enters(self) -> bool:
        return self.breaker.enter(self.now)

    def call(self, ok: bool | None, seconds: float = 0.0) -> bool:
        """Make a call that ends after some time; whether it was let through."""
        if not self.enters():
            return False
        self.now += seconds
        self.breaker.leave(ok, self.now)
        return True

    def opened(self) -> Calls:
        for _ in range(FAILURES_TO_OPEN):
            assert self.call(ok=False)
        return self


def test_calls_go_through_while_fewer_than_five_have_failed() -> None:
    calls = Calls()
    for _ in range(FAILURES_TO_OPEN - 1):
        calls.call(ok=False)
    assert calls.enters()


def test_five_failures_within_ten_seconds_open_it() -> None:
    calls = Calls().opened()
    assert not calls.enters()


def test_failures_that_lie_further_apart_do_not_open_it() -> None:
    calls = Calls()
    for _ in range(3 * FAILURES_TO_OPEN):
        assert calls.call(ok=False, seconds=FAILURE_WINDOW_SECONDS / (FAILURES_TO_OPEN - 1))
    assert calls.enters()


def test_one_success_forgets_the_failures_before_it() -> None:
    calls = Calls()
    for _ in range(3):
        for _ in range(FAILURES_TO_OPEN - 1):
            assert calls.call(ok=False)
        assert calls.call(ok=True)


def test_while_open_one_probe_goes_through_every_two_seconds() -> None:
    calls = Calls().opened()
    calls.now += PROBE_AFTER_SECONDS - 0.1
    assert not calls.enters()
    calls.now += 0.2
    assert calls.enters()
    assert not calls.enters(), "the next one waits, also before the probe has ended"
    calls.now += PROBE_AFTER_SECONDS
    assert calls.enters()


def test_a_probe_that_fails_leaves_it_open_however_long_ago_the_failures_are() -> None:
    calls = Calls().opened()
    for _ in range(10):
        calls.now += 2 * FAILURE_WINDOW_SECONDS
        assert calls.call(ok=False)
        assert not calls.enters()


def test_a_probe_that_succeeds_closes_it() -> None:
    calls = Calls().opened()
    calls.now += PROBE_AFTER_SECONDS
    assert calls.call(ok=True)
    for _ in range(FAILURES_TO_OPEN):
        assert calls.call(ok=None)


def test_a_call_begun_before_it_opened_may_close_it_when_it_is_answered_after_all() -> None:
    calls = Calls()
    assert calls.enters()
    calls.opened()
    calls.breaker.leave(True, calls.now)
    assert calls.enters()


def test_a_call_that_says_nothing_about_the_service_changes_nothing() -> None:
    calls = Calls().opened()
    calls.now += PROBE_AFTER_SECONDS
    assert calls.call(ok=None)
    assert not calls.enters()


def test_fifty_calls_at_once_are_the_most() -> None:
    calls = Calls()
    assert [calls.enters() for _ in range(CALLS_PER_SERVICE + 1)] == [True] * CALLS_PER_SERVICE + [False]
    calls.breaker.leave(True, calls.now)
    assert calls.enters()
    assert not calls.enters()


def test_a_call_that_is_turned_away_costs_no_place() -> None:
    calls = Calls().opened()
    for _ in range(3 * CALLS_PER_SERVICE):
        calls.enters()
    calls.now += PROBE_AFTER_SECONDS
    assert calls.call(ok=True)
    assert calls.breaker.in_flight == 0
