"""Show the last log lines, of one process or of all; -f goes on showing."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import TextIO

import click

from cli.problems import Problem
from cli.state import State

POLL_SECONDS = 0.25


@click.command(help=__doc__)
@click.argument("name", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on showing what is added, until Ctrl-C.")
@click.option("-n", "--lines", default=20, show_default=True, help="How many lines of each to begin with.")
def command(name: str | None, follow: bool, lines: int) -> None:
    files = sorted(State.from_environment().logs.glob("*.log"))
    chosen = [file for file in files if name in (None, file.stem)]
    if not chosen:
        there = ", ".join(file.stem for file in files) or "none yet"
        raise Problem(f"there is no log of {name or 'anything'}; there is: {there}.")
    tails = [_Tail(file, "" if name else f"{file.stem:<14} ") for file in chosen]
    for tail in tails:
        tail.show_last(lines)
    while follow:
        time.sleep(POLL_SECONDS)
        for tail in tails:
            tail.show_new()


class _Tail:
    """One log file that grows and, when it is full, is replaced by a fresh one."""

    def __init__(self, path: Path, prefix: str) -> None:
        self._path = path
        self._prefix = prefix
        self._file = self._open()

    def _open(self) -> TextIO:
        return open(self._path, encoding="utf-8", errors="replace")

    def show_last(self, count: int) -> None:
        for line in deque(self._file, count):
            self._show(line)

    def show_new(self) -> None:
        for line in self._file:
            self._show(line)
        if self._path.exists() and self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino:
            self._file.close()
            self._file = self._open()

    def _show(self, line: str) -> None:
        click.echo(self._prefix + line.rstrip("\n"))
