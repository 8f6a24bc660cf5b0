"""Sounds and their bytes, which no transaction keeps together: whatever is told twice, late or at once, a
sound that is there can be heard, and bytes of which there is no sound go."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, cast

import pytest
from msgspec import structs

from services.pbx.domain import alaw
from services.pbx.domain.config import Line
from services.pbx.domain.sound import Recording
from services.pbx.store import Sound, Store
from services.pbx.usecases import sounds
from services.pbx.usecases.voicemail import keep_greeting
from shared.acting import Acting
from shared.errors import USED, Conflict
from shared.ids import new_id
from tests.unit.pbx.edge_scene import BAKERY, Scene, bakery
from tests.unit.pbx.steps import once_at

KEEPER = Acting(kind="user", scope="customer", customer_id=BAKERY, user_id="u" * 32, roles=("settings",))
UPLOAD = "a" * 32
FIRST, SECOND = b"\xd5" * 8000, b"\xd5" * 16000


class Shelf(Store):
    """GridFS, of which memory has none: files of one piece."""

    def store_bytes(self, source: str, wav: bytes) -> tuple[str, str]:
        file_id = new_id()
        self._db["sounds.files"].insert_one({"_id": file_id, "filename": source})
        self._db["sounds.chunks"].insert_one({"_id": file_id, "files_id": file_id, "n": 0, "data": wav})
        return file_id, hashlib.sha256(wav).hexdigest()


@pytest.fixture
def scene() -> Scene:
    found = Scene(structs.replace(bakery(), lines=(Line(id="winkel", number="+31850001619"),)))
    found.store = Shelf(cast(Any, found.db))
    return found


def heard(scene: Scene) -> dict[str, bytes]:
    """What is heard of each sound. Nothing else is kept."""
    files = [sound.id for sound in scene.store.sounds(BAKERY)]
    found = {file_id: scene.store.sound_piece(file_id, 0) for file_id in files}
    stored = {row["_id"] for row in scene.db["sounds.files"].find()}
    assert stored == {row["files_id"] for row in scene.db["sounds.chunks"].find()} == set(found)
    return cast(dict[str, bytes], found)


def keep(scene: Scene, recording: str) -> None:
    keep_greeting(scene.store, lambda: scene.now, BAKERY, "winkel", recording)


def speak(scene: Scene, recording: str, sound: bytes) -> None:
    scene.store.keep_taken(BAKERY, recording, sound, scene.now)


def greeting(scene: Scene) -> bytes:
    """What callers of the line hear."""
    box = scene.store.settings(BAKERY).published.lines[0].voicemail
    assert box.greeting_busy and box.greeting_busy == box.greeting_no_answer
    return alaw.from_wav(heard(scene)[box.greeting_busy])


@pytest.mark.feature("TEL-03")
def test_a_late_copy_puts_no_old_greeting_back(scene: Scene) -> None:
    """It stands still before its transaction. The media server asks another, and the owner speaks anew."""
    speak(scene, "first", FIRST)

    def meanwhile() -> None:
        keep(scene, "first")
        speak(scene, "second", SECOND)
        keep(scene, "second")

    once_at(scene, "find sound_files", meanwhile)
    keep(scene, "first")
    assert greeting(scene) == SECOND


@pytest.mark.feature("TEL-03")
def test_two_copies_of_one_greeting_leave_one(scene: Scene) -> None:
    speak(scene, "first", FIRST)
    once_at(scene, "find sound_files", lambda: keep(scene, "first"))
    keep(scene, "first")
    keep(scene, "first")
    assert (greeting(scene), len(heard(scene))) == (FIRST, 1)


@pytest.mark.feature("TEL-03")
def test_what_a_killed_process_left_of_a_greeting_goes(scene: Scene) -> None:
    speak(scene, "first", FIRST)

    def killed() -> None:
        raise SystemExit

    once_at(scene, "find sound_files", killed)
    with pytest.raises(SystemExit):
        keep(scene, "first")
    keep(scene, "first")
    assert greeting(scene) == FIRST


def upload(scene: Scene, *pieces: bytes, kind: str = "greeting", name: str = "Welkom") -> str:
    """The ID of the sound that these pieces become."""
    answer: Any = None
    for index, piece in enumerate(pieces):
        about = {"upload_id": UPLOAD, "kind": kind, "name": name, "index": index, "pieces": len(pieces)}
        about |= {"data": base64.b64encode(piece).decode(), "last": index == len(pieces) - 1}
        answer = sounds.upload(
            scene.store, lambda data: Recording(data, 1), lambda: scene.now, KEEPER, **cast(Any, about)
        )
    return str(answer["file"]["id"])


@pytest.mark.feature("PBX-05")
def test_two_copies_of_one_upload_make_one_sound_that_is_heard(scene: Scene) -> None:
    others = []
    once_at(scene, "find commands", lambda: others.append(upload(scene, b"sound")))
    mine = upload(scene, b"sound")
    assert others == [mine]
    assert heard(scene) == {mine: b"sound"}


@pytest.mark.feature("PBX-05")
def test_of_two_sounds_under_one_key_at_once_the_second_is_refused(scene: Scene) -> None:
    once_at(scene, "find commands", lambda: upload(scene, b"sound"))
    with pytest.raises(Conflict, match="al gebruikt voor iets anders") as refused:
        upload(scene, b"other")
    assert refused.value.details == {"command": USED}, "the form begins anew"
    assert list(heard(scene).values()) == [b"sound"]


@pytest.mark.feature("PBX-05")
@pytest.mark.parametrize(
    "other",
    [
        ((b"one", b"other"), {}),
        ((b"one",), {}),
        ((b"one", b"two", b"three"), {}),
        ((b"one", b"two"), {"kind": "music"}),
        ((b"one", b"two"), {"name": "Kerst"}),
    ],
    ids=["another end", "less", "more", "another kind", "another name"],
)
def test_the_same_key_with_another_sound_is_a_conflict(
    scene: Scene, other: tuple[tuple[bytes, ...], dict[str, str]]
) -> None:
    mine = upload(scene, b"one", b"two")
    assert upload(scene, b"one", b"two") == mine
    with pytest.raises(Conflict, match="al gebruikt voor iets anders"):
        upload(scene, *other[0], **other[1])
    assert heard(scene) == {mine: b"onetwo"}


@pytest.mark.feature("PBX-05")
def test_a_sound_of_the_release_before_is_known_by_its_upload(scene: Scene) -> None:
    """Its ID is the name of the upload; what its pieces were is not known."""
    before = hashlib.sha256(f"{BAKERY}|{UPLOAD}".encode()).hexdigest()[:32]
    sound = Sound(before, BAKERY, "greeting", "Welkom", 1, 5, "0" * 64, scene.now)
    row = {"_id": before, **{k: v for k, v in vars(sound).items() if k not in ("id", "upload", "came")}}
    scene.db["sound_files"].insert_one(row)
    assert upload(scene, b"sound") == before
    with pytest.raises(Conflict):
        upload(scene, b"sound", name="Kerst")
