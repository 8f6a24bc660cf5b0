"""Every method that takes a command leaves an entry for the audit log, in the outbox of its service.

The methods are read from the services' own classes: a new one fails here until it has a line.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
import pytest

from shared.acting import Acting
from shared.ids import new_id
from shared.rpc_client import RpcClient
from tests.integration.identity.conftest import PORTAL
from tests.integration.identity.mail_server import MailServer
from tests.integration.provisioning.conftest import environment as surroundings
from tests.support.keys import Keyring
from tests.support.processes import ROOT, Process, python, until

pytestmark = pytest.mark.feature("ID-10")

STAFF = Acting(kind="staff", scope="operator", username="beheer")
PASSWORD, OTHER = "vlierbessensap", "kruisbessenjam"
DETAILS = dict.fromkeys(("title", "initials", "first_name", "infix", "last_name", "gender"), "")

CALLED = {
    "identity": {
        "create_customer": "customer.created",
        "change_customer": "customer.changed",
        "create_user": "user.added",
        "add_user": "user.added",
        "resend_welcome": "user.welcomed",
        "set_password": "user.password_set_by_link",
        "change_user": "user.details_changed",
        "change_roles": "user.roles_changed",
        "change_registrations": "user.registrations_changed",
        "block_user": "user.blocked",
        "delete_user": "user.deleted",
        "change_details": "user.details_changed",
        "change_username": "user.username_changed",
        "change_password": "user.password_changed",
        "set_preferences": "user.preferences_changed",
        "create_token": "access.created",
        "revoke_token": "access.revoked",
        "view_as": "customer.viewed",
        "end_view": "customer.view_ended",
        "second_step_duty": "customer.second_step_duty_changed",
        "retry_mail": "mail.retried",
    },
    "pbx": {
        "add_range": "range.added",
        "assign_numbers": "number.assigned",
        "end_assignment": "number.ended",
    },
    "mobile": {
        "create_subscription": "subscription.created",
        "change_number": "subscription.number_changed",
        "end_subscription": "subscription.ended",
        "change_product": "subscription.product_changed",
        "change_sim": "subscription.sim_changed",
        "add_module": "subscription.module_added",
        "end_module": "subscription.module_ended",
        "set_blocks": "subscription.blocks_changed",
        "change_label": "subscription.label_changed",
        "show_puk": "subscription.puk_shown",
        "set_limit": "mobile_limit.changed",
        "set_customer_limit": "mobile_limit.changed",
        "set_partner_defaults": "mobile_defaults.changed",
        "set_terms": "mobile_terms.changed",
        "request_sim_block": "sim_block.requested",
    },
    "provisioning": {
        "create_device": "device.created",
        "add_device": "device.created",
        "change_device": "device.changed",
        "remove_device": "device.removed",
    },
}
"""Those of invoicing: tests/integration/invoicing/test_service.py calls each of them."""
PROVED_ELSEWHERE = {"confirm_second_step", "new_recovery_codes", "end_second_step", "reset_second_step"}
"""They need codes of an app: test_second_step.py and test_second_step_duty.py look for their entries."""
CHANGES_NOTHING_YET = {"begin_second_step", "new_device"}
"""Proposals, which count once they are confirmed."""
OF_SETTINGS = {
    *("save", "add", "remove", "move_member", "set_night", "set_secret", "publish", "discard", "roll_back"),
    *("save_test_call", "remove_test_call", "remove_file", "import_config"),
    *("enable_pbx", "disable_pbx"),
    *("add_user", "remove_user", "add_line", "change_line", "remove_line"),
    "set_calls_abroad",
}
"""Of pbx: tests/integration/pbx/test_settings_audit.py calls each of them."""
OF_EVERY_SERVICE = {"retry_dead_letters"}
"""Of shared/bus/operations.py; it moves messages and no service's data."""

METHODS = """
import json, sys
import shared.process
from importlib import import_module
found = {}
for name in sys.argv[1:]:
    service = getattr(import_module(f"services.{name}.entrypoints"), f"{name.capitalize()}Service")
    named = [(n, p) for n in dir(service) for p in getattr(getattr(service, n), "nameko_entrypoints", ())]
    schemas = [(n, getattr(p, "schema", None)) for n, p in named]
    found[name] = [n for n, s in schemas if "command_id" in getattr(s, "_declared_fields", {})]
print(json.dumps(found))
"""


