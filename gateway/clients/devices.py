"""provisioning: a customer's telephones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.devices import Device, DeviceRow, FoundDevices, Model, Passwords, Proposal
from gateway.models.part import convert
from shared.acting import Acting

SERVICE = "provisioning"
MOST = 1000
ROWS = 50


@dataclass(frozen=True)
class DevicesClient:
    """Calls for users with the role *Instellingen wijzigen*; provisioning checks it again."""

    rpc: Rpc

    def models(self, acting: Acting) -> list[Model]:
        """What can be chosen, by vendor."""
        return convert(self.rpc.call(SERVICE, "models", acting)["rows"], list[Model])

    def of(self, acting: Acting, **whose: str) -> list[DeviceRow]:
        """The devices of a ``user_id`` or ``line_id``; with "" those that are nobody's."""
        fields: dict[str, Any] = {**whose, "limit": MOST}
        reply = self.rpc.call(SERVICE, "devices", acting, **fields)
        return convert(reply["rows"], list[DeviceRow])

    def find(self, acting: Acting, after: str = "", rows: int = ROWS, **asked: Any) -> FoundDevices:
        """For staff: a page of all telephones that they may see, the newest first; ``asked``: ``query``,
        ``state``, ``customer_id``."""
        fields = {**asked, "after": after or None, "limit": rows}
        return convert(self.rpc.call(SERVICE, "find_devices", acting, **fields), FoundDevices)

    def device(self, acting: Acting, device_id: str) -> Device:
        """One, with what must be typed into it. Raises NotFound."""
        return convert(self.rpc.call(SERVICE, "device", acting, device_id=device_id), Device)

    def proposal(self, acting: Acting, model: str, who: str, command_id: str) -> Proposal:
        """What a new device would be called and fetch with; the same when it is made with this ID."""
        asked: dict[str, Any] = {"model": model, "who": who, "command_id": command_id}
        return convert(self.rpc.call(SERVICE, "new_device", acting, **asked), Proposal)

    def create(self, acting: Acting, command_id: str, values: Mapping[str, Any]) -> str:
        """Make a device; its ID. Raises Invalid with each rule that is broken."""
        return str(self.rpc.call(SERVICE, "create_device", acting, **values, command_id=command_id)["id"])

    def change(self, acting: Acting, command_id: str, device_id: str, **values: Any) -> None:
        """Change what ``values`` names. Raises Invalid, NotFound, Conflict."""
        changed = {"device_id": device_id, **values}
        self.rpc.call(SERVICE, "change_device", acting, **changed, command_id=command_id)

    def remove(self, acting: Acting, command_id: str, device_id: str) -> None:
        """Raises NotFound."""
        self.rpc.call(SERVICE, "remove_device", acting, device_id=device_id, command_id=command_id)

    def passwords(self, acting: Acting, device_id: str) -> Passwords:
        """In the clear; the log records that somebody looked. Raises NotFound."""
        return convert(self.rpc.call(SERVICE, "show_secrets", acting, device_id=device_id), Passwords)
