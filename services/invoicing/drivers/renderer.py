"""Drawing invoices in child processes (see render_worker.py): typst works for long without letting Python
go, and keeps memory, so each child does it for a while and is then replaced."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Protocol, cast

import msgspec

from services.invoicing.domain.invoice import CallRow, Invoice
from services.invoicing.render_worker import Drawn, Request, read, write
from shared.logging import get_logger

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 120.0
"""For one invoice; the longest of 40 pages take two."""
MOST_DOCUMENTS = 500
MOST_MEMORY = 400_000_000

log = get_logger(__name__)


class NotDrawn(Exception):
    """The invoice can not be drawn as it is; the text says why, for the log."""


class Renderer(Protocol):
    """Draws one invoice after the other."""

    def draw(self, invoice: Invoice, calls: tuple[CallRow, ...]) -> Drawn:
        """PDF and e-invoice. Raises NotDrawn."""
        ...

    def close(self) -> None: ...


class ChildRenderer:
    """One child process, started when it is needed. For one thread."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._drawn = 0

    def draw(self, invoice: Invoice, calls: tuple[CallRow, ...]) -> Drawn:
        request = msgspec.msgpack.encode(Request(invoice=invoice, calls=calls))
        child = self._child or self._start()
        limit = threading.Timer(SECONDS, child.kill)
        limit.start()
        try:
            write(cast("IO[bytes]", child.stdin), request)  # type: ignore[arg-type]
            answer = read(cast("IO[bytes]", child.stdout))  # type: ignore[arg-type]
        except OSError:
            answer = None
        finally:
            limit.cancel()
        if answer is None:
            self.close()
            raise NotDrawn(f"{invoice.number}: the child process ended over it")
        drawn = msgspec.msgpack.decode(answer, type=Drawn)
        self._drawn += 1
        if self._drawn >= MOST_DOCUMENTS or drawn.peak > MOST_MEMORY:
            self.close()
        if drawn.error:
            raise NotDrawn(f"{invoice.number}: {drawn.error}")
        return drawn

    def close(self) -> None:
        """End the child; the next invoice gets a new one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        self._drawn = 0
        self._child = subprocess.Popen(
            [sys.executable, "-m", "services.invoicing.render_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PATH": os.defpath},
        )
        return self._child
