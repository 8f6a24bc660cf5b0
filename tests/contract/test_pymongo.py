"""pymongo under eventlet: no longer tested by its makers, so measured here on the release we pin."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.processes import ROOT, python


@pytest.fixture
def found(mongo_uri: Callable[[str], str]) -> Any:
    command = python(
        "-m", "tests.contract.under_eventlet", "tests.contract.pymongo_under_eventlet", mongo_uri("eventlet")
    )
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_pymongo_under_eventlet(found: Any) -> None:
    """One run of the process for all of it."""
    overlap = found["overlap"]
    assert overlap["seconds"] < 0.6 * overlap["one_by_one"], "slow queries overlap"
    assert overlap["longest_gap"] < 0.5, "and hold up nobody else"
    error, seconds = found["cut_off"]["by_eventlet"]
    assert (error, seconds < 1.5) == ("Timeout", True)
    error, seconds = found["cut_off"]["by_pymongo"]
    assert error != "ended by itself" and seconds < 1.5
    assert found["cut_off"]["works"] == [1, 1]
    assert found["transactions"] == 20, "a transaction that collides is repeated"


def test_the_release_is_the_one_that_was_measured() -> None:
    assert importlib.metadata.version("pymongo") == "4.20.0"
