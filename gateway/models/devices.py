"""provisioning's answers about telephones."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from gateway.models.pbx_settings import Value


class Owner(NamedTuple):
    """Whose a telephone is: a user of the PBX, or a line."""

    id: str
    name: str


class Model(Value, frozen=True, kw_only=True):
    """A model that can be chosen; one that ``fetches`` nothing is set up by hand."""

    model: str
    vendor: str
    name: str
    fetches: bool
    keys: int = 0


class DeviceState(Value, frozen=True, kw_only=True):
    """``agent_fits``: what fetched the configuration says it is such a phone."""

    fetched_at: datetime | None = None
    fetched_from: str = ""
    agent: str = ""
    agent_fits: bool = True
    up_to_date: bool = False
    registered: bool = False
    since: datetime | None = None
    last_seen: datetime | None = None
    registered_from: str = ""


class DeviceRow(Value, frozen=True, kw_only=True):
    """A telephone of the customer; ``mac`` as labels have it, empty when it fetches nothing."""

    id: str
    model: str
    model_name: str
    fetches: bool
    label: str
    revision: int
    mac: str = ""
    user_id: str = ""
    user_name: str = ""
    line_id: str = ""
    line_name: str = ""
    keys: bool = True
    key_count: int = 0
    enabled: bool = True
    state: DeviceState = DeviceState()

    @property
    def owner_id(self) -> str:
        """The user or line whose it is; "" when it is nobody's."""
        return self.user_id or self.line_id


class FoundDevice(DeviceRow, frozen=True, kw_only=True):
    """As staff see it: whose customer's it is, and where its user or line can be called."""

    customer_id: str
    customer_name: str = ""
    customer_number: int = 0
    number: str = ""
    extension: str = ""

    @property
    def owner_name(self) -> str:
        return self.user_name or self.line_name


class FoundDevices(Value, frozen=True, kw_only=True):
    """A page; ``next`` is where the next begins."""

    rows: tuple[FoundDevice, ...] = ()
    next: str | None = None


class Values(Value, frozen=True, kw_only=True):
    """What is typed into the phone: address and username to fetch with, or the account itself."""

    url: str = ""
    config_user: str = ""
    where: str = ""
    server: str = ""
    port: str = ""
    transport: str = ""
    sip_user: str = ""
    realm: str = ""


class Device(DeviceRow, frozen=True, kw_only=True):
    """With what is typed into it."""

    values: Values = Values()


class Proposal(Value, frozen=True, kw_only=True):
    """A device that is not there yet."""

    model: str
    model_name: str
    fetches: bool
    label: str
    keys: int = 0
    config_user: str = ""
    url: str = ""


class Passwords(msgspec.Struct, frozen=True, kw_only=True):
    """In the clear, for one page; a phone that fetches its configuration has no SIP password to type in."""

    password: str = ""
    web_user: str = ""
    web_password: str = ""
    sip_password: str = ""
