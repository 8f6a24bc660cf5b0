"""Settings of the PBX and of telephone lines."""

from __future__ import annotations

from typing import Any

from gateway.access import customers
from gateway.api.frame import DONE, Done, Made, changes, reads, resource
from gateway.api.requests import ConfigQuery, ElementBody, NightBody, PartBody
from gateway.models.pbx import Pbx
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource(
    "pbx",
    "Settings of the PBX, and of telephone lines. Parts are company, outgoing, night, music; elements are "
    "user, group, menu, schedule, line. Changes go to the draft until it is published; those of lines hold "
    "at once.",
)
holder = customers(role="settings")
PART = "/pbx/<any(company, outgoing, night, music):part>"
KIND = "/pbx/<any(user, group, menu, schedule, line):kind>"
MADE = "/pbx/<any(group, menu, schedule):kind>"
ID = "<string(maxlength=64):element_id>"


@reads(pages, "/pbx", Pbx, holder, ConfigQuery)
def config(query: dict[str, Any]) -> Pbx:
    """All settings, as they are in the draft or as they were published."""
    return parts().pbx.config(acting(), query["which"])


@changes(pages, "PATCH", PART, holder, PartBody)
def change_part(key: str, body: dict[str, Any], part: str) -> Done:
    """Change what there is one of."""
    parts().pbx.save(acting(), key, part, None, body["values"], body["revision"])
    return DONE


@changes(pages, "POST", MADE, holder, ElementBody, Made, status=201)
def add(key: str, body: dict[str, Any], kind: str) -> Made:
    """A new group, menu or schedule."""
    return Made(id=parts().pbx.add(acting(), key, kind, body["values"]))


@changes(pages, "PATCH", f"{KIND}/{ID}", holder, PartBody)
def change(key: str, body: dict[str, Any], kind: str, element_id: str) -> Done:
    """Change what `values` names of a user, group, menu, schedule or line."""
    parts().pbx.save(acting(), key, kind, element_id, body["values"], body["revision"])
    return DONE


@changes(pages, "DELETE", f"{MADE}/{ID}", holder)
def remove(key: str, kind: str, element_id: str) -> Done:
    """Take one away; refused while something goes there."""
    parts().pbx.remove(acting(), key, kind, element_id, None)
    return DONE


@changes(pages, "PUT", "/pbx/night-mode", holder, NightBody)
def set_night(key: str, body: dict[str, Any]) -> Done:
    """Put the night mode on, off or on automatic, at once."""
    parts().pbx.set_night(acting(), key, body["state"], body["destination"], body["until"])
    return DONE
