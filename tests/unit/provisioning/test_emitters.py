"""Whatever somebody calls a colleague, a configuration file has the settings that it should and no others."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.provisioning.domain import rendering
from services.provisioning.domain.emitters import EMITTERS, Entry
from services.provisioning.domain.profiles import profiles
from services.provisioning.domain.texts import Unwritable, clean
from tests.unit.provisioning.parts import SITE, USER, device, person

HEADS = {
    "elements": {"root": "settings"},
    "grandstream": {"mac": "001a2b3c4d5e"},
    "attributes": {"root": "PHONE_CONFIG/ALL"},
    "params": {"product": "e2"},
    "paths": {"root": "sysConf", "version": "2"},
}

NASTY = [
    'Jan "de Snelle" Jansen',
    "Piet & <Zonen>",
    "a = b",
    "x: y # z",
    "]]></name><user_pass>",
    '" perm="RW',
    "한국어 עברית العربية",
    "👩‍👩‍👧 ☎️",
    "  ruimte  ",
    "{sip_password}",
    "${jndi:ldap://x}",
    "%EMPTY%",
    "'; DROP TABLE",
    "é" * 300,
]
names = st.one_of(st.text(max_size=80), st.sampled_from(NASTY))


def _lines(text: str, separator: str) -> dict[str, str]:
    pairs = (line.partition(separator) for line in text.splitlines() if separator.strip() in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def yealink(text: str) -> dict[str, str]:
    assert text.splitlines()[0] == "#!version:1.0.0.1"
    return _lines(text.partition("\n")[2], "=")


def colon(text: str) -> dict[str, str]:
    found = _lines(text, ":")
    return {name: value[1:-1] if value.startswith('"') else value for name, value in found.items()}


def panasonic(text: str) -> dict[str, str]:
    found = re.findall(r'^([A-Z0-9_]+)="([^"\r\n]*)"\r$', text, re.MULTILINE)
    assert len(found) == text.count("\r\n") - 2
    return dict(found)


def elements(text: str) -> dict[str, str]:
    return {e.tag: e.text or "" for e in ElementTree.fromstring(text).iter() if len(e) == 0}


def items(text: str) -> dict[str, str]:
    root = ElementTree.fromstring(text)
    return {f"{i.get('name')}.{p.get('name')}": p.text or "" for i in root.iter("item") for p in i}


def attributes(text: str) -> dict[str, str]:
    return dict(ElementTree.fromstring(text)[0].attrib)


def params(text: str) -> dict[str, str]:
    return {str(p.get("name")): str(p.get("value")) for p in ElementTree.fromstring(text).iter("param")}


READERS: dict[str, tuple[str, Callable[[str], dict[str, str]]]] = {
    "yealink-t54w": ("account.1.display_name", yealink),
    "mitel-6920": ("sip line1 display name", colon),
    "panasonic-hdv130": ("DISPLAY_NAME_1", panasonic),
    "cisco-8841": ("Display_Name_1_", elements),
    "snom-d785": ("user_realname", elements),
    "fanvil-x5u": ("DisplayName", elements),
    "grandstream-grp2614": ("account.1.sip.subscriber.name", items),
    "grandstream-gxp2170": ("P3", elements),
    "poly-vvx450": ("reg.1.displayName", attributes),
    "gigaset-n670": ("SipAccount.00001.DisplayName", params),
}


@pytest.mark.feature("PRV-02")
@pytest.mark.parametrize("model", READERS)
@settings(max_examples=30, deadline=None)
@given(name=names)
def test_a_name_arrives_as_it_is_and_adds_no_setting(model: str, name: str) -> None:
    setting, reader = READERS[model]
    profile = profiles()[model]

    def file(called: str) -> dict[str, str]:
        people = [person(USER, called, "209"), person("2" * 32, called, "201")]
        return reader(
            rendering.configuration(profile, SITE, device(model=model), people, "Geheim-1", "Web-2")
        )

    found, plain = file(name), file("Balie")
    assert found.keys() == plain.keys()
    # Panasonic, and Mitel within quotation marks, have no way to write one.
    assert found[setting].replace('"', "'") == clean(name).replace('"', "'")
    assert "Geheim-1" in found.values()


@pytest.mark.parametrize("emitter", EMITTERS)
@pytest.mark.parametrize(
    "value", ["a\r\nb = c", "a\nb", "\x00", "\x1b[0m", "\u2028", "\u202e", "\ud800", "\x85"]
)
def test_an_emitter_refuses_what_could_begin_another_line_whoever_made_it(emitter: str, value: str) -> None:
    with pytest.raises(Unwritable):
        EMITTERS[emitter]([Entry("a", value)], HEADS.get(emitter, {}))


@pytest.mark.parametrize("emitter", ["yealink", "colon", "panasonic", "elements", "attributes", "paths"])
@pytest.mark.parametrize("name", ["a b=c", "a\nb", "a>b", '"', ""])
def test_an_emitter_refuses_names_that_are_none(emitter: str, name: str) -> None:
    if emitter == "colon" and name == "a b=c":
        name = "a: b"
    with pytest.raises(Unwritable):
        EMITTERS[emitter]([Entry(name, "1")], HEADS.get(emitter, {}))


@given(text=st.text())
def test_what_is_cleaned_can_always_be_written(text: str) -> None:
    shown = clean(text)
    assert len(shown) <= 60
    EMITTERS["yealink"]([Entry("a", shown)], {})


def test_panasonic_refuses_a_line_that_its_phones_do_not_read_to_the_end() -> None:
    with pytest.raises(Unwritable, match="longer"):
        EMITTERS["panasonic"]([Entry("DISPLAY_NAME_1", "x" * 600)], {})
