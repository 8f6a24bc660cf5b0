"""Recordings: speech in its place, an end after silence, and nothing when nobody spoke."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.media.g711 import FRAME, RATE, SILENCE
from services.pbx.media.recording import FRAMES_PER_SECOND, KEPT_QUIET, QUIET_SECONDS, Recording

LOUD = b"\x2a\xaa"
QUIET_FRAME = SILENCE * FRAME


def spoken(number: int) -> bytes:
    """A frame that is loud, and no other's."""
    return LOUD * (FRAME // 2 - 1) + number.to_bytes(2, "big")


def frames(recording: Recording, *what: bytes, at: int = 0, source: int = 7) -> None:
    for number, frame in enumerate(what):
        recording.take(source, (at + number * FRAME) % 2**32, frame)
        recording.tick()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 3), min_size=12, max_size=40),
    st.sets(st.integers(3, 11), max_size=5),
)
def test_packets_stand_where_they_were_spoken_whatever_the_order(
    began: int, late: list[int], lost: set[int]
) -> None:
    order = sorted(range(len(late)), key=lambda n: (n + late[n] if n else -1, n))
    recording = Recording(60)
    for number in order:
        if number not in lost:
            recording.take(7, (began + number * FRAME) % 2**32, spoken(number))
    last = max(set(range(len(late))) - lost)
    expected = b"".join(QUIET_FRAME if n in lost else spoken(n) for n in range(last + 1))
    assert recording.data() == expected


@pytest.mark.feature("PBX-16")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 149)), max_size=8))
def test_it_ends_after_three_seconds_in_which_nobody_speaks_and_not_before(
    turns: list[tuple[bool, int]],
) -> None:
    recording, at, quiet = Recording(600), 0, 0
    for loud, count in turns:
        for _ in range(count):
            frames(recording, spoken(at) if loud else QUIET_FRAME, at=at * FRAME)
            at, quiet = at + 1, 1 if loud else quiet + 1
            assert recording.over is (quiet >= QUIET_SECONDS * FRAMES_PER_SECOND)
            if recording.over:
                return


def test_a_telephone_that_sends_nothing_while_nobody_speaks_ends_it_too() -> None:
    recording = Recording(60)
    frames(recording, *map(spoken, range(50)))
    for _ in range(QUIET_SECONDS * FRAMES_PER_SECOND):
        assert not recording.over or recording._quiet >= QUIET_SECONDS * FRAMES_PER_SECOND
        recording.tick()
    assert recording.over


def test_it_is_never_longer_than_it_may_become() -> None:
    recording = Recording(2)
    frames(recording, *map(spoken, range(150)))
    assert recording.over and len(recording.data()) == 2 * RATE


def test_the_silence_at_the_end_is_left_out() -> None:
    recording = Recording(60)
    frames(recording, *map(spoken, range(10)), *[QUIET_FRAME] * 140)
    assert len(recording.data()) == 10 * FRAME + KEPT_QUIET


def test_who_says_nothing_leaves_nothing() -> None:
    recording = Recording(60)
    frames(recording, *[QUIET_FRAME] * 100)
    assert recording.data() == b""


def test_another_sender_goes_on_where_the_first_stopped() -> None:
    recording = Recording(60)
    frames(recording, spoken(1), spoken(2), at=90_000, source=1)
    frames(recording, spoken(3), at=5, source=2)
    frames(recording, spoken(4), at=900_000, source=2)
    assert recording.data() == b"".join(map(spoken, (1, 2, 3, 4)))
