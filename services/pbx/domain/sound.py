"""What kind of sound a file says it is, and what we make of it. Sounds are kept as telephones play them:
8 kHz, 16 bit, one channel."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_UPLOAD = 10 * 1000 * 1000
"""Bytes: five minutes of CD quality fit when compressed a little."""
LONGEST_SECONDS = 300
SHORTEST_SECONDS = 0.2
RATE = 8_000
"""Samples per second."""

CODECS = {
    "wav": ("pcm_s16le", "pcm_u8", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"),
    "mp3": ("mp3", "mp3float"),
    "ogg": ("vorbis", "opus", "flac"),
    "flac": ("flac",),
    "mp4": ("aac", "alac"),
}
"""By container: the codecs that we decode. No other is ever started."""


@dataclass(frozen=True)
class Recording:
    """A WAV file of ours; ``seconds`` rounded up."""

    wav: bytes
    seconds: int


def container_of(head: bytes) -> str | None:
    """The container that a file's first bytes (12 or more) say it is; None for what we do not take."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"OggS":
        return "ogg"
    if head[:4] == b"fLaC":
        return "flac"
    if head[4:8] == b"ftyp":
        return "mp4"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "mp3"  # MPEG audio, layer III
    return None
