"""What makes the pages of limits, fraud, exports and quarantine begin with something to see.

Each is made where there is none yet: as a user of the customer would, and as carriers do.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

import msgspec

from cli.demo import incidents
from cli.demo.calendar import months_until, written
from cli.demo.usage import FIXED
from cli.seeding.doors import Doors
from cli.seeding.usage import Say
from shared.acting import Acting
from shared.ids import new_id

ROOM = Decimal("1.25")
"""Times what has been used: so much is the limit."""
STEP = Decimal(50)


def ensure_incidents(doors: Doors, customer_id: str, now: datetime, say: Say) -> None:
    """Of the customer that is attacked (incidents.ATTACKED)."""
    acting = _first_user(doors, customer_id)
    limit = doors.user(acting, "cdr", "voip_limit")
    if limit["limit"] is None:
        wanted = (Decimal(limit["used"]) * ROOM / STEP).to_integral_value(ROUND_CEILING) * STEP or STEP
        doors.user(acting, "cdr", "set_voip_limit", limit=str(wanted), command_id=new_id())
    if not doors.user(acting, "cdr", "exports"):
        month = written(months_until(now)[-2])
        asked = {"selection": {"period": month}, "delivery": "file", "command_id": new_id()}
        doors.user(acting, "cdr", "start_export", **asked)
    if not doors.user(acting, "cdr", "fraud_watch")["alerts"]:
        doors.publish(FIXED, [msgspec.json.encode({"events": incidents.attack(now)})])
    if not doors.staff("cdr", "quarantine_counts"):
        for carrier, events in incidents.refused(now).items():
            doors.publish(carrier, [msgspec.json.encode({"events": events})])
    say("There are a warning limit, an export, a fraud alert within a minute, and usage in quarantine.")


def _first_user(doors: Doors, customer_id: str) -> Acting:
    user = incidents.ATTACKED.users[0]
    rows: list[dict[str, Any]] = doors.staff(
        "identity", "users", customer_id=customer_id, query=user.username
    )["rows"]
    return Acting(
        kind="user",
        scope="customer",
        customer_id=customer_id,
        user_id=rows[0]["id"],
        username=user.username,
        roles=tuple(user.roles),
        correlation_id=new_id(),
    )
