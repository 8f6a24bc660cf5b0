"""The demo's telephones: made where there are none."""

from __future__ import annotations

import time

from cli.demo import handsets
from cli.seeding.doors import Doors
from cli.seeding.people import Ids
from shared.errors import Invalid

PATIENCE_SECONDS = 120.0


def ensure_handsets(doors: Doors, ids: Ids) -> None:
    """What there is already stays as it is."""
    customer_id = ids[handsets.CUSTOMER.code]
    if doors.staff("provisioning", "devices_of", customer_id=customer_id)["rows"]:
        return
    config = doors.staff("pbx", "config_of", customer_id=customer_id, which="published")["config"]
    users = {user["extension"]: str(user["id"]) for user in config["users"]}
    for handset in handsets.HANDSETS:
        _add(doors, customer_id, handset, users[handset.extension])


def _add(doors: Doors, customer_id: str, handset: handsets.Handset, user_id: str) -> None:
    """provisioning hears of the PBX's users from the bus: it may need a moment."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            doors.staff(
                "provisioning",
                "add_device",
                customer_id=customer_id,
                model=handset.model,
                mac=handset.mac,
                label=handset.label,
                password=handsets.PASSWORD,
                user_id=user_id,
                command_id=f"demo-handset-{handset.extension}-{customer_id[:8]}",
            )
            return
        except Invalid as problem:
            if "user_id" not in problem.fields or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
