"""What a customer has of telephony, for staff: the PBX, its paid places, lines."""

from __future__ import annotations

from typing import Any

from gateway.access import staff
from gateway.api.frame import DONE, Done, changes, reads, resource
from gateway.api.requests import ReasonBody
from gateway.api.staff_requests import CallsAbroadBody, LineBody, PbxBody, PlaceBody
from gateway.models.telephony import Telephony
from gateway.pages.acting import acting_for
from gateway.parts import parts

pages = resource("telephony", "A customer's PBX, its paid places, and lines without one, for staff.")
console = staff(partners=True)
HERE = "/customers/<id:customer_id>"
PLACE = f"{HERE}/pbx-users/<id:pbx_user_id>"
LINE = f"{HERE}/lines/<id:line_id>"


@reads(pages, f"{HERE}/telephony", Telephony, console)
def show(customer_id: str) -> Telephony:
    """What the customer has, as it was published."""
    return _telephony(customer_id)


@changes(pages, "PUT", f"{HERE}/pbx", console, PbxBody)
def set_pbx(key: str, body: dict[str, Any], customer_id: str) -> Done:
    """Give the customer a PBX, or take it away."""
    _change(key, "enable_pbx" if body["enabled"] else "disable_pbx", customer_id, body["reason"])
    return DONE


@changes(pages, "PUT", f"{HERE}/calls-abroad", staff(), CallsAbroadBody)
def set_calls_abroad(key: str, body: dict[str, Any], customer_id: str) -> Done:
    """How many calls abroad the customer may have at once, from the next call on."""
    _change(key, "set_calls_abroad", customer_id, body["reason"], most=body["most"])
    return DONE


@changes(pages, "POST", f"{HERE}/pbx-users", console, PlaceBody)
def add_place(key: str, body: dict[str, Any], customer_id: str) -> Done:
    """A paid place; the customer names and sets it."""
    _change(key, "add_user", customer_id, body["reason"], values=body["values"])
    return DONE


@changes(pages, "POST", f"{PLACE}/remove", console, ReasonBody)
def remove_place(key: str, body: dict[str, Any], customer_id: str, pbx_user_id: str) -> Done:
    """Take a place away; refused while something leads to it."""
    _change(key, "remove_user", customer_id, body["reason"], id=pbx_user_id)
    return DONE


@changes(pages, "POST", f"{HERE}/lines", console, LineBody)
def add_line(key: str, body: dict[str, Any], customer_id: str) -> Done:
    """A line on one of the customer's numbers."""
    _change(key, "add_line", customer_id, body["reason"], values=body["values"])
    return DONE


@changes(pages, "PATCH", LINE, console, LineBody)
def change_line(key: str, body: dict[str, Any], customer_id: str, line_id: str) -> Done:
    """Change what `values` names of a line, at once."""
    _change(key, "change_line", customer_id, body["reason"], id=line_id, values=body["values"])
    return DONE


@changes(pages, "POST", f"{LINE}/remove", console, ReasonBody)
def remove_line(key: str, body: dict[str, Any], customer_id: str, line_id: str) -> Done:
    """Take a line away; refused while something leads to it."""
    _change(key, "remove_line", customer_id, body["reason"], id=line_id)
    return DONE


def _telephony(customer_id: str) -> Telephony:
    return parts().telephony.of_customer(acting_for(customer_id), customer_id)


def _change(key: str, method: str, customer_id: str, reason: str, **fields: Any) -> None:
    parts().telephony.change(acting_for(customer_id), key, method, customer_id, reason, **fields)
