"""``python -m services.pbx.sound_worker``: a sound of anybody's on stdin, our WAV on stdout.

A process of its own, with little memory, little time, no files and no secrets, because decoders are where
hostile files do their work. Ends with one of :class:`Refused` when it takes no such file.
"""

from __future__ import annotations

import io
import resource
import sys
import wave
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from services.pbx.domain.sound import CODECS, LONGEST_SECONDS, RATE, SHORTEST_SECONDS, container_of

MEMORY = 1_000_000_000  # addresses, most of them of libraries
CPU_SECONDS = 20
SAMPLE_BYTES = 2


class Refused(IntEnum):
    """Exit codes."""

    KIND = 10
    BROKEN = 11
    LONG = 12
    EMPTY = 13


class Refusal(Exception):
    def __init__(self, code: Refused) -> None:
        super().__init__(code.name)
        self.code = code


def convert(data: bytes) -> bytes:
    """The WAV of an upload. Raises Refusal, and whatever FFmpeg does on a broken file."""
    import av  # here: with the limits on

    container = container_of(data[:64])
    if container is None:
        raise Refusal(Refused.KIND)
    # With the format named, FFmpeg does not guess; a guess may be a playlist that names other files.
    with av.open(io.BytesIO(data), format=container, options={"protocol_whitelist": ""}) as source:
        streams = source.streams
        if len(streams.audio) != 1 or _has_moving_pictures(streams):
            raise Refusal(Refused.KIND)
        if streams.audio[0].codec_context.name not in CODECS[container]:
            raise Refusal(Refused.KIND)
        return _written(b"".join(_samples(av, source)))


def _has_moving_pictures(streams: Any) -> bool:
    """A cover is a video stream of one picture, which is never decoded."""
    return any(not video.disposition & video.disposition.attached_pic for video in streams.video)


def _samples(av: Any, source: Any) -> Iterator[bytes]:
    """8 kHz mono; never more than the longest that we take, whatever the file says of itself."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    count = 0
    for frame in _frames(source, resampler):
        count += frame.samples
        if count > LONGEST_SECONDS * RATE:
            raise Refusal(Refused.LONG)
        yield bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES]
    if count < SHORTEST_SECONDS * RATE:
        raise Refusal(Refused.EMPTY)


def _frames(source: Any, resampler: Any) -> Iterator[Any]:
    for frame in source.decode(source.streams.audio[0]):
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _written(samples: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(SAMPLE_BYTES)
        target.setframerate(RATE)
        target.writeframes(samples)
    return out.getvalue()


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        wav = convert(sys.stdin.buffer.read())
    except Refusal as refusal:
        return refusal.code
    except Exception as problem:  # FFmpeg has many
        sys.stderr.write(f"{type(problem).__name__}: {problem}"[:300])
        return Refused.BROKEN
    sys.stdout.buffer.write(wav)
    return 0


if __name__ == "__main__":
    sys.exit(main())
