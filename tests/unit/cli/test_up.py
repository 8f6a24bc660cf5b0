"""Starting in the background: what runs goes on, whatever becomes of who reads our lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.commands import up
from cli.supervise import Supervisor


def _gone(_house: object) -> None:
    raise BrokenPipeError(32, "Broken pipe")


def test_a_reader_that_goes_away_stops_no_system_that_was_started_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[Any] = []
    monkeypatch.setenv("TIKKER_STATE", str(tmp_path))
    monkeypatch.setattr(Supervisor, "pid", lambda _self: None)
    monkeypatch.setattr(up, "_start", lambda *_: None)
    monkeypatch.setattr(up, "_announce", _gone)  # as in  ./tikker up --detach | head -1
    monkeypatch.setattr(up, "stop", stopped.append)
    CliRunner().invoke(up.command, ["--detach"])
    assert not stopped
    CliRunner().invoke(up.command, [])
    assert stopped
