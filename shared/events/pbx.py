"""Events of pbx: what telephones must know."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from shared.events.base import Event


class PbxUserChanged(Event, frozen=True, kw_only=True):
    """A user of a PBX was made, changed or taken away, as it was published in ``revision`` of the customer's
    settings: of two events the one with the higher revision holds.

    ``number`` is E.164, ``device`` the ID of a device at provisioning; what there is not is empty.
    ``shown_…`` is what others see when the user calls.
    """

    name: ClassVar[str] = "pbx.user.changed.v1"

    user_id: str
    revision: int
    username: str
    display_name: str = ""
    extension: str = ""
    number: str = ""
    device: str = ""
    shown_number: str = ""
    shown_name: str = ""
    hide_number: bool = False
    call_waiting: bool = False
    deleted: bool = False


class PbxLineChanged(Event, frozen=True, kw_only=True):
    """A line without a PBX was made, changed or taken away, as it stands in ``revision`` of the customer's
    settings: of two events the one with the higher revision holds.

    ``display_name`` is what a telephone of the line shows: its name, or its number in Dutch notation.
    ``number`` is E.164; ``extension`` is empty when it has none.
    """

    name: ClassVar[str] = "pbx.line.changed.v1"

    line_id: str
    revision: int
    display_name: str = ""
    extension: str = ""
    number: str = ""
    deleted: bool = False


class RegistrationChanged(Event, frozen=True, kw_only=True):
    """A telephone registered at the SIP proxy, went, or was not heard of any more.

    ``state``: registered, unregistered or expired. ``sip_user`` is the device's; ``source`` the address it
    came from. Of two events about the same contact the later one holds: that with the later moment (the
    envelope's), then the higher ``cseq``. The envelope names no customer: the proxy knows none.
    """

    name: ClassVar[str] = "pbx.registration.changed.v1"

    sip_user: str
    state: str
    contact: str
    expires_at: datetime | None = None
    user_agent: str = ""
    source: str = ""
    call_id: str = ""
    cseq: int = 0
