"""Greetings and music over RPC: uploaded in pieces, played, used, removed."""

from __future__ import annotations

import base64

import pytest

from services.pbx.store import Store
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import Office
from tests.support.sounds import encoded, shape, wav


@pytest.fixture
def office(pbx: Pbx) -> Office:
    return Office.opened(pbx)


def played(office: Office, file_id: str) -> bytes:
    data, index = b"", 0
    while True:
        piece = office.call("file_chunk", file_id=file_id, index=index)
        data, index = data + base64.b64decode(piece["data"]), index + 1
        if piece["last"]:
            assert len(data) == piece["size"]
            return data


@pytest.mark.feature("PBX-05")
def test_music_is_uploaded_played_chosen_and_removed(office: Office) -> None:
    original = wav(60, 44_100, 2)  # 10 MB, in more pieces than one
    music = office.upload(original[:9_900_000], kind="music", name="Piano")["file"]
    assert (music["name"], music["kind"], music["pieces"]) == ("Piano", "music", 2)
    sound = played(office, music["id"])
    assert shape(sound)[:3] == (8_000, 1, 2)
    office.save("music", None, file=music["id"])
    (listed,) = office.call("files")["rows"]
    assert [place["id"] for place in listed["used_by"]] == ["music"]
    with pytest.raises(Conflict, match="Piano is in gebruik bij de wachtmuziek"):
        office.change("remove_file", file_id=music["id"])
    office.save("music", None, file=None)
    office.change("remove_file", file_id=music["id"])
    with pytest.raises(NotFound):
        office.call("file_chunk", file_id=music["id"], index=0)
    assert office.pbx.database["sounds.chunks"].count_documents({}) == 0
    assert office.pbx.database["uploads"].count_documents({}) == 0


@pytest.mark.feature("PBX-09")
def test_a_greeting_is_chosen_for_a_menu_and_only_one_that_is_there(office: Office) -> None:
    greeting = office.upload(encoded("mp3", "libmp3lame"))["file"]["id"]
    menu = office.change("add", part="menu", values={"name": "Hoofdmenu", "extension": "100"})["id"]
    office.save("menu_side", f"{menu}:open", greeting=greeting)
    assert office.element("menus", menu)["open"]["greeting"] == greeting
    with pytest.raises(Invalid) as gone:
        office.save("menu_side", f"{menu}:closed", greeting=new_id())
    assert gone.value.fields == {"greeting": ["Dit geluid bestaat niet meer. Kies een ander."]}
    stranger = Office.opened(office.pbx, ())
    with pytest.raises(Invalid):
        stranger.save("music", None, file=greeting)
    for method, fields in (("file_chunk", {"index": 0}), ("remove_file", {"command_id": new_id()})):
        with pytest.raises(NotFound):
            stranger.call(method, file_id=greeting, **fields)
    with pytest.raises(Forbidden):
        Office(office.pbx, office.customer_id, ()).upload(wav())


@pytest.mark.feature("PBX-05")
@pytest.mark.parametrize(
    "data",
    [b"", b"#EXTM3U\nfile:///etc/passwd\n", b"OggS" + bytes(range(256)) * 40, b"<html>", wav(0.01)],
    ids=["empty", "playlist", "noise", "page", "too short"],
)
def test_a_hostile_file_leaves_nothing_behind(office: Office, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        office.upload(data)
    assert list(refused.value.fields) == ["file"]
    assert office.call("files")["rows"] == []
    for collection in ("sound_files", "sounds.files", "sounds.chunks", "uploads"):
        assert office.pbx.database[collection].count_documents({}) == 0
    assert office.upload(wav())["file"]["seconds"] == 1  # the service is well


def test_an_upload_that_lacks_a_piece_or_is_too_large_is_refused(office: Office) -> None:
    fields = {"upload_id": new_id(), "kind": "greeting", "name": "Half", "pieces": 3}
    piece = base64.b64encode(wav()).decode()
    assert office.call("upload", index=0, data=piece, last=False, **fields) == {"received": 0}
    with pytest.raises(Invalid) as holes:
        office.call("upload", index=2, data=piece, last=True, **fields)
    assert holes.value.fields == {"file": ["Niet alle delen zijn aangekomen. Probeer het opnieuw."]}
    with pytest.raises(Invalid) as large:
        office.upload(wav(60, 44_100, 2))
    assert large.value.fields == {"file": ["Een bestand mag ten hoogste 10 MB groot zijn."]}
    with pytest.raises(Invalid):
        office.call("upload", index=0, data="geen base64!", last=False, **fields)


def test_the_same_upload_with_another_sound_is_a_conflict(office: Office) -> None:
    upload_id, data = new_id(), wav()
    first = office.upload(data, upload_id=upload_id)["file"]
    with pytest.raises(Conflict, match="Deze opdracht is al gebruikt voor iets anders"):
        office.upload(wav(2), upload_id=upload_id)
    assert played(office, first["id"])


def test_bytes_that_other_tries_left_go(office: Office) -> None:
    store = Store(office.pbx.database)
    tries = [store.store_bytes("one", wav())[0] for _ in range(2)]
    other, _digest = store.store_bytes("other", wav())
    store.keep_only("one", tries[1])
    assert [store.sound_piece(each, 0) is not None for each in (*tries, other)] == [False, True, True]
    for each in (tries[1], other):
        store.drop_bytes(each)


def test_the_same_upload_twice_is_one_file(office: Office) -> None:
    upload_id, data = new_id(), wav()
    first = office.upload(data, upload_id=upload_id)
    assert office.upload(data, upload_id=upload_id) == first
    assert len(office.call("files")["rows"]) == 1
    assert office.audited().count("sound.uploaded") == 1
