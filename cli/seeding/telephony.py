"""The demo's PBX and lines: made where there are none."""

from __future__ import annotations

from datetime import date
from typing import Any

from cli.demo import telephony
from cli.seeding.doors import Doors
from cli.seeding.people import Ids


def ensure_telephony(doors: Doors, ids: Ids, today: date) -> None:
    """What has been set up already stays as it is."""
    for customer in telephony.WITH_PBX:
        _ensure_pbx(doors, customer.code, ids[customer.code], today)
    for code, lines in telephony.LINES.items():
        _ensure_lines(doors, ids[code], lines)


def _ensure_pbx(doors: Doors, code: str, customer_id: str, today: date) -> None:
    found = _config(doors, customer_id)
    if found["enabled"] and len(found["config"]["users"]) != 1:  # more than the voicemail that comes with it
        return
    doors.staff("pbx", "enable_pbx", customer_id=customer_id, command_id=f"demo-pbx-{customer_id}")
    wanted = telephony.number_plan(today)
    command = f"demo-plan-{code}-{customer_id[:8]}"
    doors.staff("pbx", "import_config", customer_id=customer_id, config=wanted, command_id=command)


def _ensure_lines(doors: Doors, customer_id: str, lines: tuple[tuple[str, str], ...]) -> None:
    known = {line["number"] for line in _config(doors, customer_id)["config"]["lines"]}
    for number, name in lines if not known else ():
        values = {"number": number, "name": name, "main_number": lines[0][0]}
        command = f"demo-line-{number[1:]}"
        doors.staff("pbx", "add_line", customer_id=customer_id, values=values, command_id=command)


def _config(doors: Doors, customer_id: str) -> dict[str, Any]:
    found: dict[str, Any] = doors.staff("pbx", "config_of", customer_id=customer_id, which="published")
    return found
