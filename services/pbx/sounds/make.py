"""``python -m services.pbx.sounds.make``: the standard sounds anew, with espeak-ng (Debian's package of that
name). Only who changes a text needs it: what it makes is in the repository.

The voice is espeak-ng's own Dutch one. espeak-ng is under the GPL, version 3; what it speaks is no part of
it, as a letter is no part of the typewriter. Tones and music are computed here.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from services.pbx.domain import alaw
from services.pbx.domain.edge.speech import NAMES
from services.pbx.sound import convert
from services.pbx.sounds import FOLDER
from services.pbx.sounds.texts import TEXTS

VOICE = ("espeak-ng", "-v", "nl", "-s", "165", "-p", "42", "-g", "2")
PAUSE = alaw.FRAME * 4
"""Kept after the last sound, so that words do not run into each other."""
SILENCE = b"\xd5"
BUSY_HERTZ, BUSY_SECONDS = 425, 0.5
"""The Dutch busy tone: half a second on, half a second off (ITU-T E.180)."""
NOTES = (262, 330, 392, 494, 440, 392, 330, 294, 349, 440, 523, 440, 392, 330, 294, 247)
NOTE_SECONDS = 0.75
LOUDEST = 9_000


def spoken(text: str) -> bytes:
    """A text as A-law, without the silence around it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spoken.wav"
        subprocess.run([*VOICE, "-w", str(file), text], check=True)
        sound = alaw.from_wav(convert(file.read_bytes()).wav)
    return alaw.trimmed(alaw.trimmed(sound)[::-1])[::-1] + SILENCE * PAUSE


def busy() -> bytes:
    """Four times on and off."""
    on = _sound(math.sin(2 * math.pi * BUSY_HERTZ * n / alaw.RATE) for n in range(_samples(BUSY_SECONDS)))
    return (on + SILENCE * _samples(BUSY_SECONDS)) * 4


def music() -> bytes:
    """A few notes that fade, round and round."""
    return b"".join(_sound(_note(hertz)) for hertz in NOTES)


def _note(hertz: int) -> Iterable[float]:
    for n in range(_samples(NOTE_SECONDS)):
        at = n / alaw.RATE
        wave = math.sin(2 * math.pi * hertz * at) + 0.3 * math.sin(4 * math.pi * hertz * at)
        yield 0.6 * wave * min(at / 0.01, 1) * math.exp(-3 * at)


def _samples(seconds: float) -> int:
    return int(seconds * alaw.RATE)


def _sound(wave: Iterable[float]) -> bytes:
    return bytes(alaw.code(int(LOUDEST * value)) for value in wave)


def main() -> int:
    if shutil.which(VOICE[0]) is None:
        sys.stderr.write("espeak-ng is not there: apt-get install espeak-ng\n")
        return 1
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        made = busy() if name == "bezettoon" else music() if name == "muziek" else spoken(TEXTS[name])
        (FOLDER / f"{name}.al").write_bytes(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
