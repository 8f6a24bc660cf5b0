"""Telephones of the PBX's users and of lines."""

from __future__ import annotations

from typing import Any

from gateway.access import customers, staff
from gateway.api.frame import DONE, Done, Made, changes, reads, resource
from gateway.api.requests import DeviceBody, DevicesQuery, NewDeviceBody
from gateway.api.staff_requests import FindDevicesQuery
from gateway.models.devices import Device, DeviceRow, FoundDevices, Model
from gateway.pages.acting import acting, acting_for
from gateway.parts import parts

pages = resource("devices", "Telephones of the PBX's users and of lines. Their passwords are not told here.")
holder = customers(role="settings", product="pbx", or_product="voip")
ONE = "/devices/<id:device_id>"


@reads(pages, "/device-models", list[Model], holder)
def models() -> list[Model]:
    """What can be chosen, by vendor."""
    return parts().devices.models(acting())


@reads(pages, "/devices", list[DeviceRow], holder, DevicesQuery)
def listing(query: dict[str, Any]) -> list[DeviceRow]:
    """The telephones of a user or a line, or those that are nobody's."""
    line_id = query["line_id"]
    whose = {"line_id": line_id} if line_id else {"user_id": query["user_id"]}
    return parts().devices.of(acting(), **whose)


@reads(pages, "/house/devices", FoundDevices, staff(partners=True), FindDevicesQuery)
def find(query: dict[str, Any]) -> FoundDevices:
    """Telephones of all customers that staff may see, newest first, 50 at a time; or those of one."""
    customer_id = query.pop("customer_id")
    who = acting_for(customer_id) if customer_id else acting()
    return parts().devices.find(who, customer_id=customer_id, **query)


@changes(pages, "POST", "/devices", holder, NewDeviceBody, Made, status=201)
def create(key: str, body: dict[str, Any]) -> Made:
    """A new telephone."""
    return Made(id=parts().devices.create(acting(), key, body))


@reads(pages, ONE, Device, holder)
def show(device_id: str) -> Device:
    """One, with what must be typed into it (but for passwords)."""
    return parts().devices.device(acting(), device_id)


@changes(pages, "PATCH", ONE, holder, DeviceBody)
def change(key: str, body: dict[str, Any], device_id: str) -> Done:
    """Change what the body names."""
    parts().devices.change(acting(), key, device_id, **body)
    return DONE


@changes(pages, "DELETE", ONE, holder)
def remove(key: str, device_id: str) -> Done:
    """Take one away."""
    parts().devices.remove(acting(), key, device_id)
    return DONE
