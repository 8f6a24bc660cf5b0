"""What each model gets, line for line: a changed profile shows in its file under golden/.

To write them anew after a wanted change: TIKKER_GOLDEN=write, and look at what git says.
"""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from services.provisioning.domain import rendering
from services.provisioning.domain.emitters.lines import PANASONIC_HEAD
from services.provisioning.domain.profiles import profiles
from tests.unit.provisioning.parts import PEOPLE, SIP_PASSWORD, SITE, WEB_PASSWORD, device

GOLDEN = Path(__file__).parent / "golden"
MODELS = [model for model, profile in profiles().items() if profile.fetches]


def made(model: str) -> str:
    profile = profiles()[model]
    text = rendering.configuration(profile, SITE, device(model=model), PEOPLE, SIP_PASSWORD, WEB_PASSWORD)
    book = rendering.phonebook(profile, PEOPLE)
    return text + (f"===== phonebook\n{book}" if book else "")


@pytest.mark.feature("PRV-02")
@pytest.mark.parametrize("model", MODELS)
def test_a_model_gets_what_its_golden_file_says(model: str) -> None:
    file, text = GOLDEN / f"{model}.txt", made(model)
    if os.environ.get("TIKKER_GOLDEN") == "write":
        file.write_text(text, newline="")
    assert file.read_bytes().decode() == text


def test_there_is_a_golden_file_for_every_model_and_no_other() -> None:
    assert {file.stem for file in GOLDEN.glob("*.txt")} == set(MODELS)


@pytest.mark.feature("PRV-02")
@pytest.mark.parametrize("model", MODELS)
def test_every_file_names_the_account_its_server_and_its_password_once_as_such(model: str) -> None:
    text = made(model).partition("===== phonebook")[0]
    assert "abcdefghjkmn" in text and "sip.example" in text
    assert SIP_PASSWORD in text and WEB_PASSWORD in text
    assert "Vertrokken" not in text and "Bedrijf Voicemail" not in text
    if text.startswith("<?xml"):
        ElementTree.fromstring(text)


def test_the_vendors_are_all_there() -> None:
    families = {profile.family for profile in profiles().values()}
    assert families == {
        *("yealink", "snom", "grandstream", "poly", "cisco", "gigaset", "panasonic", "fanvil", "mitel"),
        "generic",
    }
    assert not profiles()["generic"].fetches


def test_panasonic_begins_as_its_phones_demand_and_ends_in_an_empty_line() -> None:
    text = made("panasonic-ut670")
    assert text.startswith(f"{PANASONIC_HEAD}\r\n") and text.endswith("\r\n\r\n")
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.feature("PRV-05")
def test_the_same_device_gives_the_same_bytes_and_a_phone_without_a_user_is_off() -> None:
    assert made("yealink-t54w") == made("yealink-t54w")
    free = device(model="yealink-t54w", user_id="")
    text = rendering.configuration(profiles()["yealink-t54w"], SITE, free, PEOPLE, "x", "y")
    assert "account.1.enable = 0\n" in text
    assert "account.1.display_name = Toestel van de balie\n" in text


def test_keys_without_a_colleague_are_emptied_and_can_be_left_out_altogether() -> None:
    text = made("yealink-t33g")
    assert "linekey.2.value = 201\n" in text and "linekey.4.type = 0\n" in text
    without = device(model="yealink-t33g", keys=False)
    assert "linekey" not in rendering.configuration(
        profiles()["yealink-t33g"], SITE, without, PEOPLE, "x", "y"
    )


@pytest.mark.feature("PRV-02")
def test_a_grandstream_fetches_its_phonebook_by_https_and_again_each_half_day() -> None:
    book = "toestellen.example/boek/" + "b" * 32
    assert f"<P330>3</P330>\n<P331>{book}</P331>\n<P332>720</P332>" in made("grandstream-gxp2160")
    parts = {"mode": "EnabledUseHTTPS", "server": book, "interval": "720"}
    item = "".join(f'<part name="{name}">{value}</part>\n' for name, value in parts.items())
    assert f'<item name="phonebook.download">\n{item}</item>' in made("grandstream-grp2614")


@pytest.mark.feature("PRV-02")
def test_a_fanvil_is_an_hour_ahead_and_two_between_the_last_sundays_of_march_and_october() -> None:
    date = ElementTree.fromstring(made("fanvil-x5u").partition("=====")[0]).find("phone/date")
    assert date is not None
    told = {part.tag: part.text for part in date}
    assert (told["TimeZone"], told["TimeZoneName"], told["DSTMinOffset"]) == ("4", "UTC+1", "60")
    parts = ("Mon", "Week", "Wday", "Hour")
    assert [told[f"DSTStart{part}"] for part in parts] == ["3", "-1", "0", "2"]
    assert [told[f"DSTEnd{part}"] for part in parts] == ["10", "-1", "0", "3"]
