"""A browser over real HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

from tests.gateway.browser import Page
from tests.support.processes import Process

FIRST = "/overzicht"
"""Where a login leads to."""
PAGE = "/gespreksdetails/totalen"
SOON = 30.0
"""Seconds for what is promised within one: test machines are busy."""


@dataclass
class Web:
    """Keeps cookies and follows redirects."""

    process: Process
    cookies: CookieJar = field(default_factory=CookieJar)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, address in the end, and body; redirects are followed."""
        opener = build_opener(HTTPCookieProcessor(self.cookies))
        body = urlencode(form).encode() if form is not None else None
        address = f"http://127.0.0.1:{self.process.environment['GATEWAY_PORT']}{path}"
        try:
            with opener.open(address, body, timeout=30) as answer:
                return answer.status, answer.url, answer.read().decode()
        except HTTPError as error:
            return error.code, error.url, error.read().decode()

    def log_in(self, username: str = "sanne.dewit", password: str = "paard batterij") -> tuple[int, str, str]:
        token = Page(self.ask("/inloggen")[2]).all("input", name="csrf_token")[0].attrs["value"]
        form = {"csrf_token": token, "gebruikersnaam": username, "wachtwoord": password}
        return self.ask("/inloggen", form)

    def signed_in(self) -> bool:
        return urlsplit(self.ask(PAGE)[1]).path == PAGE
