"""Sounds for tests, made here."""

from __future__ import annotations

import io
import math
import struct
import wave
from typing import Any

import av


def wav(seconds: float = 1.0, rate: int = 8_000, channels: int = 1) -> bytes:
    """A tone of 440 Hz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(channels)
        target.setsampwidth(2)
        target.setframerate(rate)
        one = [struct.pack("<h", int(8000 * math.sin(2 * math.pi * 440 * i / rate))) for i in range(rate)]
        second = b"".join(sample * channels for sample in one)
        target.writeframes((second * (int(seconds) + 1))[: int(seconds * rate) * 2 * channels])
    return out.getvalue()


def encoded(container: str, codec: str, seconds: float = 1.0) -> bytes:
    """The same in another format."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        stream: Any = target.add_stream(codec, rate=48_000)
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=48_000)
        with av.open(io.BytesIO(wav(seconds, 48_000, 2)), format="wav") as source:
            for frame in source.decode(audio=0):
                for part in resampler.resample(frame):
                    target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return out.getvalue()


def shape(data: bytes) -> tuple[int, int, int, int]:
    """Samples per second, channels, bytes per sample, samples of a WAV."""
    with wave.open(io.BytesIO(data)) as source:
        return source.getframerate(), source.getnchannels(), source.getsampwidth(), source.getnframes()
