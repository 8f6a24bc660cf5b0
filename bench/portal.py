"""The processes of a house for a benchmark, and people who log in to its portal."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

from cli import processes
from cli.house import House
from cli.processes import Process

PATIENCE_SECONDS = 180.0
STOP_SECONDS = 40
ROOT = Path(__file__).resolve().parents[1]

Browser = urllib.request.OpenerDirector
Running = dict[str, Popen[bytes]]


@contextmanager
def started(house: House, names: Collection[str]) -> Iterator[Running]:
    """These processes by name, as they run in production; ready within the block. What stands under a name at
    its end is stopped."""
    running: Running = {}
    try:
        for process in processes.PROCESSES:
            if process.name in names:
                running[process.name] = launched(process, house)
        for name in names:
            wait_for(f"http://127.0.0.1:{processes.health_port(name, house)}/readyz")
        yield running
    finally:
        for name in reversed(running):
            running[name].terminate()
        for name in reversed(running):
            running[name].wait(STOP_SECONDS)


def launched(process: Process, house: House, **other: str) -> Popen[bytes]:
    """A process of the house, with ``other`` settings than its usual ones."""
    settings = {**processes.environment(process, house), **other}
    environment = {**settings, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    return Popen(process.command, env=environment, stdout=DEVNULL, stderr=DEVNULL, cwd=ROOT)


def wait_for(address: str) -> None:
    """Until something answers there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=3).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def logged_in(portal: str, username: str, password: str) -> Browser:
    """A browser with a session of its own. Raises RuntimeError when the portal does not let it in."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = browser.open(f"{portal}/inloggen", timeout=30).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    fields = {"gebruikersnaam": username, "wachtwoord": password, "csrf_token": token[1] if token else ""}
    body = urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(f"{portal}/inloggen", body, {"Referer": f"{portal}/inloggen"})
    try:
        browser.open(request, timeout=30).read()
    except urllib.error.HTTPError as problem:
        if problem.url.endswith("/inloggen"):
            raise RuntimeError(f"the portal does not let {username} in: {problem.code}") from problem
        # In; the page that it leads to misses services that do not run here.
    return browser
