"""The standard sounds, in Dutch: A-law files in ``nl``, made once by :mod:`services.pbx.sounds.make`."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "nl"


def standard(name: str) -> bytes | None:
    """The standard sound of this name (``speech.NAMES``), or None."""
    file = FOLDER / f"{name}.al"
    return file.read_bytes() if file.is_file() else None
