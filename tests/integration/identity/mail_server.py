"""A mail server in the process of the test: what it says to each mail is the test's choice."""

from __future__ import annotations

import asyncio
import re
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.identity.mail.post import Post
from tests.support.processes import free_port, until

PATIENCE = 20.0
LINK = re.compile(r"https://portaal\.example\.nl/wachtwoord/([A-Za-z0-9_-]+)")
GOES_SILENT = "silent"
"""An answer that does not come until the test lets go."""


class MailServer:
    """``answers`` to the coming mails, in order; after those each is taken. ``taken`` are the mails.

    With ``user`` one must log in, with ``tls`` (files of key and certificate) only after STARTTLS.
    """

    def __init__(self, user: str = "", password: str = "", tls: tuple[Path, Path] | None = None) -> None:
        self.host, self.port = "127.0.0.1", free_port()
        self.answers: list[str] = []
        self.refused_receivers: dict[str, str] = {}
        self.asked = 0
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self._tls = tls
        self._user = (user.encode(), password.encode())
        self._controller: Controller | None = None
        self._let_go = asyncio.Event()

    @property
    def post(self) -> Post:
        """How it is reached, by who has patience enough."""
        return Post(self.host, self.port, seconds=PATIENCE)

    def start(self) -> None:
        options: dict[str, Any] = {"server_hostname": "mail.example.nl"}  # else it asks DNS who it is
        if self._user[0]:
            options |= {"auth_required": True, "auth_require_tls": False, "authenticator": self._authenticate}
        if self._tls:
            key, certificate = self._tls
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, key)
            options |= {"tls_context": context, "require_starttls": True, "auth_require_tls": True}
        self._controller = Controller(self, hostname=self.host, port=self.port, **options)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self.let_go()
            self._controller.stop()
            self._controller = None

    def let_go(self) -> None:
        """Answer after all where it went silent."""
        assert self._controller is not None
        self._controller.loop.call_soon_threadsafe(self._let_go.set)

    def forget(self) -> None:
        """As at its start, for the next test."""
        self.answers, self.refused_receivers = [], {}
        self.asked, self.taken, self.envelopes = 0, [], []
        self._let_go = asyncio.Event()

    def mail(self, number: int = 1) -> EmailMessage:
        """The first mail that was taken, or the second …; waits for it."""
        until(lambda: len(self.taken) >= number, what="the mail")
        return self.taken[number - 1]

    def token(self) -> str:
        """Of the link in the mail that was taken last."""
        found = LINK.search(text_of(self.taken[-1]))
        assert found, text_of(self.taken[-1])
        return found[1]

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused_receivers:
            return self.refused_receivers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.asked += 1
        taken, envelopes = self.taken, self.envelopes  # those of the test that asks, however late this ends
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == GOES_SILENT:
            await self._let_go.wait()
            answer = "250 OK"
        if answer.startswith("250"):
            content: Any = envelope.content
            taken.append(message_from_bytes(content, policy=policy.default))
            envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        return answer

    def _authenticate(
        self, _s: SMTP, _session: Session, _e: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == self._user
        return AuthResult(success=right)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())
