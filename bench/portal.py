"""The processes of a house for a benchmark, and people who log in to its portal."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

from cli import processes
from cli.house import House

PATIENCE_SECONDS = 180.0
STOP_SECONDS = 40
ROOT = Path(__file__).resolve().parents[1]

Browser = urllib.request.OpenerDirector


@contextmanager
def started(house: House, names: Collection[str]) -> Iterator[None]:
    """These processes, as they run in production; ready within the block."""
    with ExitStack() as stack:
        for process in processes.PROCESSES:
            if process.name in names:
                environment = {**processes.environment(process, house), "PATH": "/usr/bin:/bin"}
                environment["PYTHONPATH"] = str(ROOT)
                popen = Popen(process.command, env=environment, stdout=DEVNULL, stderr=DEVNULL, cwd=ROOT)
                stack.callback(_end, popen)
        for name in names:
            _wait_for(f"http://127.0.0.1:{processes.health_port(name, house)}/readyz")
        yield


def _end(process: Popen[bytes]) -> None:
    process.terminate()
    process.wait(STOP_SECONDS)


def _wait_for(address: str) -> None:
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
