"""*Leden* of a group (manual 6.7.2): added, taken out, and put in their order, one click at a time.

The buttons stand within the page's own form, so that what was typed elsewhere on it is not lost.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.form import command_id
from gateway.forms.pbx_group import group_form
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import Group
from gateway.pages.acting import acting
from gateway.pages.pbx.elements import retyped
from gateway.pages.pbx.frame import Page, holders, pages, revision, settings
from gateway.pages.pbx.groups import Done, group_page
from gateway.parts import parts
from gateway.words import gettext as _
from shared.errors import Conflict, Fault, Invalid, Unavailable

COMMAND = "opdracht-leden"
"""An ID of its own: the form's own one is for saving."""

REVISION = "revisie-leden"
"""Of the members as they stand on the page, which is newer than that of the form around them."""

MOVES = {"omhoog": "up", "omlaag": "down"}
WAYS = (*MOVES, "erbij", "weg")


@pages.get("/belgroep/<id:group_id>/leden")
@holders
def members(group_id: str) -> Response:
    """Where the browser stands after a change without scripts; the page itself is the group's."""
    known(settings().config.group(group_id))
    return redirect(
        url_for("pbx.group", group_id=group_id, zoek=request.args.get("zoek"), _anchor="leden"), 303
    )


@pages.post("/belgroep/<id:group_id>/leden")
@holders
def change_members(group_id: str) -> Page:
    """Do what was clicked, or only look for who can be added."""
    before = settings()
    group = known(before.config.group(group_id))
    way = next((one for one in WAYS if request.form.get(one)), "")
    user_id = request.form.get(way, "") if way else ""
    done = _try(before, group, way, user_id) if way else Done()
    it = settings() if way else before
    return group_page(it, known(it.config.group(group_id)), retyped(group_form()), done=done)


def _try(it: Pbx, group: Group, way: str, user_id: str) -> Done:
    user = known(it.config.user(user_id))
    try:
        _do(group, way, user_id)
    except Conflict:
        wrong = _("Een ander heeft deze groep intussen gewijzigd. Hieronder staat hoe die nu is.")
        return Done(wrong=wrong)
    except (Invalid, Unavailable, Fault) as error:
        said = error.details.get("fields") or {}
        return Done(wrong=" ".join(words for found in said.values() for words in found) or str(error))
    return Done(user_id, way, _said(group, way, user_id, user.name))


def _do(group: Group, way: str, user_id: str) -> None:
    command = command_id(request.form.get(COMMAND, ""))
    if way in MOVES:
        parts().pbx.move_member(acting(), command, group.id, user_id, MOVES[way])
        return
    others = [one for one in group.members if one != user_id]
    members = [*others, user_id] if way == "erbij" else others
    parts().pbx.save(acting(), command, "group", group.id, {"members": members}, revision(REVISION))


def _said(group: Group, way: str, user_id: str, name: str) -> str:
    """For who cannot see the list change."""
    if way == "weg":
        return _("%(name)s is geen lid meer.", name=name)
    if way == "erbij":
        return _("%(name)s is nu lid, op plaats %(place)s.", name=name, place=len(group.members) + 1)
    place = group.members.index(user_id) + (1 if way == "omlaag" else -1) if user_id in group.members else 0
    place = min(max(place, 0), len(group.members) - 1)
    return _("%(name)s staat nu op %(place)s", name=name, place=place + 1)
