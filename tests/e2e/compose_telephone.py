"""A telephone of a line at the composed system: by HTTP at the phones' front, by SIP at the proxy."""

from __future__ import annotations

import re
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.compose import Project
from tests.support.sipp import Phones, free_ports

PASSWORD = "Fiets-27"


@dataclass(frozen=True)
class Telephone:
    """``mac`` as its file is named; ``config_user`` is what it fetches with."""

    system: Project
    customer: int
    mac: str
    config_user: str

    @classmethod
    def of_line(cls, system: Project, customer: int, number: str) -> Telephone:
        """Have staff make a line on this number, and a Yealink for it."""
        system.cli("line", "add", str(customer), number, "--name", "Winkel")
        mac = "00" + secrets.token_hex(5)
        new = ("--line", number, "--password", PASSWORD)
        said = system.cli("device", "add", str(customer), "yealink-t54w", mac, *new)
        found = re.search(r"fetches its configuration as ([0-9]+)", said)
        assert found, said
        return cls(system, customer, mac, found[1])

    def fetch(self) -> tuple[str, str]:
        """The configuration, with digest; the SIP user and password in it."""
        address = f"http://127.0.0.1:{self.system.settings['TIKKER_PHONES_PORT']}/{self.mac}.cfg"
        command = ["curl", "-sS", "--fail", "--digest", "-u", f"{self.config_user}:{PASSWORD}", address]
        text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
        return _value(text, "account.1.user_name"), _value(text, "account.1.password")

    def register(self, account: tuple[str, str], folder: Path) -> None:
        Phones(int(self.system.settings["SIP_PORT"]), folder).register(account, free_ports(1)[0])

    def is_registered(self) -> bool:
        """As staff see it."""
        listed = self.system.cli("device", "list", str(self.customer))
        return any("T54W" in row and " yes " in row for row in listed.splitlines())


def _value(text: str, name: str) -> str:
    found = re.search(rf"^{re.escape(name)} = (.*)$", text, re.MULTILINE)
    assert found, name
    return found[1]
