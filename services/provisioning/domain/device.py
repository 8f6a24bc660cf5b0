"""A telephone as we know it, and the people of a PBX as telephones need to know them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import msgspec

CONFIG_USER_DIGITS = 10
SIP_USER_LENGTH = 12
_SIP_USER = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1: it may have to be typed
_PASSWORD = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
SIP_PASSWORD_LENGTH = 26
"""Of 57 characters: 151 bits."""
WEB_PASSWORD_LENGTH = 16
PASSWORD, SIP, WEB, BODY = "password", "sip", "web", "body"
"""What is sealed: the password for fetching, the two we make up, and the configuration itself."""


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """The last time that the phone got its configuration."""

    at: datetime
    address: str = ""
    agent: str = ""
    etag: str = ""


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration as it was made, sealed. ``made_from``: see ``rendering.made_from``."""

    body: str
    etag: str
    made_from: str


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """``mac`` is empty for a phone that fetches nothing. ``user_id`` or ``line_id``: whose calls it makes and
    takes; both empty: nobody's, then it may not register. ``secrets`` are sealed, by name. ``emptying``: its
    keys are no longer to have colleagues, and the phone has not fetched the file that says so."""

    id: str
    customer_id: str
    model: str
    label: str
    config_user: str
    sip_user: str
    book: str
    created_at: datetime
    mac: str = ""
    user_id: str = ""
    line_id: str = ""
    keys: bool = True
    emptying: bool = False
    enabled: bool = True
    revision: int = 1
    secrets: dict[str, str] = {}
    rendered: Rendered | None = None
    fetched: Fetched | None = None

    @property
    def may_register(self) -> bool:
        return self.enabled and bool(self.owner_id)

    @property
    def owner_id(self) -> str:
        """The user or line whose it is; "" when it is nobody's."""
        return self.user_id or self.line_id


USER, LINE = "user", "line"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who has telephones, as pbx told it last: a user of a PBX, or a line without one (``kind``).
    ``number`` is E.164."""

    id: str
    customer_id: str
    revision: int
    kind: str = USER
    name: str = ""
    extension: str = ""
    number: str = ""
    call_waiting: bool = False
    deleted: bool = False


def config_user(seed: str) -> str:
    """What the phone gives as username: digits, as they can be typed on every phone. The same for the same
    ``seed``, so that a form can show it before the device is there."""
    number = int.from_bytes(hashlib.sha256(f"config-user|{seed}".encode()).digest()[:8], "big")
    least = 10 ** (CONFIG_USER_DIGITS - 1)
    return str(least + number % (9 * least))


def new_sip_user() -> str:
    """Unique in the house, by chance and by an index."""
    return "".join(secrets.choice(_SIP_USER) for _ in range(SIP_USER_LENGTH))


def new_password(length: int) -> str:
    """Letters and digits that one can tell apart, and that no file format minds."""
    return "".join(secrets.choice(_PASSWORD) for _ in range(length))


def about(device_id: str, name: str) -> str:
    """What a sealed secret of a device is bound to."""
    return f"devices|{device_id}|{name}"
