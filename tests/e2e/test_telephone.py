"""The whole circle: a telephone fetches its configuration, registers with what that says, rings in the order
that the simulator tells, and its call outside stands in Details with a price. Phones are curl and sipp."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from cli import processes
from shared.acting import Acting, Signer
from shared.ids import new_id
from shared.rpc_client import RpcClient
from tests.e2e.conftest import Running
from tests.support.processes import Process, until
from tests.support.sipp import ANSWER, BUSY, Phones, call, free_ports

pytestmark = pytest.mark.xdist_group("e2e")

COMPANY, SUPPORT = "+31850002200", "+31850002201"
FETCH_PASSWORD = "Fiets-2711"
PASSWORD = "Werkplaats-2711"
AGENT = "Yealink SIP-T54W 96.86.0.75 "
STAFF = Acting(kind="staff", scope="operator")


class Shop:
    """A new customer with a PBX of three people, set up as the operator does."""

    def __init__(self, running: Running) -> None:
        house = running.house
        self.cli = RpcClient(house.amqp_uri("cli"), Signer.from_base64("cli", house.keys.signing_key("cli")))
        self.people = {extension: new_id() for extension in ("211", "212", "213")}
        self.username = f"fien.{uuid4().hex[:8]}"
        made = running.tikker("customer", "create", "Fietsenmaker Voorbeeld", "--product", "pbx")
        self.number = made.stdout.split()[0]
        rows = self.staff("identity", "customers", query="Fietsenmaker Voorbeeld")["rows"]
        self.id = rows[0]["id"]

    def staff(self, service: str, method: str, **fields: Any) -> Any:
        return self.cli.call(service, method, STAFF, timeout=15, **fields)

    def command(self, method: str, service: str = "pbx", **fields: Any) -> Any:
        return self.staff(service, method, command_id=new_id(), **fields)

    def open(self) -> None:
        today = datetime.now(UTC).date().replace(day=1).isoformat()
        self.command("add_range", first=COMPANY, last="+31850002209", source="sipproxy")
        self.command("assign_numbers", customer_id=self.id, numbers=[COMPANY, SUPPORT], valid_from=today)
        self.command("enable_pbx", customer_id=self.id)
        self.command("import_config", customer_id=self.id, config=self._config())
        users = self.staff("pbx", "config_of", customer_id=self.id)["config"]["users"]
        self.people = {user["extension"]: user["id"] for user in users}

    def _config(self) -> dict[str, Any]:
        names = {"211": "Jan", "212": "Kees", "213": "Sandra"}
        users = [
            {"id": self.people[e], "username": f"{e}@fiets.example", "first_name": n, "extension": e}
            for e, n in names.items()
        ]
        group = {
            "id": new_id(),
            "name": "Werkplaats",
            "number": SUPPORT,
            "members": [self.people[e] for e in ("212", "211", "213")],
        }
        company = {"name": "Fietsenmaker Voorbeeld", "number": COMPANY}
        return {"company": company, "users": users, "groups": [group]}

    def phone(self, extension: str) -> str:
        """A telephone for one of them; its MAC address."""
        mac = f"00005e0054{extension[1:]}"
        wanted = {"model": "yealink-t54w", "mac": mac, "label": "", "password": FETCH_PASSWORD}
        person = self.people[extension]

        def add() -> bool:  # provisioning hears of the people from the bus
            rows = self.staff("provisioning", "devices_of", customer_id=self.id)["rows"]
            if not any(row["user_id"] == person for row in rows):
                self.command("add_device", "provisioning", customer_id=self.id, user_id=person, **wanted)
            return True

        until(lambda: _quietly(add), what=f"a telephone for {extension}")
        return mac

    def all_registered(self) -> bool:
        rows = self.staff("provisioning", "devices_of", customer_id=self.id)["rows"]
        return all(row["state"]["registered"] for row in rows)


def _quietly(work: Callable[[], bool]) -> bool:
    try:
        return work()
    except Exception:
        return False


@pytest.fixture(scope="module")
def sip(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Process]]:
    """What ``./tikker up --sip`` starts besides the rest."""
    started: dict[str, Process] = {}
    folder = tmp_path_factory.mktemp("sip")
    try:
        for process in processes.SIP_PROCESSES:
            environment = {**processes.environment(process, running.house), "SIP_RUN": str(folder)}
            log = running.state.logs / f"{process.name}.log"
            started[process.name] = Process(process.command, environment, log)
        started["kamailio"].health_port = running.house.ports.sip_rpc
        for each in started.values():
            each.wait_ready()
        yield started
    finally:
        for each in started.values():
            each.popen.terminate()
        for each in started.values():
            each.popen.wait(30)


def fetched(running: Running, config_user: str, mac: str) -> dict[str, str]:
    """What the telephone fetches, as it does: first without a password."""
    url = f"http://127.0.0.1:{running.house.ports.phones}/{mac}.cfg"
    command = ["curl", "-sf", "--digest", "-u", f"{config_user}:{FETCH_PASSWORD}", "-A", AGENT + mac, url]
    body = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    assert body.startswith("#!version:1.0.0.1")
    return dict(re.findall(r"^([\w.]+) *= *(.*)$", body, re.MULTILINE))


@pytest.mark.feature("PBX-11", "PRV-02", "PRV-03", "CDR-02")
def test_from_a_box_with_a_telephone_to_a_priced_call(
    running: Running, sip: dict[str, Process], log_in: Callable[..., Page], tmp_path: Path
) -> None:
    shop = Shop(running)
    shop.open()
    asked = ("user", "create", shop.number, shop.username, "--password", PASSWORD, "--role", "settings")
    made = running.tikker(*asked, "--email", f"{shop.username}@fiets.example")
    assert made.returncode == 0, made.stdout + made.stderr

    phones = Phones(running.house.ports.sip, tmp_path)
    ports = dict(zip(shop.people, free_ports(3), strict=True))
    accounts: dict[str, tuple[str, str]] = {}
    for extension, port in ports.items():
        mac = shop.phone(extension)
        rows = shop.staff("provisioning", "devices_of", customer_id=shop.id)["rows"]
        device = next(row for row in rows if row["user_id"] == shop.people[extension])
        told = fetched(running, device["config_user"], mac)
        assert told["account.1.sip_server.1.port"] == str(running.house.ports.sip)
        accounts[extension] = (told["account.1.auth_name"], told["account.1.password"])
        phones.register(accounts[extension], port)

    until(shop.all_registered, what="all telephones registered")
    page = log_in(shop.username, PASSWORD)
    expect(page.get_by_role("heading", name="Overzicht", exact=True)).to_be_visible()
    page.goto(f"/telefooncentrale/gebruikers/{shop.people['211']}")
    until(lambda: page.reload() and page.locator(".tk-tick-on").count(), what="the green tick on the page")

    order = simulated(running, shop)
    busy = [phones.answering(BUSY, ports[order[0]]), phones.answering(BUSY, ports[order[1]])]
    answers = phones.answering(ANSWER, ports[order[2]])
    phones.run(call("+31600123456", SUPPORT, password=False, seconds=0.1), running.house.ports.trunk).wait()
    for each in (*busy, answers):
        each.wait()
    rang = [phone.log.read_text().split("\n")[0] for phone in (*busy, answers)]
    assert rang == sorted(rang)

    trunk = phones.answering(ANSWER, running.house.ports.trunk)
    phones.run(call(accounts["211"][0], "0600123456", seconds=1.5), ports["211"], accounts["211"]).wait()
    trunk.wait()
    page.goto("/gespreksdetails/details")
    until(lambda: page.reload() and page.get_by_text("06-00 12 34 56").count(), what="the call in Details")
    row = page.get_by_role("row").filter(has_text="06-00 12 34 56")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("085-000 22 00")
    expect(row).to_contain_text("0:00:02")
    expect(row).to_contain_text(re.compile(r"0,0[0-9]*[1-9]"))
    phones.end()
    shop.cli.close()


def simulated(running: Running, shop: Shop) -> list[str]:
    """The extensions that ring for the group, in the order that the simulator tells."""
    key = running.house.keys.signing_key("gateway")
    gateway = RpcClient(running.house.amqp_uri("gateway"), Signer.from_base64("gateway", key))
    acting = Acting(kind="user", scope="customer", customer_id=shop.id, user_id=new_id(), roles=("settings",))
    asked: dict[str, Any] = {
        "caller": "0600123456",
        "called": SUPPORT,
        "direction": "in",
        "which": "published",
    }
    steps = gateway.call("pbx", "simulate", acting, **asked)["plan"]["steps"]
    gateway.close()
    extensions = {person: extension for extension, person in shop.people.items()}
    return [extensions[step["targets"][0]["user"]] for step in steps if step["step"] == "ring"]
