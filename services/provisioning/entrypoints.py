"""The service provisioning on the bus: present and healthy, without a task yet."""

from __future__ import annotations

from typing import Any

from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, rpc

WILL_OWN = (
    "device profiles",
    "devices",
    "SIP and device secrets",
    "registrations",
)


class ProvisioningService(Operations):
    """Will own the devices: what each phone is, and the configuration that it fetches. See README.md."""

    name = "provisioning"

    relay = OutboxRelay()

    @rpc(kinds=("user", "staff"))
    def about(self, acting: Acting) -> dict[str, Any]:
        message = "Toestellen zijn er nog niet: deze dienst maakt nog geen configuraties."
        return {"service": self.name, "ready": False, "will_own": WILL_OWN, "message": message}
