"""Uploads into recordings, in a child process (see sound_worker.py)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from services.pbx.domain.sound import RATE, Recording
from services.pbx.sound_worker import Refused
from shared.errors import Invalid
from shared.logging import get_logger
from shared.words import lazy_gettext as _l

SECONDS = 30.0
"""A child that takes longer is stopped: its own limit is of CPU time."""
ROOT = Path(__file__).resolve().parents[2]
_WAV_HEADER = 44

_SENTENCES = {
    Refused.KIND: _l("Dit is geen geluid dat we kennen. Kies een WAV, MP3, M4A, OGG, Opus of FLAC."),
    Refused.LONG: _l("Een geluid mag ten hoogste 5 minuten duren."),
    Refused.EMPTY: _l("In dit bestand zit geen geluid."),
}
_BROKEN = _l("Dit bestand is beschadigd. Sla het opnieuw op en probeer het nog eens.")

log = get_logger(__name__)


def convert(data: bytes) -> Recording:
    """An upload as we keep it. Raises Invalid (field ``file``) for what is no sound, or a harmful one."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "services.pbx.sound_worker"],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PATH": os.defpath},
        )
    except subprocess.TimeoutExpired:
        log.warning("a sound took too long", size=len(data))
        raise Invalid(fields={"file": [_BROKEN]}) from None
    if done.returncode:
        log.info(
            "a sound was refused", code=done.returncode, reason=done.stderr[-300:].decode(errors="replace")
        )
        raise Invalid(fields={"file": [_SENTENCES.get(done.returncode, _BROKEN)]})  # type: ignore[call-overload]
    samples = (len(done.stdout) - _WAV_HEADER) // 2
    return Recording(done.stdout, -(-samples // RATE))
