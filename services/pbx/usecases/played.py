"""The sounds that the media server asks for, by name, as A-law."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from services.pbx.domain import alaw
from services.pbx.domain.edge.speech import MUSIC_SECONDS, NAMES
from services.pbx.sounds import standard
from services.pbx.store import Store

KEPT = 16
"""Uploads that are held in memory, of 2.4 MB at most."""
MUSIC = "muziek"


class Sounds:
    """Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._uploads: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def get(self, name: str) -> bytes | None:
        """None for what is no sound, or one that has gone."""
        kind, _dot, rest = name.partition(".")
        if kind == "nl":
            return standard(rest) if rest in NAMES else None
        match kind, rest.split("."):
            case "file", [customer, file_id]:
                return self._upload(customer, file_id)
            case "music", [customer, file_id, second] if second.isdigit():
                whole = self._upload(customer, file_id) if file_id else standard(MUSIC)
                return _piece(whole, int(second)) if whole else None
            case "message", [customer, message_id]:
                return self._store.message_sound(customer, message_id)
            case "taken", [customer, recording_id]:
                return self._store.taken_sound(customer, recording_id)
            case _:
                return None

    def _upload(self, customer: str, file_id: str) -> bytes | None:
        key = (customer, file_id)
        with self._lock:
            known = self._uploads.get(key)
        if known is None:
            known = self._converted(customer, file_id)
        if known is not None:
            with self._lock:
                self._uploads[key] = known
                self._uploads.move_to_end(key)
                while len(self._uploads) > KEPT:
                    self._uploads.popitem(last=False)
        return known

    def _converted(self, customer: str, file_id: str) -> bytes | None:
        sound = self._store.sound(customer, file_id)
        if sound is None:
            return None
        pieces = [self._store.sound_piece(file_id, index) for index in range(sound.pieces)]
        return alaw.from_wav(b"".join(piece or b"" for piece in pieces))


def _piece(whole: bytes, second: int) -> bytes:
    """So many seconds from there on, round and round."""
    begin, length = second * alaw.RATE % len(whole), MUSIC_SECONDS * alaw.RATE
    rounds = (begin + length) // len(whole) + 1
    return (whole * rounds)[begin : begin + length]
