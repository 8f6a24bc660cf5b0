"""Mails with a file: sent with it, postponed while its service is away, failed when it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.identity.mail.files import FileAway, FileGone
from services.identity.mail.letters import Attachment
from services.identity.usecases import notifications
from shared.events import FileReference, wrap
from shared.events.notification import CdrNotificationRequested, PbxNotificationRequested
from tests.integration.identity.conftest import Identity
from tests.integration.identity.mail_server import MailServer

pytestmark = pytest.mark.feature("CDR-07")

FILE = FileReference(
    service="cdr", id="f1", name="export.zip", media_type="application/zip", size=3, sha256="0" * 64
)
NOON = "2026-11-22T12:00:00Z"
TOLD = {
    "from": "2026-11-01",
    "to": "2026-11-30",
    "rows": 3,
    "attached": True,
    "path": "/exports/e1",
    "expires_at": "2026-11-29T12:00:00Z",
}


class Shelf:
    """Has the file, or raises ``problem``."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem = problem
        self.asked: list[tuple[str | None, str]] = []

    def fetch(self, customer_id: str | None, reference: Mapping[str, Any]) -> Attachment:
        self.asked.append((customer_id, reference["id"]))
        if self.problem:
            raise self.problem
        return Attachment(reference["name"], reference["media_type"], b"zip")


@pytest.fixture
def customer(identity: Identity) -> str:
    """Has asked for a mail with a file to its user eva."""
    customer = str(identity.customer("Garage Voorbeeld")["id"])
    user = identity.user(customer, "eva", email="eva@example.nl")
    event = CdrNotificationRequested(
        template="usage_export",
        dedupe_key="export:e1",
        user_ids=(user["id"],),
        parameters=TOLD,
        files=(FILE,),
    )
    notifications.notify(identity.store, identity.clock, wrap(event, customer))  # type: ignore[arg-type]
    return customer


def send(identity: Identity, server: MailServer, shelf: Shelf) -> dict[str, Any]:
    """The mail after one try."""
    replace(identity.sender(server), files=shelf).run_once()
    return dict(identity.database["mails"].find_one({"letter": "usage_export"}))


def test_the_file_goes_with_the_mail_and_is_forgotten(
    identity: Identity, customer: str, mail_server: MailServer
) -> None:
    shelf = Shelf()
    mail = send(identity, mail_server, shelf)
    assert (mail["state"], mail["files"]) == ("sent", [])
    assert shelf.asked == [(customer, "f1")]
    [attached] = mail_server.taken[0].iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("export.zip", b"zip")


def test_a_service_that_is_away_postpones_it(
    identity: Identity, customer: str, mail_server: MailServer
) -> None:
    mail = send(identity, mail_server, Shelf(FileAway("cdr is away")))
    assert (mail["state"], mail["error"]) == ("queued", "cdr is away")
    assert mail_server.taken == []


def test_a_file_that_is_gone_fails_it(identity: Identity, customer: str, mail_server: MailServer) -> None:
    mail = send(identity, mail_server, Shelf(FileGone("expired")))
    assert (mail["state"], mail["error"]) == ("failed", "expired")


def test_a_role_can_be_told(identity: Identity) -> None:
    customer = str(identity.customer("Kapper Voorbeeld")["id"])
    identity.user(customer, "baas", "user_management", email="baas@example.nl")
    identity.user(customer, "kees", "invoices", email="kees@example.nl")
    told = {"call_class": "0900", "day": "2026-11-22", "amount": "90", "usual": "2", "minutes": 9}
    event = CdrNotificationRequested(
        template="fraud_suspected",
        dedupe_key="fraud:a1",
        registration="voip_high_usage",
        roles=("user_management",),
        parameters={**told, "blocked": False},
    )
    notifications.notify(identity.store, identity.clock, wrap(event, customer))  # type: ignore[arg-type]
    assert identity.queued() == [("fraud_suspected", "baas@example.nl")]


@pytest.mark.feature("PBX-16", "PBX-07")
def test_a_voicemail_goes_once_to_each_address_that_was_filled_in(
    identity: Identity, mail_server: MailServer
) -> None:
    """Addresses need not be of users; the event may come twice."""
    customer = str(identity.customer("Bakkerij Voorbeeld")["id"])
    wav = FileReference(
        service="pbx", id="m1", name="voicemail.wav", media_type="audio/wav", size=3, sha256="0" * 64
    )
    told = {"name": "Jan", "owner": "Jan (211)", "caller": "06-00 12 34 56", "at": NOON, "seconds": 42}
    event = PbxNotificationRequested(
        template="voicemail",
        dedupe_key="voicemail:m1",
        addresses=("jan@voorbeeld.example", "archief@voorbeeld.example"),
        parameters=told,
        files=(wav,),
    )
    for _ in range(2):
        notifications.notify(identity.store, identity.clock, wrap(event, customer))  # type: ignore[arg-type]
    sender = replace(identity.sender(mail_server), files=Shelf())
    while sender.run_once():
        pass
    assert sorted(str(mail["To"]) for mail in mail_server.taken) == [
        "archief@voorbeeld.example",
        "jan@voorbeeld.example",
    ]
    mail = mail_server.taken[0]
    assert mail["Subject"] == "Voicemail van 06-00 12 34 56 voor Jan (211)"
    [attached] = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("voicemail.wav", "audio/wav")
