"""provisioning's answers, believable and in their contract's form: Jan's telephone, and one of nobody."""

from __future__ import annotations

from typing import Any

from shared.errors import NotFound
from tests.gateway.telephony import JAN, LINE

DEVICE, FREE_DEVICE, GENERIC, LINE_DEVICE = "9a" * 16, "9b" * 16, "9c" * 16, "9d" * 16
URL = "https://toestellen.example/"
WHERE = "Open de webpagina van het toestel."


def row(**more: Any) -> dict[str, Any]:
    """Jan's Yealink, which is registered."""
    return {
        "id": DEVICE,
        "model": "yealink-t54w",
        "model_name": "Yealink SIP-T54W",
        "fetches": True,
        "label": "Balie",
        "mac": "00:1A:2B:3C:4D:5E",
        "user_id": JAN,
        "user_name": "Jan Jansen",
        "line_id": "",
        "line_name": "",
        "keys": True,
        "key_count": 26,
        "enabled": True,
        "revision": 3,
        "state": state(),
    } | more


def state(**more: Any) -> dict[str, Any]:
    return {
        "fetched_at": "2026-11-22T08:12:00Z",
        "fetched_from": "192.0.2.1",
        "agent": "Yealink SIP-T54W 96.86.0.75",
        "agent_fits": True,
        "up_to_date": True,
        "registered": True,
        "since": "2026-11-22T08:13:00Z",
        "last_seen": "2026-11-22T15:40:00Z",
        "registered_from": "192.0.2.1",
    } | more


def free(**more: Any) -> dict[str, Any]:
    """A telephone that is nobody's."""
    return row(id=FREE_DEVICE, label="Kantine", mac="00:1A:2B:3C:4D:5F", user_id="", user_name="") | more


def of_line(**more: Any) -> dict[str, Any]:
    """The shop's telephone, of a line without a PBX."""
    owner = {"user_id": "", "user_name": "", "line_id": LINE, "line_name": "Winkel"}
    return row(id=LINE_DEVICE, label="Toonbank", mac="00:1A:2B:3C:4D:60", **owner) | more


def generic() -> dict[str, Any]:
    return row(
        id=GENERIC, model="generic", model_name="Generic SIP Phone", fetches=False, mac="", key_count=0
    )


def devices(user_id: str | None = None, line_id: str | None = None, **fields: Any) -> dict[str, Any]:
    """``provisioning.devices``."""
    if "" in (user_id, line_id):
        return {"rows": [free()], "next": None}
    found = [one for one in (row(), of_line()) if (user_id or line_id) in (one["user_id"], one["line_id"])]
    return {"rows": found, "next": None}


def device(device_id: str) -> dict[str, Any]:
    """``provisioning.device``."""
    if device_id == GENERIC:
        sip = {"server": "sip.example", "port": "5060", "transport": "UDP", "realm": "tikker"}
        return generic() | {"values": {**sip, "sip_user": "abcdefghjkmn"}}
    found = next((one for one in (row(), free(), of_line()) if one["id"] == device_id), None)
    if found is None:
        raise NotFound()
    return found | {"values": {"url": URL, "config_user": "1234567890", "where": WHERE}}


def found(state: str | None = None, query: str = "", **fields: Any) -> dict[str, Any]:
    """``find_devices``, for staff."""
    of = {"customer_id": "0c" * 16, "customer_name": "Bakkerij Voorbeeld B.V.", "customer_number": 10427}
    rows = [
        row(**of, number="+31850001611", extension="201"),
        of_line(**of, number="+31850001620", state=lost()),
        free(**of, state=lost()),
    ]
    if state == "not_registered":
        rows = rows[1:2]
    return {"rows": [] if query == "niets" else rows, "next": None}


def lost() -> dict[str, Any]:
    """Never fetched, never registered."""
    return state(fetched_at=None, agent="", registered=False, since=None, last_seen=None)


def changed(device_id: str, **fields: Any) -> dict[str, Any]:
    """``change_device`` and ``remove_device``."""
    device(device_id)
    return {"id": device_id, "revision": 4}


def passwords(device_id: str) -> dict[str, Any]:
    """``show_secrets``."""
    if device(device_id)["fetches"]:
        return {"password": "Fiets-27", "web_user": "admin", "web_password": "web-geheim"}
    return {"sip_password": "sip-geheim"}


def proposal(model: str, who: str, command_id: str) -> dict[str, Any]:
    """``new_device``."""
    fetches = model != "generic"
    return {
        "model": model,
        "model_name": "Yealink SIP-T54W",
        "fetches": fetches,
        "label": f"Yealink SIP-T54W {who}",
        "keys": 26 if fetches else 0,
        "config_user": "1234567890" if fetches else "",
        "url": URL if fetches else "",
    }


def models() -> dict[str, Any]:
    return {
        "rows": [
            {"model": "snom-d785", "vendor": "Snom", "name": "Snom D785", "fetches": True, "keys": 24},
            {
                "model": "yealink-t54w",
                "vendor": "Yealink",
                "name": "Yealink SIP-T54W",
                "fetches": True,
                "keys": 26,
            },
            {"model": "generic", "vendor": "Anders", "name": "Generic SIP Phone", "fetches": False},
        ]
    }


def answers() -> dict[tuple[str, str], Any]:
    """Every method on a quiet day."""
    return {
        ("provisioning", "models"): models(),
        ("provisioning", "devices"): devices,
        ("provisioning", "device"): device,
        ("provisioning", "find_devices"): found,
        ("provisioning", "new_device"): proposal,
        ("provisioning", "create_device"): lambda **asked: {
            "id": LINE_DEVICE if asked.get("line_id") else DEVICE
        },
        ("provisioning", "change_device"): changed,
        ("provisioning", "remove_device"): changed,
        ("provisioning", "show_secrets"): passwords,
    }
