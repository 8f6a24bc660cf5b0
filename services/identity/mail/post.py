"""The mail server: takes a letter, refuses it for good, or cannot take it now.

A refusal (5xx) is of the letter: its sender, receiver or content. What goes wrong before that, such as
a password that the server does not accept, is the same for all letters and can be mended, so they wait.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr

from shared.config import setting

SECONDS = 10.0
LONGEST_REASON = 500


class Refused(Exception):
    """The server will never take this letter."""


class Postponed(Exception):
    """The server cannot take it now, or was not reached."""


@dataclass(frozen=True)
class Post:
    """How the mail server is reached; ``seconds`` for each step. Without ``user`` nobody logs in."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    seconds: float = SECONDS

    @classmethod
    def from_environment(cls) -> Post:
        """Settings SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD and SMTP_STARTTLS (yes or no)."""
        return cls(
            host=setting("SMTP_HOST", "localhost"),
            port=int(setting("SMTP_PORT", "25")),
            user=os.environ.get("SMTP_USER", ""),
            password=os.environ.get("SMTP_PASSWORD", ""),
            starttls=setting("SMTP_STARTTLS", "no") == "yes",
        )

    def send(self, letter: EmailMessage) -> None:
        """Hand it over. Raises :class:`Refused` or :class:`Postponed`; then it was not taken, or the
        server did not say so in time."""
        with self._session(_domain_of(letter)) as server:
            try:
                server.send_message(letter)
            except smtplib.SMTPRecipientsRefused as problem:
                code, text = next(iter(problem.recipients.values()))
                raise _by_code(code, text) from problem
            except smtplib.SMTPResponseException as problem:
                raise _by_code(problem.smtp_code, problem.smtp_error) from problem
            except smtplib.SMTPNotSupportedError as problem:
                raise Refused(str(problem)) from problem
            except (OSError, smtplib.SMTPException) as problem:
                raise _no_answer(problem) from problem

    @contextmanager
    def _session(self, our_name: str) -> Iterator[smtplib.SMTP]:
        try:
            # Its own default asks DNS who we are, however long that takes.
            server = smtplib.SMTP(self.host, self.port, local_hostname=our_name, timeout=self.seconds)
        except (OSError, smtplib.SMTPException) as problem:
            raise _no_answer(problem) from problem
        try:
            self._open(server)
            yield server
        finally:
            # What was sent has been answered by now, so a bad good-bye changes nothing.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _open(self, server: smtplib.SMTP) -> None:
        try:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException) as problem:
            raise _no_answer(problem) from problem


def _by_code(code: int, text: bytes | str) -> Refused | Postponed:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    reason = f"{code} {said}"[:LONGEST_REASON]
    return Refused(reason) if 500 <= code < 600 else Postponed(reason)


def _no_answer(problem: Exception) -> Postponed:
    return Postponed(f"{type(problem).__name__}: {problem}"[:LONGEST_REASON])


def _domain_of(letter: EmailMessage) -> str:
    return parseaddr(str(letter["From"]))[1].rpartition("@")[2]
