"""The queue of mails against a real mail server: taken, refused, away, slow (real SMTP and MongoDB)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.identity.domain.mails import WAITS, Letter, Mail
from services.identity.mail.post import Post
from services.identity.store import Store
from services.identity.store.mails import CLAIMED_FOR
from services.identity.usecases import notifications
from services.identity.views import mails
from shared.errors import Conflict, NotFound
from shared.events import MailFailed, MailSent, decode
from shared.ids import new_id
from tests.integration.identity.conftest import STAFF, Identity, at_once
from tests.integration.identity.mail_server import GOES_SILENT, MailServer, html_of, text_of
from tests.support.processes import free_port


def letter(to: str = "anna@example.nl", **fields: Any) -> Mail:
    asked: dict[str, Any] = {
        "letter": Letter.PASSWORD_CHANGED,
        "user_id": "a" * 32,
        "customer_id": "c" * 32,
        "parameters": {"name": "Anna", "username": "anna"},
    }
    return Mail(to=to, **(asked | fields))


def queue(identity: Identity, *letters: Mail) -> None:
    identity.store.mails.queue(letters or [letter()], identity.clock())


def states(identity: Identity) -> list[tuple[str, int, str]]:
    rows = identity.database["mails"].find().sort("_id", 1)
    return [(row["state"], row["tries"], row["error"]) for row in rows]


def told(identity: Identity, event: type[MailSent] | type[MailFailed]) -> list[Any]:
    rows = identity.database["outbox"].find({"name": event.name}).sort("_id", 1)
    return [decode(bytes(row["body"]), event) for row in rows]


def test_a_mail_goes_out_as_text_and_html_and_that_is_told(
    identity: Identity, mail_server: MailServer
) -> None:
    queue(identity, letter(dedupe_key="mobile:1"))
    sender = identity.sender(mail_server)
    assert (sender.run_once(), sender.run_once()) == (True, False)
    [mail] = mail_server.taken
    assert mail_server.envelopes == [("tikker@example.nl", ["anna@example.nl"])]
    assert (mail["From"], mail["To"]) == ("Tikker <tikker@example.nl>", "anna@example.nl")
    assert mail["Subject"] == "Uw wachtwoord voor Tikker is gewijzigd"
    assert mail["Date"].datetime == identity.clock()
    assert mail["Message-ID"].endswith("@example.nl>")
    assert "Het wachtwoord van anna is gewijzigd." in text_of(mail)
    assert "Het wachtwoord van anna is gewijzigd." in html_of(mail)
    assert states(identity) == [("sent", 1, "")]
    [sent] = told(identity, MailSent)
    assert sent.customer_id == "c" * 32
    assert (sent.data.letter, sent.data.tries, sent.data.dedupe_key) == ("password_changed", 1, "mobile:1")


def test_what_was_said_is_forgotten_once_it_is_sent(identity: Identity, mail_server: MailServer) -> None:
    queue(identity)
    identity.sender(mail_server).run_once()
    assert identity.database["mails"].find_one()["parameters"] == {}


def test_a_server_that_is_busy_is_asked_again_after_a_minute(
    identity: Identity, mail_server: MailServer
) -> None:
    mail_server.answers = ["451 busy"]
    queue(identity)
    sender = identity.sender(mail_server)
    assert sender.run_once()
    assert states(identity) == [("queued", 1, "451 busy")]
    identity.clock.advance(seconds=59)
    assert not sender.run_once()
    identity.clock.advance(seconds=1)
    assert sender.run_once()
    assert states(identity) == [("sent", 2, "")]
    assert [event.data.tries for event in told(identity, MailSent)] == [2]


def test_after_five_tries_over_two_and_a_half_hours_it_has_failed(
    identity: Identity, mail_server: MailServer
) -> None:
    mail_server.answers = ["451 busy"] * 10
    queue(identity)
    sender = identity.sender(mail_server)
    for wait in (*WAITS, timedelta(days=1)):
        assert sender.run_once()
        assert not sender.run_once()
        identity.clock.now += wait
    assert not sender.run_once()
    assert states(identity) == [("failed", 5, "451 busy")]
    [failed] = told(identity, MailFailed)
    assert (failed.data.reason, failed.data.tries) == ("451 busy", 5)


@pytest.mark.parametrize("place", ["receiver", "content"])
def test_a_refusal_is_final(identity: Identity, mail_server: MailServer, place: str) -> None:
    if place == "receiver":
        mail_server.refused_receivers["anna@example.nl"] = "550 no such mailbox"
    else:
        mail_server.answers = ["550 no such mailbox"]
    queue(identity)
    identity.sender(mail_server).run_once()
    assert states(identity) == [("failed", 1, "550 no such mailbox")]
    assert [event.data.reason for event in told(identity, MailFailed)] == ["550 no such mailbox"]


def test_a_receiver_who_is_busy_is_tried_again(identity: Identity, mail_server: MailServer) -> None:
    mail_server.refused_receivers["anna@example.nl"] = "450 mailbox busy"
    queue(identity)
    identity.sender(mail_server).run_once()
    assert states(identity) == [("queued", 1, "450 mailbox busy")]


def test_no_server_at_all_is_like_one_that_is_busy(identity: Identity) -> None:
    queue(identity)
    identity.sender(Post("127.0.0.1", free_port())).run_once()
    [(state, tries, error)] = states(identity)
    assert (state, tries) == ("queued", 1)
    assert "ConnectionRefusedError" in error


def test_a_server_that_goes_silent_is_given_up_in_time(identity: Identity, mail_server: MailServer) -> None:
    mail_server.answers = [GOES_SILENT]
    queue(identity)
    identity.sender(Post(mail_server.host, mail_server.port, seconds=0.2)).run_once()
    [(state, tries, error)] = states(identity)
    assert (state, tries) == ("queued", 1)
    assert "timed out" in error or "TimeoutError" in error


def test_each_try_has_the_same_message_id_so_a_doubled_mail_is_seen_as_one(
    identity: Identity, mail_server: MailServer
) -> None:
    queue(identity)
    sender = identity.sender(mail_server)
    sender.run_once()
    identity.database["mails"].update_one({}, {"$set": {"state": "queued", "next_try": identity.clock()}})
    identity.database["mails"].update_one({}, {"$set": {"parameters": letter().parameters}})
    sender.run_once()
    assert mail_server.taken[0]["Message-ID"] == mail_server.taken[1]["Message-ID"]


@pytest.mark.parametrize("password", ["geheim-van-de-post", "iets anders"])
def test_our_own_password_at_the_server_opens_it_or_the_mails_wait(identity: Identity, password: str) -> None:
    server = MailServer("portaal", "geheim-van-de-post")
    server.start()
    try:
        queue(identity)
        identity.sender(Post(server.host, server.port, "portaal", password, seconds=5)).run_once()
    finally:
        server.stop()
    [(state, _, error)] = states(identity)
    assert state == ("sent" if password == "geheim-van-de-post" else "queued")
    assert password not in error


@pytest.mark.parametrize(
    "to",
    ["anna@example.nl\r\nBcc: iedereen@example.nl", "anna@example.nl, ben@example.nl", "anna", ""],
)
def test_an_address_that_is_more_than_one_address_is_never_sent(
    identity: Identity, mail_server: MailServer, to: str
) -> None:
    queue(identity, letter(to))
    identity.sender(mail_server).run_once()
    assert mail_server.asked == 0
    assert states(identity)[0][0] == "failed"


def test_a_value_makes_no_header_and_no_html(identity: Identity, mail_server: MailServer) -> None:
    name = 'Anna\r\nBcc: iedereen@example.nl <script>alert("x")</script>'
    invoice = {"number": name, "date": "2026-12-01", "period": "2026-11", "total": "12.34"}
    queue(identity, letter(letter=Letter.INVOICE, parameters={"name": name, "username": "anna", **invoice}))
    identity.sender(mail_server).run_once()
    [mail] = mail_server.taken
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Factuur Anna Bcc: iedereen@example.nl")
    assert "<script>" not in html_of(mail)
    assert "&lt;script&gt;" in html_of(mail)


def test_a_letter_that_cannot_be_written_has_failed_and_holds_up_no_other(
    identity: Identity, mail_server: MailServer
) -> None:
    queue(identity, letter(parameters={}), letter("ben@example.nl"))
    sender = identity.sender(mail_server)
    assert (sender.run_once(), sender.run_once()) == (True, True)
    assert [state for state, _, _ in states(identity)] == ["failed", "sent"]
    assert "'name' is undefined" in states(identity)[0][2]


def test_of_many_processes_at_once_one_sends_a_mail(identity: Identity, mail_server: MailServer) -> None:
    queue(identity, *(letter(f"u{number}@example.nl") for number in range(5)))
    sender = identity.sender(mail_server)

    def work(_: int) -> int:
        return sum(sender.run_once() for _ in range(3))

    assert sum(at_once(4, work)) == 5
    assert sorted(mail["To"] for mail in mail_server.taken) == [
        f"u{number}@example.nl" for number in range(5)
    ]


def test_what_a_process_died_over_is_taken_up_by_another(identity: Identity, mail_server: MailServer) -> None:
    queue(identity)
    other = Store.open(identity.uri)
    assert other.mails.claim(identity.clock())
    other.close()
    sender = identity.sender(mail_server)
    assert not sender.run_once()
    identity.clock.now += CLAIMED_FOR
    assert sender.run_once()
    assert states(identity) == [("sent", 2, "")]


def test_who_lost_the_claim_does_not_write_the_outcome(identity: Identity, mail_server: MailServer) -> None:
    queue(identity)
    late = identity.store.mails.claim(identity.clock())
    assert late
    identity.clock.now += CLAIMED_FOR
    identity.sender(mail_server).run_once()
    identity.store.mails.failed(late, "too late", identity.clock())
    identity.store.mails.postpone(late, "too late", identity.clock())
    identity.store.mails.drop(late)
    assert states(identity) == [("sent", 2, "")]
    assert told(identity, MailFailed) == []


def retry(identity: Identity, mail_id: str, command_id: str | None = None) -> Any:
    return notifications.retry_mail(
        identity.store, identity.clock, STAFF, mail_id=mail_id, command_id=command_id or new_id()
    )


@pytest.mark.feature("ID-12")
def test_staff_see_what_failed_and_have_it_tried_from_the_start(
    identity: Identity, mail_server: MailServer
) -> None:
    mail_server.answers = ["550 no such mailbox", "451 busy"]
    queue(identity)
    sender = identity.sender(mail_server)
    sender.run_once()
    [row] = mails(identity.store, STAFF, state="failed", after="", limit=10)["rows"]
    assert (row["to"], row["template"], row["error"]) == (
        "anna@example.nl",
        "password_changed",
        "550 no such mailbox",
    )
    assert "parameters" not in row
    command = new_id()
    assert retry(identity, row["id"], command) == retry(identity, row["id"], command)
    assert sender.run_once()
    assert states(identity) == [("queued", 1, "451 busy")]
    identity.clock.advance(minutes=1)
    assert sender.run_once()
    assert states(identity) == [("sent", 2, "")]
    with pytest.raises(Conflict):
        retry(identity, row["id"])
    with pytest.raises(NotFound):
        retry(identity, "0" * 24)


@pytest.mark.feature("ID-12")
def test_the_list_of_mails_goes_page_by_page_newest_first(identity: Identity) -> None:
    queue(identity, *(letter(f"u{number}@example.nl") for number in range(5)))
    seen, after = [], ""
    while after is not None:
        page = mails(identity.store, STAFF, state="queued", after=after, limit=2)
        seen += [row["to"] for row in page["rows"]]
        after = page["next"]
    assert seen == [f"u{number}@example.nl" for number in reversed(range(5))]
