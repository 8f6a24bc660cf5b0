"""Colleagues under the keys: who left goes, what somebody put under a key themselves stays."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from services.provisioning.domain import rendering
from services.provisioning.domain.authentication import Nonces
from services.provisioning.domain.device import LINE, Device, Person
from services.provisioning.domain.files import Names
from services.provisioning.domain.profiles import load, profiles
from services.provisioning.store import Desk, Store
from services.provisioning.store.rows import device_of, device_row, person_row
from services.provisioning.usecases import devices
from services.provisioning.usecases.fetching import Answer, Fetching, Request
from services.provisioning.usecases.workshop import Workshop
from shared import tenancy
from shared.acting import Acting
from shared.sealing import Sealer
from tests.support.memory_server import Server
from tests.unit.provisioning.parts import SITE, USER, Database, device, person

pytestmark = pytest.mark.feature("PRV-05")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OWN, ANNA = person(USER, "Balie", "209"), person("2" * 32, "Anna", "201")
BART = person("3" * 32, "Bart", "202")
BART_LEFT = Person(id=BART.id, customer_id=BART.customer_id, revision=2, deleted=True)
EMPTIED = {
    "yealink-t54w": "linekey.{n}.type = 0\nlinekey.{n}.value =\nlinekey.{n}.label =\n",
    "snom-d785": '<fkey idx="{n}" context="1" label="" perm="">none</fkey>',
    "grandstream-grp2614": '<item name="pks.vpk.{n}">\n<part name="keyMode">None</part>',
    "fanvil-x6u": '<Fkey index="{n}">\n<Type>0</Type>\n<Value></Value>',
    "cisco-8851": "<Extended_Function_{n}_></Extended_Function_{n}_>",
}
"""What empties a key, of each series that keeps what a file leaves out."""
WHOLE = ("poly-vvx450", "mitel-6920")
"""Take all from their file: a key that is not in it is empty."""


def file(model: str, people: Sequence[Person], **more: Any) -> str:
    return rendering.configuration(profiles()[model], SITE, device(model=model, **more), people, "x", "y")


def empties(model: str, text: str, place: int) -> bool:
    return EMPTIED[model].format(n=profiles()[model].spec.keys.first + place) in text


def keys(text: str) -> list[str]:
    return re.findall(r"linekey|fkey|pks\.vpk|Fkey|Extended_Function|topsoftkey|resourceList", text)


@pytest.mark.parametrize("model", EMPTIED)
def test_the_key_of_a_colleague_who_left_is_emptied(model: str) -> None:
    assert "Bart" in file(model, [OWN, ANNA, BART])
    after = file(model, [OWN, ANNA, BART_LEFT])
    assert "Bart" not in after and empties(model, after, 1) and not empties(model, after, 0)


LINES = (person("6" * 32, "Deur", "206", kind=LINE), person("7" * 32, "Magazijn", "207", kind=LINE))
LINE_LEFT = Person(id=LINES[1].id, customer_id=LINES[1].customer_id, revision=2, kind=LINE, deleted=True)


@pytest.mark.parametrize("model", EMPTIED)
@pytest.mark.parametrize("left", [(OWN, ANNA, BART_LEFT, *LINES), (OWN, ANNA, BART, LINES[0], LINE_LEFT)])
def test_lines_with_an_extension_stand_under_keys_and_count(model: str, left: Sequence[Person]) -> None:
    """The last of four is emptied when a colleague or a line left, and all four when the box is unticked."""
    assert "Magazijn" in file(model, [OWN, ANNA, BART, *LINES])
    assert empties(model, file(model, left), 3)
    unticked = file(model, [OWN, ANNA, BART, *LINES], keys=False, emptying=True)
    assert all(empties(model, unticked, place) for place in range(4))


def test_every_series_with_keys_empties_them_or_takes_all_from_its_file() -> None:
    def series(model: str) -> str:
        return re.split("[0-9]", model)[0]

    known = {series(model) for model in (*EMPTIED, *WHOLE)}
    assert {series(model) for model, one in profiles().items() if one.spec.keys.count} == known
    assert {model for model in (*EMPTIED, *WHOLE) if profiles()[model].empty_key} == set(EMPTIED)


@pytest.mark.parametrize("model", [model for model in EMPTIED if not model.startswith("yealink")])
def test_a_key_that_never_had_a_colleague_is_its_users_own(model: str) -> None:
    line = person("6" * 32, "Deur", "", kind=LINE)
    text = file(model, [OWN, ANNA, BART_LEFT, person("4" * 32, "Bedrijf Voicemail", "999"), line])
    assert empties(model, text, 2)  # it had one while the telephone was nobody's
    assert not empties(model, text, 3)


@pytest.mark.parametrize("model", [*EMPTIED, *WHOLE])
def test_a_telephone_that_never_had_keys_of_ours_is_told_nothing_of_them(model: str) -> None:
    assert not keys(file(model, [OWN, ANNA, BART], keys=False))


@pytest.mark.parametrize("model", [*EMPTIED, *WHOLE])
def test_no_key_asks_the_sip_proxy_who_is_in_a_call(model: str) -> None:
    """It would answer each of their subscriptions with 405. Of a Poly no other key is known."""
    text = file(model, [OWN, ANNA])
    assert "201" in text and not re.search(r"blf|BLF|sub=|/ba|type = 16|\*8", text)


def test_a_semicolon_in_a_name_begins_no_other_part_of_a_ciscos_key() -> None:
    named = person("2" * 32, "Jan; magazijn", "204")
    assert "fnc=sd;ext=204@$PROXY;nme=Jan, magazijn<" in file("cisco-8841", [OWN, named])
    assert 'label="Jan; magazijn"' in file("snom-d785", [OWN, named])


# ---- unticked: one fetch empties the keys


SEALER = Sealer.of({"1": b64encode(os.urandom(32)).decode()})
ACTING = Acting(kind="user", scope="customer", customer_id="c" * 32, user_id="1" * 32, roles=("settings",))
PASSWORD, MAC = "Kruis-Bessen-1", "000413000001"


class Phone:
    """A Snom of the reception, with two colleagues under its keys."""

    def __init__(self) -> None:
        self.db: Any = Database(Server())
        self.workshop = Workshop(profiles(), SITE, SEALER)
        self.commands = 0
        for one in (OWN, ANNA, BART):
            self.db["people"].insert_one(person_row(one))
        self.id = self.command(
            devices.create_device,
            **{"model": "snom-d785", "mac": MAC, "password": PASSWORD, "label": "", "keys": True},
            user_id=USER,
            line_id=None,
        )["id"]

    def command(self, run: Any, **asked: Any) -> dict[str, Any]:
        self.commands += 1
        asked["command_id"] = f"command-{self.commands}"
        with tenancy.only_for(ACTING):
            done = run(Store(self.db), self.workshop, lambda: NOW, ACTING, "c" * 32, **asked)
        return cast(dict[str, Any], done)

    def tick(self, keys: bool) -> None:
        self.command(devices.change_device, device_id=self.id, keys=keys)

    @property
    def kept(self) -> Device:
        return device_of(self.db["devices"].find_one({"_id": self.id}))

    @property
    def told(self) -> int:
        """How often it was told to fetch."""
        return sum("resync" in str(row) for row in self.db["outbox"].find())

    def fetch(self, method: str = "GET", tag: str = "") -> Answer:
        names = Names(one for profile in profiles().values() for one in profile.files)
        desk = Desk(self.db)
        fetching = Fetching(desk, self.workshop, names, Nonces(b"n" * 32), lambda: NOW)
        name = f"snomD785-{MAC}.htm"
        proof = b64encode(f"{self.kept.config_user}:{PASSWORD}".encode()).decode()
        return fetching.answer(Request(method, f"/{name}", name, "192.0.2.1", f"Basic {proof}", tag))

    def body(self) -> str:
        return self.fetch().body.decode()


def tag_of(answer: Answer) -> str:
    return dict(answer.headers)["ETag"]


def up_to_date(phone: Phone) -> bool:
    fetched, rendered = phone.kept.fetched, phone.kept.rendered
    return fetched is not None and rendered is not None and fetched.etag == rendered.etag


def test_an_unticked_box_empties_the_keys_at_the_next_fetch_and_never_again() -> None:
    phone = Phone()
    assert "Bart" in phone.body() and phone.told == 0
    phone.tick(False)
    assert phone.told == 1 and not up_to_date(phone)
    emptied = phone.body()
    assert [empties("snom-d785", emptied, place) for place in range(4)] == [True, True, True, False]
    assert not keys(phone.body()) and up_to_date(phone)


def test_who_only_asks_whether_there_is_another_file_has_emptied_nothing() -> None:
    phone = Phone()
    before = tag_of(phone.fetch())
    phone.tick(False)
    assert phone.fetch("HEAD").status == 200
    again = phone.fetch(tag=before)
    assert again.status == 200 and empties("snom-d785", again.body.decode(), 1)
    assert phone.fetch(tag=tag_of(again)).status == 200
    assert phone.fetch(tag=tag_of(phone.fetch())).status == 304


def test_a_box_that_is_ticked_again_fills_the_keys_and_another_change_takes_nothing_away() -> None:
    phone = Phone()
    phone.tick(False)
    phone.command(devices.change_device, device_id=phone.id, label="Voordeur")
    assert empties("snom-d785", phone.fetch("HEAD").body.decode(), 0)
    phone.tick(True)
    assert "Bart" in phone.body() and not phone.kept.emptying


def test_a_device_of_the_release_before_is_read_and_its_telephone_is_told_nothing() -> None:
    """It said nothing of emptying: who unticked the box then may have put their own under the keys since."""
    row = device_row(device(model="snom-d785", keys=False))
    del row["emptying"]
    assert not device_of(row).emptying
    assert not keys(file("snom-d785", [OWN, ANNA], keys=device_of(row).keys))


def test_a_profile_says_what_becomes_of_spare_keys_in_two_words_only(tmp_path: Any) -> None:
    family = tmp_path / "voorbeeld"
    family.mkdir()
    (family / "family.yaml").write_text("vendor: V\nname: V\nkeys: {spare: perhaps}\n")
    (family / "v1.yaml").write_text("name: V1\n")
    with pytest.raises(ValueError, match="spare"):
        load(tmp_path)
