"""Events of provisioning: which telephones there are, and that one must fetch its configuration anew."""

from __future__ import annotations

from typing import ClassVar

from shared.events.base import Event


class DeviceChanged(Event, frozen=True, kw_only=True):
    """A telephone was made, changed or taken away; of two events the one with the higher revision holds.

    ``sip_user`` is what it registers as, unique in the house; ``user_id`` the user of a PBX or ``line_id``
    the line whose calls it makes and takes (empty: nobody's).
    """

    name: ClassVar[str] = "provisioning.device.changed.v1"

    device_id: str
    revision: int
    sip_user: str
    user_id: str = ""
    line_id: str = ""
    model: str = ""
    label: str = ""
    deleted: bool = False


class ResyncRequested(Event, frozen=True, kw_only=True):
    """The configuration of a telephone has become another: who holds its registration tells it.

    ``event`` is the value of the SIP header Event that the model understands, such as
    ``check-sync;reboot=false``.
    """

    name: ClassVar[str] = "provisioning.resync.requested.v1"

    resync_id: str
    device_id: str
    sip_user: str
    event: str
