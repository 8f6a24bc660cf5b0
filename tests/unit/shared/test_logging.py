"""Log lines are JSON, and all lines of one request carry its correlation ID."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from shared.logging import correlated, correlation_id, get_logger, setup_logging

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What was logged since, as read from standard error."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("amqp", "nameko", "pymongo")}
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    setup_logging("cdr")
    yield lambda: [json.loads(line) for line in stderr.getvalue().split("\n")[:-1]]
    root.handlers[:] = before
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    structlog.reset_defaults()


@pytest.mark.feature("GW-04")
def test_a_line_says_which_process_when_and_for_which_request(lines: Lines) -> None:
    with correlated("request-1"):
        get_logger("test").info("booked", rows=3)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "process": "cdr",
        "event": "booked",
        "rows": 3,
        "level": "info",
        "correlation_id": "request-1",
    }


def test_lines_of_libraries_have_the_same_form(lines: Lines) -> None:
    with correlated("request-2"):
        logging.getLogger("some.library").warning("slow: %d s", 3, extra={"peer": "10.0.0.1"})
    (line,) = lines()
    assert (line["event"], line["peer"], line["correlation_id"]) == ("slow: 3 s", "10.0.0.1", "request-2")


def test_an_error_comes_with_its_traceback_on_one_line(lines: Lines) -> None:
    try:
        raise ValueError("no such plan")
    except ValueError:
        get_logger("test").exception("not booked")
    (line,) = lines()
    assert line["level"] == "error"
    assert "ValueError: no such plan" in line["exception"]


def test_text_of_strangers_cannot_make_a_second_line(lines: Lines) -> None:
    get_logger("test").info("login", username='x"}\n{"event": "forged"\r\u2028')
    (line,) = lines()
    assert line["username"] == 'x"}\n{"event": "forged"\r\u2028'


def test_ids_nest_and_end_with_their_block(lines: Lines) -> None:
    with correlated("outer"):
        with correlated("inner"):
            assert correlation_id() == "inner"
        assert correlation_id() == "outer"
    get_logger("test").info("after")
    assert "correlation_id" not in lines()[0]


def test_an_id_ends_with_its_block_also_when_the_block_raises() -> None:
    with pytest.raises(ZeroDivisionError), correlated("broken"):
        raise ZeroDivisionError
    assert correlation_id() != "broken"


@pytest.mark.parametrize("given", [None, ""])
def test_without_an_id_there_is_a_new_one(given: str | None) -> None:
    with correlated(given) as first:
        assert correlation_id() == first
        assert len(first) == 32
    with correlated(given) as second:
        assert second != first
