"""Sending what is queued: one mail at a time, each claimed by one process, tried again with patience."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import Counter as Metric

from services.identity.domain.links import TOKEN_BYTES, Link, link_for
from services.identity.domain.mails import LINKS, WAITS, Letter, Queued, is_wanted, next_try
from services.identity.mail.files import NO_FILES, FileAway, FileGone, Files
from services.identity.mail.letters import Letters, Unwritable
from services.identity.mail.post import Post, Postponed, Refused
from services.identity.store import Claimed, Store
from services.identity.usecases.checks import Clock
from shared.logging import correlated, get_logger

log = get_logger(__name__)

MAILS = Metric("tikker_mails_total", "Tries to send a mail, by outcome", ["template", "outcome"])
for _letter in Letter:  # from 0: the alerts MailFailing and MailWaiting must see the first one as well
    for _outcome in ("sent", "postponed", "failed"):
        MAILS.labels(_letter.value, _outcome)


class _Unwanted(Exception):
    """Nobody needs the mail any more."""


@dataclass(frozen=True)
class Sender:
    """``waits``: before the second try, the third, …; after those a mail has failed."""

    store: Store
    letters: Letters
    post: Post
    clock: Clock
    files: Files = NO_FILES
    waits: Sequence[timedelta] = WAITS

    def run_once(self) -> bool:
        """Take up the mail that has been due longest; False when none is due."""
        claimed = self.store.mails.claim(self.clock())
        if claimed is None:
            return False
        with correlated(claimed.mail.correlation_id):
            self._settle(claimed)
        return True

    def _settle(self, claimed: Claimed) -> None:
        """Try, and write down what became of it."""
        try:
            self._send(claimed.mail)
        except _Unwanted:
            self.store.mails.drop(claimed)
            self._count(claimed.mail, "dropped", "")
        except (Refused, Unwritable, FileGone) as problem:  # it would be no better later
            self._failed(claimed, str(problem))
        except (Postponed, FileAway) as problem:
            self._postpone(claimed, str(problem))
        else:
            self.store.mails.sent(claimed, self.clock())
            self._count(claimed.mail, "sent", "")

    def _send(self, mail: Queued) -> None:
        link, token = self._new_link(mail)
        files = [self.files.fetch(mail.customer_id, reference) for reference in mail.files]
        self.post.send(self.letters.write(mail, link, token, files))

    def _new_link(self, mail: Queued) -> tuple[Link | None, str]:
        """The link of a letter that has one, made now: each try has its own, all good until one is used."""
        if mail.letter not in LINKS:
            return None, ""
        user = self.store.user_by_id(mail.user_id)
        if user is None or not is_wanted(mail, user):
            raise _Unwanted
        token = secrets.token_urlsafe(TOKEN_BYTES)
        link = link_for(user, LINKS[mail.letter], token, self.clock())
        self.store.links.add(link)
        return link, token

    def _postpone(self, claimed: Claimed, reason: str) -> None:
        again = next_try(claimed.mail.tries, self.clock(), self.waits)
        if again is None:
            self._failed(claimed, reason)
        else:
            self.store.mails.postpone(claimed, reason, again)
            self._count(claimed.mail, "postponed", reason)

    def _failed(self, claimed: Claimed, reason: str) -> None:
        self.store.mails.failed(claimed, reason, self.clock())
        self._count(claimed.mail, "failed", reason)

    def _count(self, mail: Queued, outcome: str, reason: str) -> None:
        MAILS.labels(mail.letter.value, outcome).inc()
        log.info("mail", mail_id=mail.id, template=mail.letter.value, outcome=outcome, reason=reason)
