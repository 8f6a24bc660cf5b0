"""Taking away a group or a menu: asked first, and refused with where it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.form import COMMAND, command_id
from gateway.models.pbx import Config
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, revision, saved, settings
from gateway.parts import parts
from gateway.words import gettext as _
from shared.errors import Conflict


@dataclass(frozen=True)
class Removable:
    """A kind of element: pbx's word, its pages, and what is asked about one with this name."""

    part: str
    one: str
    listing: str
    question: Callable[[str], str]

    def found(self, config: Config, id: str) -> Any:
        """Raises NotFound."""
        return known(config.group(id) if self.part == "group" else config.menu(id))

    def address(self, id: str) -> str:
        values: dict[str, Any] = {f"{self.part}_id": id}
        return url_for(self.one, **values)


GROUP = Removable(
    "group", "pbx.group", "pbx.groups", lambda name: _("Belgroep %(name)s verwijderen?", name=name)
)
MENU = Removable(
    "menu", "pbx.menu", "pbx.menus", lambda name: _("Keuzemenu %(name)s verwijderen?", name=name)
)


@pages.get("/belgroep/<id:group_id>/verwijder")
@holders
def ask_remove_group(group_id: str) -> Page:
    """What goes."""
    return _ask(GROUP, group_id)


@pages.post("/belgroep/<id:group_id>/verwijder")
@holders
def remove_group(group_id: str) -> Response | Page:
    """Take it away."""
    return _remove(GROUP, group_id)


@pages.get("/keuzemenu/<id:menu_id>/verwijder")
@holders
def ask_remove_menu(menu_id: str) -> Page:
    """What goes."""
    return _ask(MENU, menu_id)


@pages.post("/keuzemenu/<id:menu_id>/verwijder")
@holders
def remove_menu(menu_id: str) -> Response | Page:
    """Take it away."""
    return _remove(MENU, menu_id)


def _ask(kind: Removable, id: str, refused: str = "") -> Page:
    it = settings()
    element = kind.found(it.config, id)
    values: Mapping[str, Any] = {
        "question": kind.question(element.name),
        "element": element,
        "back": kind.address(id),
        "refused": refused,
    }
    html, _status, headers = page("pbx/remove.html", it, kind.listing, **values)
    return html, 409 if refused else 200, headers


def _remove(kind: Removable, id: str) -> Response | Page:
    name = kind.found(settings().config, id).name
    command = command_id(request.form.get(COMMAND, ""))
    try:
        parts().pbx.remove(acting(), command, kind.part, id, revision())
    except Conflict as error:
        return _ask(kind, id, str(error))
    said = _("%(name)s is weg. Tot u publiceert, merken bellers er niets van.", name=name)
    return saved(kind.listing, said)