def test_every_method_with_a_command_has_a_line_here() -> None:
    output = subprocess.run(
        [*python("-c", METHODS), *CALLED], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    known = PROVED_ELSEWHERE | CHANGES_NOTHING_YET | OF_EVERY_SERVICE
    for service, methods in json.loads(output.splitlines()[-1]).items():
        assert len(methods) >= len(CALLED[service]), "the methods are no longer found"
        elsewhere = known | OF_SETTINGS if service == "pbx" else known
        assert set(methods) - elsewhere == set(CALLED[service])


@dataclass
class Desk:
    """Calls the services and takes what each call left for the log."""

    rpc: dict[str, RpcClient]
    databases: dict[str, Any]
    mail_server: MailServer
    left: dict[str, dict[str, str | None]] = field(default_factory=lambda: {name: {} for name in CALLED})

    def call(self, service: str, method: str, acting: Acting = STAFF, **fields: Any) -> Any:
        """One command; what it left is kept under its name."""
        before = self._count(service)
        issuer = "cli" if acting.kind == "staff" else "gateway"
        answer = self.rpc[issuer].call(service, method, acting, command_id=new_id(), **fields)
        self.left[service][method] = self._action(service, before)
        return answer

    def _entries(self, service: str) -> list[dict[str, Any]]:
        return list(
            self.databases[service]["outbox"].find({"name": f"{service}.audit.recorded.v1"}).sort("_id")
        )

    def _count(self, service: str) -> int:
        return len(self._entries(service))

    def _action(self, service: str, before: int) -> str | None:
        """The action of the newest entry, when there is one more than before."""
        entries = self._entries(service)
        if len(entries) != before + 1:
            return None
        return str(msgspec.json.decode(entries[-1]["body"])["data"]["action"])


@pytest.fixture
def desk(
    keyring: Keyring,
    vhost: str,
    mongo_uri: Callable[[str], str],
    mongo_admin: Any,
    service_process: Callable[..., Process],
    mail_server: MailServer,
) -> Iterator[Desk]:
    uris = {name: mongo_uri(name) for name in CALLED}
    mail = {"SMTP_HOST": mail_server.host, "SMTP_PORT": str(mail_server.port), "PORTAL_URL": PORTAL}
    common = {"AMQP_URI": vhost, **mail}
    started = [service_process(name, {**common, **surroundings(uris[name])}) for name in CALLED]
    for process in started:
        process.wait_ready()
    clients = {issuer: RpcClient(vhost, keyring.signer(issuer)) for issuer in ("gateway", "cli")}
    databases = {name: mongo_admin[uri.rpartition("/")[2].partition("?")[0]] for name, uri in uris.items()}
    yield Desk(clients, databases, mail_server)
    for client in clients.values():
        client.close()


def test_each_of_them_leaves_its_entry(desk: Desk) -> None:
    customer = desk.call("identity", "create_customer", name="Bakkerij Voorbeeld B.V.", products=["voip"])
    number_the_lines(desk, customer["id"])
    subscribe(desk, customer["id"])
    hand_out_phones(desk, customer["id"])
    manage_people(desk, customer)
    assert desk.left == CALLED


def number_the_lines(desk: Desk, customer_id: str) -> None:
    desk.call("pbx", "add_range", first="+31850001600", last="+31850001699")
    fields = {"customer_id": customer_id, "numbers": ["+31850001611"], "valid_from": "2026-01-01"}
    [made] = desk.call("pbx", "assign_numbers", STAFF, **fields)["assignments"]
    desk.call("pbx", "end_assignment", assignment_id=made["id"], valid_to="2026-12-01")


def subscribe(desk: Desk, customer_id: str) -> None:
    fields = {"product": "data_only", "number": "+31600000001", "active_from": "2026-01-01"}
    made = desk.call("mobile", "create_subscription", STAFF, customer_id=customer_id, **fields)
    which = {"subscription_id": made["id"]}
    changed = {"number": "+31600000002", "valid_from": "2026-06-01"}
    desk.call("mobile", "change_number", STAFF, **which, **changed)
    desk.call("mobile", "change_product", **which, product="zakelijk_mobiel", valid_from="2026-07-01")
    desk.call("mobile", "add_module", **which, module="zakelijk_mobiel_naar_eu", valid_from="2026-07-01")
    desk.call("mobile", "end_module", **which, module="zakelijk_mobiel_naar_eu", valid_to="2026-08-01")
    desk.call("mobile", "change_sim", **which, sim_number="8931000000000016001", puk="12345678")
    named = desk.call("mobile", "set_blocks", **which, codes=["premium_sms"])
    desk.call("mobile", "change_label", **which, label="Balie", revision=named["revision"])
    look_after_mobile(desk, customer_id, which)
    desk.call("mobile", "end_subscription", **which, ended_at="2099-12-01")


def look_after_mobile(desk: Desk, customer_id: str, which: dict[str, str]) -> None:
    user = user_of(customer_id, "mobile_access", "mobile_limits", "mobile_sim_block")
    desk.call("mobile", "set_customer_limit", user, amount="40")
    desk.call("mobile", "set_limit", user, **which, code="total", value="20")
    desk.call("mobile", "set_partner_defaults", partner_id=customer_id, limits={"total": "15"})
    desk.call("mobile", "set_terms", customer_id=customer_id, month="2026-07", block_cost="7.50")
    desk.call("mobile", "show_puk", user, **which)
    desk.call("mobile", "request_sim_block", user, **which, block=True)


def hand_out_phones(desk: Desk, customer_id: str) -> None:
    user = user_of(customer_id, "settings")
    phone = {"model": "yealink-t54w", "password": "Fiets-27"}
    made = desk.call("provisioning", "create_device", user, **phone, mac="00:15:65:00:16:01")
    desk.call("provisioning", "add_device", customer_id=customer_id, **phone, mac="00:15:65:00:16:02")
    desk.call("provisioning", "change_device", user, device_id=made["id"], label="Balie")
    desk.call("provisioning", "remove_device", user, device_id=made["id"])


def user_of(customer_id: str, *roles: str) -> Acting:
    return Acting(kind="user", scope="customer", customer_id=customer_id, user_id=new_id(), roles=roles)


def manage_people(desk: Desk, customer: dict[str, Any]) -> None:
    whose = customer["id"]
    boss = desk.call(
        "identity",
        "create_user",
        customer_id=whose,
        username="baas",
        password=PASSWORD,
        email="baas@example.nl",
        roles=["user_management"],
    )
    acting = Acting(
        kind="user",
        scope="customer",
        customer_id=whose,
        user_id=boss["id"],
        username="baas",
        roles=("user_management",),
    )
    welcome_somebody(desk, acting)
    about_oneself(desk, acting)
    current = desk.rpc["cli"].call("identity", "customer", STAFF, customer_id=whose)
    desk.call(
        "identity", "change_customer", customer_id=whose, revision=current["revision"], name="Bakkerij Elders"
    )
    desk.call("identity", "view_as", customer_id=whose, reason="Vraag van de klant")
    desk.call("identity", "end_view", customer_id=whose)
    desk.call("identity", "second_step_duty", customer_id=whose, on=True)


def welcome_somebody(desk: Desk, boss: Acting) -> None:
    """The first welcome mail is refused, so that staff have one to try again."""
    desk.mail_server.answers = ["550 no such mailbox"]
    fields = {"username": "anna", "email": "anna@example.nl", "welcome": True, **DETAILS}
    whom = {"user_id": desk.call("identity", "add_user", boss, **fields)["id"]}
    until(lambda: failed_mails(desk))
    desk.call("identity", "retry_mail", mail_id=failed_mails(desk)[0]["id"])
    desk.call("identity", "resend_welcome", boss, **whom)
    until(lambda: len(desk.mail_server.taken) == 2)
    desk.call("identity", "set_password", Acting(), token=desk.mail_server.token(), password=PASSWORD)
    details = {"email": "anna@example.nl", **DETAILS, "infix": "de"}
    desk.call("identity", "change_user", boss, **whom, **details)
    desk.call("identity", "change_roles", boss, **whom, roles=["settings"])
    desk.call("identity", "change_registrations", boss, **whom, registrations=["invoices_by_mail"])
    desk.call("identity", "block_user", boss, **whom, blocked=True)
    desk.call("identity", "delete_user", boss, **whom)


def failed_mails(desk: Desk) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = desk.rpc["cli"].call("identity", "mails", STAFF, state="failed")["rows"]
    return rows


def about_oneself(desk: Desk, acting: Acting) -> None:
    details = {"email": "baas@example.nl", **DETAILS, "first_name": "Sanne"}
    desk.call("identity", "change_details", acting, **details)
    desk.call("identity", "change_username", acting, username="de.baas")
    desk.call("identity", "change_password", acting, old=PASSWORD, new=OTHER)
    desk.call("identity", "set_preferences", acting, theme="dark")
    asked: dict[str, Any] = {"name": "Boekhouding", "roles": [], "expires_on": str(date.today())}
    made = desk.call("identity", "create_token", acting, **asked)
    desk.call("identity", "revoke_token", acting, token_id=made["id"])
