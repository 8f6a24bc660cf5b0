"""Settings of the PBX and of telephone lines."""

from __future__ import annotations

from typing import Any

from gateway.access import Rule, customers
from gateway.api.frame import DONE, Done, Made, changes, reads, resource
from gateway.api.requests import ConfigQuery, ElementBody, NightBody, PartBody, RemoveQuery, SecretBody
from gateway.clients.pbx import known
from gateway.models.pbx import Pbx
from gateway.pages.acting import acting, viewer
from gateway.parts import parts

pages = resource(
    "pbx",
    "Settings of the PBX, and of telephone lines. Parts are company, outgoing, night, music; elements are "
    "user, group, menu, schedule, line. Changes go to the draft until it is published; those of lines hold "
    "at once. Company, night, music, user, group and menu need the product `pbx`, line the product `voip`; "
    "outgoing and schedule are of both.",
)
ROLE = "settings"
holder = customers(role=ROLE, product="pbx")
either = customers(role=ROLE, product="pbx", or_product="voip")
OF_PBX = Rule(signed_in=True, role=ROLE, product="pbx")
KINDS = {
    **dict.fromkeys(("company", "night", "music", "user", "group", "menu"), OF_PBX),
    "line": Rule(signed_in=True, role=ROLE, product="voip"),
    **dict.fromkeys(
        ("outgoing", "schedule"), Rule(signed_in=True, role=ROLE, product="pbx", or_product="voip")
    ),
}
"""Addresses are for either product; what they are about decides which."""
PART = "/pbx/<any(company, outgoing, night, music):part>"
KIND = "/pbx/<any(user, group, menu, schedule, line):kind>"
MADE = "/pbx/<any(group, menu, schedule):kind>"
ID = "<string(maxlength=64):element_id>"


@reads(pages, "/pbx", Pbx, either, ConfigQuery)
def config(query: dict[str, Any]) -> Pbx:
    """All settings, as they are in the draft or as they were published."""
    return parts().pbx.config(acting(), query["which"])


@changes(pages, "PATCH", PART, either, PartBody)
def change_part(key: str, body: dict[str, Any], part: str) -> Done:
    """Change what there is one of."""
    _check_product(part)
    parts().pbx.save(acting(), key, part, None, **body)
    return DONE


@changes(pages, "POST", MADE, either, ElementBody, Made, status=201)
def add(key: str, body: dict[str, Any], kind: str) -> Made:
    """A new group, menu or schedule."""
    _check_product(kind)
    return Made(id=parts().pbx.add(acting(), key, kind, **body))


@changes(pages, "PATCH", f"{KIND}/{ID}", either, PartBody)
def change(key: str, body: dict[str, Any], kind: str, element_id: str) -> Done:
    """Change what `values` names of a user, group, menu, schedule or line."""
    _check_product(kind)
    parts().pbx.save(acting(), key, kind, element_id, **body)
    return DONE


@changes(pages, "DELETE", f"{MADE}/{ID}", either, query=RemoveQuery)
def remove(key: str, query: dict[str, Any], kind: str, element_id: str) -> Done:
    """Take one away; refused while something goes there."""
    _check_product(kind)
    parts().pbx.remove(acting(), key, kind, element_id, None, query["at_once"])
    return DONE


@changes(pages, "PUT", "/pbx/user/<id:pbx_user_id>/<any(password, pincode):secret>", holder, SecretBody)
def set_secret(key: str, body: dict[str, Any], pbx_user_id: str, secret: str) -> Done:
    """Give a user another password or pincode for software and apps, at once."""
    known(parts().pbx.config(acting()).config.user(pbx_user_id))
    parts().pbx.set_secret(acting(), key, pbx_user_id, secret, body["value"])
    return DONE


@changes(pages, "PUT", "/pbx/night-mode", holder, NightBody)
def set_night(key: str, body: dict[str, Any]) -> Done:
    """Put the night mode on, off or on automatic, at once."""
    parts().pbx.set_night(acting(), key, body["state"], body["destination"], body["until"])
    return DONE


def _check_product(kind: str) -> None:
    refusal = KINDS[kind].refusal(viewer())
    if refusal:
        raise refusal
