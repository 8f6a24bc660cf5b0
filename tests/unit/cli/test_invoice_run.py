"""``./tikker invoice run`` when usage waits for a rate: who sits at a terminal is asked, others are told."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner

from cli.commands import invoice

pytestmark = pytest.mark.feature("INV-02")


class Services:
    """Answers as cdr and invoicing; ``asked`` is what the run was started with."""

    def __init__(self, unrated: int) -> None:
        self.unrated, self.asked = unrated, dict[str, Any]()

    @contextmanager
    def calls_to(self, service: str) -> Iterator[Any]:
        yield self.call

    def call(self, method: str, **fields: Any) -> Any:
        if method == "unrated":
            return {"count": self.unrated}
        if method == "start_run":
            self.asked = fields
        run = {"id": "1", "period": "2026-10", "dry_run": False, "state": "done", "counts": {}}
        return run | {"rows": [], "next": None}


def accepted(
    monkeypatch: pytest.MonkeyPatch, unrated: int, *options: str, answer: str | None = None
) -> tuple[bool, str]:
    """Whether the run was told to accept it, and what was said; ``answer``: typed at a terminal."""
    services = Services(unrated)
    monkeypatch.setattr(invoice, "calls_to", services.calls_to)
    monkeypatch.setattr(invoice, "_at_a_terminal", lambda: answer is not None)
    done = CliRunner().invoke(invoice.command, ["run", "2026-10", *options], input=answer)
    assert done.exit_code == 0, done.output
    return services.asked["accept_unrated"], done.output


@pytest.mark.parametrize(("answer", "accepts"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_who_sits_at_a_terminal_is_asked(monkeypatch: pytest.MonkeyPatch, answer: str, accepts: bool) -> None:
    told, output = accepted(monkeypatch, 1_234, answer=answer)
    assert told is accepts
    assert "1,234 events of 2026-10 wait for a rate." in output


def test_a_script_is_told_of_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    told, output = accepted(monkeypatch, 7)
    assert not told
    assert "7 events of 2026-10 wait for a rate: their customers are held; --accept-unrated" in output


@pytest.mark.parametrize(
    ("unrated", "options", "accepts"),
    [(0, (), False), (7, ("--accept-unrated",), True), (7, ("--dry-run",), False)],
)
def test_nobody_is_asked_where_there_is_nothing_to_choose(
    monkeypatch: pytest.MonkeyPatch, unrated: int, options: tuple[str, ...], accepts: bool
) -> None:
    told, output = accepted(monkeypatch, unrated, *options, answer="")
    assert told is accepts
    assert "wait for a rate" not in output


def test_a_pipe_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert not invoice._at_a_terminal()
