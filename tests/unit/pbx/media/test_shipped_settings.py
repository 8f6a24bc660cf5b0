"""What we ship has ports enough for the calls that it takes, and the guides say the same numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from services.pbx.media.settings import Settings

ROOT = Path(__file__).resolve().parents[4]
NAMES = ("MEDIA_CALLS", "MEDIA_RTP_FIRST", "MEDIA_RTP_LAST")


def of_compose() -> dict[str, str]:
    told = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["pbx-media"]["environment"]
    return {name: re.findall(r":-(\d+)}", told[name])[0] for name in NAMES}


def of_a_cluster() -> dict[str, str]:
    data = yaml.safe_load((ROOT / "ops" / "kubernetes" / "01-settings.yaml").read_text())["data"]
    return {name: data[name] for name in NAMES}


@pytest.mark.parametrize("shipped", [of_compose(), of_a_cluster(), {}], ids=["compose", "cluster", "preset"])
def test_each_call_finds_two_ports(shipped: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"MEDIA_PORT": "5070", "MEDIA_PROXY": "127.0.0.1:1", "PBX_LISTENER": "127.0.0.1:2"}
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**here, "TIKKER_EDGE_TOKEN": "token", **shipped}.items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_environment()
    assert settings.calls <= settings.relayed


def test_the_guides_say_the_same_numbers() -> None:
    shipped = of_compose()
    assert shipped == of_a_cluster()
    calls, first, last = (shipped[name] for name in NAMES)
    compose = (ROOT / "docs" / "compose.md").read_text()
    assert f"({first}–{last}; four for each of `MEDIA_CALLS`, {calls}" in compose
    assert f"{calls} with compose and in a cluster" in (ROOT / "docs" / "sip.md").read_text()
