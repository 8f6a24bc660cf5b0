"""Mail by the service as a process: from a call or an event to the mail server; the command line."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity.usecases.forgotten import GONE
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, NotFound, TooMany
from shared.events import MailFailed, MailSent, UserChanged, decode, encode, wrap
from shared.events.notification import MobileNotificationRequested
from shared.ids import new_id
from tests.integration.identity.conftest import OFFICE, PASSWORD, Service, acting_as, tikker, tikker_process
from tests.integration.identity.mail_server import GOES_SILENT, MailServer, text_of
from tests.support.processes import until

NEW = "kruisbessenjam"


def user(service: Service, acting: Acting, method: str, **fields: Any) -> Any:
    return service.gateway.call("identity", method, acting, **fields)


def heard(service: Service, queue: str, event: Any) -> Any:
    message: Any = until(lambda: service.queues.take(queue), what="an event")
    body = message.body.encode() if isinstance(message.body, str) else message.body
    return decode(bytes(body), event)


@pytest.mark.feature("ID-02")
def test_a_forgotten_password_from_the_question_to_the_login(
    service: Service, mail_server: MailServer
) -> None:
    users = service.queues.bind("identity.events", UserChanged.name)
    sent = service.queues.bind("identity.events", MailSent.name)
    service.new_user("ben")
    for who in ("ben@example.nl", "nobody@example.nl"):
        assert service.anonymous("request_reset", who=who, address=OFFICE) == {}
    assert mail_server.mail()["To"] == "ben@example.nl"
    token = mail_server.token()
    assert service.anonymous("link", token=token) == {"purpose": "reset", "username": "ben"}
    fields = {"token": token, "password": NEW, "command_id": new_id()}
    assert service.anonymous("set_password", **fields) == {"username": "ben"}
    assert service.anonymous("set_password", **fields) == {"username": "ben"}
    with pytest.raises(NotFound, match=str(GONE)):
        service.anonymous("link", token=token)
    assert service.login("ben", NEW)["user"]["epoch"] == 2
    assert [heard(service, users, UserChanged).data.epoch for _ in range(2)] == [1, 2]
    assert heard(service, sent, MailSent).data.letter == "reset"
    assert mail_server.mail(2)["Subject"] == "Uw wachtwoord voor Tikker is gewijzigd"


@pytest.mark.feature("ID-04")
@pytest.mark.feature("ID-07")
def test_a_manager_adds_changes_and_deletes_a_colleague(service: Service, mail_server: MailServer) -> None:
    boss = acting_as(service.new_user("baas", "user_management"))
    details = {
        "title": "",
        "initials": "N.",
        "first_name": "Nora",
        "infix": "",
        "last_name": "Wit",
        "gender": "",
    }
    made = user(
        service,
        boss,
        "add_user",
        username="nora",
        welcome=True,
        password="",
        email="nora@example.nl",
        command_id=new_id(),
        **details,
    )
    assert "Beste Nora Wit," in text_of(mail_server.mail())
    one = {"user_id": made["id"]}
    assert user(service, boss, "user", **one) == made | {"second_step": False}
    assert user(service, boss, "users", query="wit")["total"] == 1
    assert user(service, boss, "users")["total"] == 2
    user(service, boss, "resend_welcome", **one, command_id=new_id())
    mail_server.mail(2)
    service.anonymous("set_password", token=mail_server.token(), password=NEW, command_id=new_id())
    registered = user(
        service, boss, "change_registrations", **one, registrations=["invoices_by_mail"], command_id=new_id()
    )
    assert (registered["registrations"], registered["welcome"]) == (["invoices_by_mail"], "used")
    details |= {"email": "nora@example.nl", "first_name": "Noor"}
    assert user(service, boss, "change_user", **one, **details, command_id=new_id())["first_name"] == "Noor"
    user(service, boss, "delete_user", **one, command_id=new_id())
    with pytest.raises(NotFound):
        user(service, boss, "user", **one)
    assert not service.login("nora", NEW)["ok"]


@pytest.mark.feature("ID-08")
def test_a_user_changes_their_own_account(service: Service) -> None:
    made = service.new_user("nora")
    acting = acting_as(made)
    details = {
        "title": "",
        "initials": "",
        "first_name": "",
        "infix": "",
        "last_name": "Wit",
        "gender": "female",
    }
    user(service, acting, "change_details", **details, email="nora@example.nl", command_id=new_id())
    user(service, acting, "change_username", username="nora.wit", command_id=new_id())
    account = user(service, acting, "account")["user"]
    assert (account["username"], account["last_name"], account["gender"]) == ("nora.wit", "Wit", "female")
    fields = {"old": PASSWORD, "new": NEW, "command_id": new_id()}
    assert user(service, acting, "change_password", **fields) == {"epoch": 2}
    assert user(service, acting, "change_password", **fields) == {"epoch": 2}
    assert service.login("nora.wit", NEW)["user"]["epoch"] == 2


@pytest.mark.feature("ID-04")
def test_who_is_no_user_reaches_nothing_of_users_and_who_is_no_staff_nothing_of_mails(
    service: Service,
) -> None:
    staff_only = {"mails": {}, "retry_mail": {"mail_id": "0" * 24, "command_id": new_id()}}
    for method, fields in staff_only.items():
        with pytest.raises(Forbidden):
            service.gateway.call("identity", method, Acting(kind="user", scope="operator"), **fields)
    for method in (
        "users",
        "user",
        "add_user",
        "delete_user",
        "change_details",
        "change_password",
        "account",
    ):
        with pytest.raises(Forbidden):
            service.gateway.call("identity", method, Acting())
    for method in ("request_reset", "link", "set_password"):
        with pytest.raises(Forbidden):
            service.gateway.call("identity", method, Acting(kind="user", scope="customer"))


@pytest.mark.feature("ID-06")
def test_a_notification_on_the_bus_is_mailed_once_and_nonsense_goes_to_the_dead_letters(
    service: Service, mail_server: MailServer
) -> None:
    made = service.new_user("ina")
    service.command("change_registrations", user_id=made["id"], registrations=["sim_block_confirmation"])
    event = MobileNotificationRequested(
        template="sim_block_confirmation",
        dedupe_key="order-1",
        registration="sim_block_confirmation",
        parameters={"number": "06-00 12 34 56", "blocked": False, "at": "2026-11-22T15:38:51Z"},
    )
    queue = "identity.on_notification_requested"
    wrong = MobileNotificationRequested(template="no such letter", dedupe_key="order-2")
    for each in (event, event, wrong):
        body = encode(wrap(each, made["customer_id"]))
        service.queues.publish("mobile.events", each.name, body)
    assert mail_server.mail()["Subject"] == "SIM-kaart van 06-00 12 34 56 is gedeblokkeerd"
    until(lambda: service.queues.depth(f"{queue}.dead") == 1, what="the dead letter")
    buried = service.queues.take(f"{queue}.dead")
    assert buried.headers["tikker.reason"] == "Permanent: no such template: no such letter"
    service.anonymous("request_reset", who="ina", address=OFFICE)
    assert mail_server.mail(2)["Subject"].startswith("Kies een nieuw wachtwoord")  # no other between


def test_while_a_mail_server_is_silent_the_service_answers(service: Service, mail_server: MailServer) -> None:
    mail_server.answers = [GOES_SILENT]
    service.new_user("ben")
    service.anonymous("request_reset", who="ben", address=OFFICE)
    until(lambda: mail_server.asked == 1, what="the mail under way")
    assert service.login("ben")["ok"]
    assert service.process.page("/livez")[0] == 200
    assert mail_server.taken == []
    mail_server.let_go()
    assert mail_server.mail()["To"] == "ben@example.nl"


@pytest.mark.feature("ID-12")
def test_staff_list_what_failed_and_try_it_again_by_the_command_line(
    service: Service, mail_server: MailServer
) -> None:
    failed = service.queues.bind("identity.events", MailFailed.name)
    mail_server.answers = ["550 no such mailbox"]
    service.new_user("ben")
    service.anonymous("request_reset", who="ben", address=OFFICE)
    mail_id = heard(service, failed, MailFailed).data.mail_id
    listed = tikker_process(service, "mail", "list")
    assert listed.returncode == 0, listed.stderr
    row, reason = listed.stdout.splitlines()[1:]
    assert (row.split()[0], row.split()[-1], reason.strip()) == (
        mail_id,
        "ben@example.nl",
        "550 no such mailbox",
    )
    again = tikker_process(service, "mail", "retry", mail_id)
    assert (again.returncode, again.stdout) == (0, f"{mail_id} is queued again\n")
    assert mail_server.mail()["To"] == "ben@example.nl"
    assert service.anonymous("link", token=mail_server.token())["username"] == "ben"
    until(lambda: mail_id in tikker(service, "mail", "list", "--state", "sent").stdout, what="the mail sent")
    refused = tikker(service, "mail", "retry", mail_id)
    assert (refused.returncode, refused.stderr) == (
        1,
        "tikker: Only a mail that did not arrive can be sent again.\n",
    )
    with pytest.raises(Conflict):
        service.command("retry_mail", mail_id=mail_id)


@pytest.mark.feature("ID-11")
def test_an_address_that_asks_too_often_waits_also_after_a_kill_of_the_process(service: Service) -> None:
    for number in range(20):
        service.anonymous("request_reset", who=f"guess{number}", address=OFFICE)
    service.process.kill()
    service.process.start()
    service.process.wait_ready()
    with pytest.raises(TooMany) as refused:
        service.anonymous("request_reset", who="ben", address=OFFICE)
    assert 0 < refused.value.retry_after <= 60
