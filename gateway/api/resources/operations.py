"""What runs, waits and went wrong in the house, for staff."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.access import staff
from gateway.api.frame import DONE, Done, changes, reads, resource
from gateway.api.staff_requests import MailsQuery, RetryBody
from gateway.models.operations import SERVICES, DeadQueue, Job, Mails
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("operations", "What runs, waits and went wrong in the house, for staff.")
operator = staff()
console = staff(partners=True)
NAMES = ", ".join(SERVICES)


class Letters(msgspec.Struct, frozen=True, kw_only=True):
    """Queues of a service with messages that nobody could handle; null: the service does not answer."""

    service: str
    queues: tuple[DeadQueue, ...] | None = None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Long work of a service, newest first; null: it does not answer."""

    service: str
    jobs: tuple[Job, ...] | None = None


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages went back to their queue."""

    moved: int


@reads(pages, "/dead-letters", list[Letters], operator)
def dead_letters() -> list[Letters]:
    """What could not be delivered, by service."""
    found = parts().operations.dead_letters(acting()).items()
    return [Letters(service=name, queues=_all(part.value)) for name, part in found]


@changes(pages, "POST", f"/dead-letters/<any({NAMES}):service>/retry", operator, RetryBody, Retried)
def retry_dead_letters(key: str, body: dict[str, Any], service: str) -> Retried:
    """Put messages of a queue back, the oldest first."""
    client = parts().operations
    return Retried(moved=client.retry_dead_letters(acting(), key, service, body["queue"], body["limit"]))


@reads(pages, "/jobs", list[Work], operator)
def jobs() -> list[Work]:
    """Long work, by service."""
    found = parts().operations.jobs(acting()).items()
    return [Work(service=name, jobs=_all(part.value)) for name, part in found]


@reads(pages, "/mails", Mails, console, MailsQuery)
def mails(query: dict[str, Any]) -> Mails:
    """Mails of the last weeks, newest first, 50 at a time."""
    return parts().operations.mails(acting(), query["state"], query["after"])


@changes(pages, "POST", "/mails/<string(length=24):mail_id>/retry", console)
def retry_mail(key: str, mail_id: str) -> Done:
    """Send one that failed again."""
    parts().operations.retry_mail(acting(), key, mail_id)
    return DONE


def _all(found: list[Any] | None) -> tuple[Any, ...] | None:
    return None if found is None else tuple(found)
