"""Uploads into recordings: every format that people have, and nothing else."""

from __future__ import annotations

import pytest

from services.pbx.domain.sound import LONGEST_SECONDS, container_of
from services.pbx.sound import convert
from shared.errors import Invalid
from tests.support.sounds import encoded, shape, wav

pytestmark = pytest.mark.feature("PBX-05")

UNKNOWN = "Dit is geen geluid dat we kennen. Kies een WAV, MP3, M4A, OGG, Opus of FLAC."
BROKEN = "Dit bestand is beschadigd. Sla het opnieuw op en probeer het nog eens."


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp3", "libmp3lame"), ("ogg", "libopus"), ("flac", "flac"), ("ogg", "flac"), ("ipod", "aac")],
)
def test_each_format_becomes_a_wav_of_8_khz_mono(container: str, codec: str) -> None:
    recording = convert(encoded(container, codec))
    rate, channels, width, samples = shape(recording.wav)
    assert (rate, channels, width) == (8_000, 1, 2)
    assert 7_500 < samples < 9_000
    assert recording.seconds in (1, 2)


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (96_000, 2)])
def test_a_wav_keeps_its_length(rate: int, channels: int) -> None:
    samples = shape(convert(wav(2, rate, channels)).wav)[3]
    assert abs(samples - 16_000) < 100


HOSTILE = {
    "nothing": (b"", UNKNOWN),
    "text": (b"hallo, dit is geen geluid", UNKNOWN),
    "a playlist that names a file": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", UNKNOWN),
    "a concatenation that names a file": (b"ffconcat version 1.0\nfile /etc/passwd\n", UNKNOWN),
    "a program": (b"MZ\x90\x00" + bytes(200), UNKNOWN),
    "a page": (b"<html><script>alert(1)</script></html>", UNKNOWN),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), UNKNOWN),
    "a head without a body": (b"RIFF\xff\xff\xff\xffWAVE", BROKEN),
    "noise that says Ogg": (b"OggS" + bytes(range(256)) * 40, BROKEN),
    "noise that says MP3": (b"ID3" + bytes(range(256)) * 40, BROKEN),
    "a movie's box of 4 GB": (b"\xff\xff\xff\xffftypM4A " + bytes(500), BROKEN),
}


@pytest.mark.parametrize(("data", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_sound_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        convert(data)
    assert refused.value.fields == {"file": [sentence]}


def test_a_silent_bomb_that_says_little_and_lasts_long_is_stopped() -> None:
    bomb = encoded("flac", "flac", LONGEST_SECONDS + 1)
    with pytest.raises(Invalid, match="") as refused:
        convert(bomb)
    assert refused.value.fields == {"file": ["Een geluid mag ten hoogste 5 minuten duren."]}


def test_a_sound_of_no_length_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        convert(wav(0.05))
    assert refused.value.fields == {"file": ["In dit bestand zit geen geluid."]}


def test_a_codec_that_is_not_on_the_list_is_never_started() -> None:
    adpcm = encoded("wav", "adpcm_ima_wav")
    assert container_of(adpcm) == "wav"
    with pytest.raises(Invalid) as refused:
        convert(adpcm)
    assert refused.value.fields == {"file": [UNKNOWN]}


def test_what_follows_a_sound_does_not_get_into_the_file() -> None:
    """The stored bytes are ours: nothing of the upload but its samples."""
    recording = convert(wav(1) + b"<script>alert(1)</script>")
    assert b"script" not in recording.wav
