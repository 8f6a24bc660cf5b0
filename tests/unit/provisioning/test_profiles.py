"""A model is data: profiles that do not fit are refused when they are read, with the file's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.provisioning.domain.files import Names
from services.provisioning.domain.profiles import load, profiles

FAMILY = """
vendor: Voorbeeld
name: Voorbeeld
emitter: yealink
agent: voorbeeld
resync: check-sync
files:
  - {name: "{mac}.vb", role: config, challenge: [digest]}
tables:
  flag: {"yes": "1", "no": "0"}
settings:
  account.enable: "{enabled|flag}"
  account.name: "{display_name}"
  old: "1"
"""


def written(folder: Path, **files: str) -> Path:
    family = folder / "voorbeeld"
    family.mkdir(exist_ok=True)
    for name, text in ({"family": FAMILY, "v1": "name: Voorbeeld V1"} | files).items():
        (family / f"{name.replace('_', '-')}.yaml").write_text(text)
    return folder


@pytest.mark.feature("PRV-02")
def test_a_new_model_is_one_file_that_adds_to_its_series_and_family(tmp_path: Path) -> None:
    series = 'settings:\n  account.name: "{label}"\n  old: null\nkeys: {count: 2}\n'
    found = load(written(tmp_path, series_big=series, v2="series: big\nname: Voorbeeld V2\nkeys: {first: 3}"))
    assert set(found) == {"voorbeeld-v1", "voorbeeld-v2"}
    spec = found["voorbeeld-v2"].spec
    assert spec.settings == {"account.enable": "{enabled|flag}", "account.name": "{label}"}
    assert (spec.keys.count, spec.keys.first, spec.vendor) == (2, 3, "Voorbeeld")
    assert found["voorbeeld-v1"].digest != found["voorbeeld-v2"].digest


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("name: X\nsettings: {a: '{sip_pasword}'}", "no value 'sip_pasword'"),
        ("name: X\nsettings: {a: '{enabled|vlag}'}", "no table 'vlag'"),
        ("name: X\nsettings: {a: '{{% if x %}'}", "brace"),
        ("name: X\nemitter: jinja", "no emitter 'jinja'"),
        ("name: X\nkolour: red", "kolour"),
        ("name: 12", "str"),
        ("name: X\ntables: {flag: {'no': '0', 'yes': null}}", "says nothing for yes"),
        ("name: X\nfiles: [{name: 'open.cfg', role: config, challenge: [digest]}]", "MAC address"),
        ("name: X\nfiles: [{name: '{mac}.cfg', role: config}]", "challenge"),
        ("name: X\nfiles: [{name: 'a.cfg', role: open, body: '{sip_password}'}]", "no value"),
        ("- a\n- b", "no map"),
        ("name: [", "cannot be read"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused_with_its_name(tmp_path: Path, model: str, why: str) -> None:
    with pytest.raises(ValueError, match="voorbeeld/v1.yaml.*") as refused:
        load(written(tmp_path, v1=model))
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("name", "families", "mac"),
    [
        ("001565aabbcc.cfg", {"yealink", "poly", "fanvil", "mitel"}, "001565aabbcc"),
        ("001565AABBCC.CFG", {"yealink", "poly", "fanvil", "mitel"}, "001565aabbcc"),
        ("000000000000.cfg", {"poly"}, ""),
        ("snomD785-000413AABBCC.htm", {"snom"}, "000413aabbcc"),
        ("cfg000b82aabbcc.xml", {"grandstream"}, "000b82aabbcc"),
        ("7C2F80AABBCC.xml", {"gigaset"}, "7c2f80aabbcc"),
        ("Config0080F0AABBCC.cfg", {"panasonic"}, "0080f0aabbcc"),
        ("64167faabbcc-directory.xml", {"poly"}, "64167faabbcc"),
    ],
)
def test_a_file_is_known_by_its_name_in_either_case(name: str, families: set[str], mac: str) -> None:
    wanted = _names().find(name)
    assert wanted is not None
    assert (set(wanted.kinds), wanted.mac) == (families, mac)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x.cfg",
        "001565aabbc.cfg",
        "001565aabbccd.cfg",
        "../001565aabbcc.cfg",
        "a" * 500,
        "cfg001122334455",
    ],
)
def test_other_names_are_no_file(name: str) -> None:
    assert _names().find(name) is None


@pytest.mark.feature("PRV-04")
def test_two_families_that_challenge_one_name_differently_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "ander"
    other.mkdir()
    (other / "family.yaml").write_text(FAMILY.replace("challenge: [digest]", "challenge: [basic]"))
    (other / "a1.yaml").write_text("name: Ander A1")
    files = [file for profile in load(written(tmp_path)).values() for file in profile.files]
    with pytest.raises(ValueError, match="challenged in another way"):
        Names(files)


def _names() -> Names:
    return Names(file for profile in profiles().values() for file in profile.files)
