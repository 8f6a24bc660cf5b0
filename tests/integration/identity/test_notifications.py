"""What other services want users to be told: to whom it goes, and once (real MongoDB)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.identity.usecases import managing, notifications
from shared.errors import Permanent
from shared.events import Envelope, wrap
from shared.events.notification import (
    InvoicingNotificationRequested,
    MobileNotificationRequested,
    NotificationRequested,
)
from shared.ids import new_id
from tests.integration.identity.conftest import STAFF, Identity, at_once
from tests.integration.identity.mail_server import MailServer, text_of

pytestmark = pytest.mark.feature("ID-06")

BLOCKED = {"number": "06-00 12 34 56", "blocked": True, "at": "2026-11-22T15:38:51Z"}


@pytest.fixture
def customer(identity: Identity) -> str:
    """With ina, who is registered for SIM cards, and others who are not or cannot be mailed."""
    customer = str(identity.customer("Garage Voorbeeld")["id"])
    for name, email in [
        ("ina", "ina@example.nl"),
        ("uwe", "uwe@example.nl"),
        ("kees", ""),
        ("bram", "b@example.nl"),
    ]:
        user = identity.user(customer, name, email=email)
        if name != "uwe":
            managing.change_registrations(
                identity.store,
                identity.clock,
                STAFF,
                user_id=user["id"],
                registrations=["sim_block_confirmation"],
                command_id=new_id(),
            )
    identity.database["users"].update_one({"username": "bram"}, {"$set": {"blocked": True}})
    return customer


def request(customer: str | None, **fields: Any) -> Envelope[NotificationRequested]:
    asked = {
        "template": "sim_block_confirmation",
        "dedupe_key": "order-1",
        "registration": "sim_block_confirmation",
        "parameters": BLOCKED,
    }
    event = MobileNotificationRequested(**(asked | fields))
    return wrap(event, customer, datetime(2026, 11, 22, tzinfo=UTC))  # type: ignore[return-value]


def notify(identity: Identity, envelope: Any) -> None:
    notifications.notify(identity.store, identity.clock, envelope)


def test_who_is_registered_is_mailed_and_nobody_else(
    identity: Identity, customer: str, mail_server: MailServer
) -> None:
    notify(identity, request(customer))
    assert identity.queued() == [("sim_block_confirmation", "ina@example.nl")]
    identity.sender(mail_server).run_once()
    assert "De SIM-kaart van 06-00 12 34 56 is op 22-11-2026 om 16:38 uur" in text_of(mail_server.taken[0])


def test_who_is_named_is_mailed_too_once(identity: Identity, customer: str) -> None:
    ids = [
        row["_id"] for row in identity.database["users"].find({"username": {"$in": ["ina", "uwe", "anna"]}})
    ]
    notify(identity, request(customer, user_ids=ids))
    assert sorted(to for _, to in identity.queued()) == ["ina@example.nl", "uwe@example.nl"]


def test_a_request_that_comes_again_mails_nobody_twice(
    identity: Identity, customer: str, mail_server: MailServer
) -> None:
    assert at_once(8, lambda _: notify(identity, request(customer))) == [None] * 8
    assert len(identity.queued()) == 1
    identity.sender(mail_server).run_once()
    notify(identity, request(customer))
    assert identity.queued() == []


def test_another_key_or_another_service_is_another_mail(identity: Identity, customer: str) -> None:
    notify(identity, request(customer))
    notify(identity, request(customer, dedupe_key="order-2"))
    invoice = {"number": "2026-1", "date": "2026-12-01", "period": "2026-11", "total": "12.34"}
    event = InvoicingNotificationRequested(
        template="invoice", dedupe_key="order-1", registration="sim_block_confirmation", parameters=invoice
    )
    notify(identity, wrap(event, customer))
    assert len(identity.queued()) == 3


def test_an_english_reader_is_written_in_english(
    identity: Identity, customer: str, mail_server: MailServer
) -> None:
    identity.database["users"].update_one({"username": "ina"}, {"$set": {"language": "en"}})
    notify(identity, request(customer))
    identity.sender(mail_server).run_once()
    assert mail_server.taken[0]["Subject"] == "SIM card of 06-00 12 34 56 was blocked"
    assert mail_server.taken[0]["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"template": "reset"}, "no such template: reset"),
        ({"template": "../../etc/passwd"}, "no such template"),
        ({"registration": "everything"}, "no such registration: everything"),
        ({"parameters": {"number": "06-00 12 34 56"}}, "lacks at, blocked"),
    ],
)
def test_what_could_never_be_sent_goes_to_the_dead_letters(
    identity: Identity, customer: str, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Permanent, match=reason):
        notify(identity, request(customer, **fields))
    with pytest.raises(Permanent, match="no customer"):
        notify(identity, request(None))
    assert identity.queued() == []
