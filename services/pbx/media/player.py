"""What a caller hears: sounds one after the other, in frames of 20 ms; silence when there are none. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.pbx.media.g711 import FRAME, SILENCE

_QUIET = SILENCE * FRAME


class Player:
    """``told`` is called when the sounds are over."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told
        self._sounds: tuple[bytes, ...] = ()
        self._loop = False
        self._sound = self._at = 0

    @property
    def idle(self) -> bool:
        return not self._sounds

    def play(self, sounds: Sequence[bytes], loop: bool = False) -> None:
        """Instead of what plays now. Sounds are A-law; empty ones are passed over."""
        self._sounds = tuple(sound for sound in sounds if sound)
        self._loop = loop
        self._sound = self._at = 0

    def stop(self) -> None:
        self.play(())

    def frame(self) -> bytes:
        """The next 20 ms."""
        if not self._sounds:
            return _QUIET
        sound = self._sounds[self._sound]
        frame = sound[self._at : self._at + FRAME]
        self._at += FRAME
        if self._at >= len(sound):
            self._next()
        return frame if len(frame) == FRAME else frame.ljust(FRAME, SILENCE)

    def _next(self) -> None:
        self._sound, self._at = self._sound + 1, 0
        if self._sound < len(self._sounds):
            return
        self._sound = 0
        if not self._loop:
            self._sounds = ()
            self._told()
