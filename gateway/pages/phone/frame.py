"""What all pages of *Telefoon* share: who may see them, and the menu of numbers at the left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for

from gateway.access import Rule, customers
from gateway.clients.pbx import PUBLISHED
from gateway.forms.form import Form
from gateway.models.menu import Entry, MenuPart, SideMenu
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import Line
from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

pages = Blueprint("phone", __name__, url_prefix="/telefoon")

RULE = Rule(signed_in=True, role="settings", product="voip")
holders = customers(role=RULE.role, product=RULE.product)

Page = tuple[str, int, dict[str, str]]

GENERAL_PARTS = {
    "general": _l("Algemene instellingen"),
    "schedules": _l("Tijdschema’s"),
    "extra": _l("Extra nummers"),
    "calls": _l("Niet overgegaan?"),
}
"""The pages about all numbers, by their view."""

LINE_PARTS = {
    "account": _l("Accountgegevens"),
    "voicemail": _l("Voicemail"),
    "forwards": _l("Doorschakelen"),
    "blocks": _l("Blokkeren inkomende nummers"),
    "simring": _l("Simring"),
}
"""The pages of a number by their view, in the manual's order."""

MOST_WITHOUT_SEARCH = 12


def settings() -> Pbx:
    """All settings as they are now: these pages have no draft."""
    return parts().pbx.config(acting(), PUBLISHED)


def page(template: str, it: Pbx, current: str, form: Form | None = None, **values: Any) -> Page:
    """A page of the area; ``current`` is its view. ``form``: the one that was sent and is shown again."""
    menu = _menu(it, current, values.get("line"))
    html = render_template(template, it=it, menu=menu, **values)
    return (html, form.status, form.headers) if form else (html, 200, {})


def name_of(line: Line) -> str:
    """As it stands above its pages."""
    return line.name or party(line.number)


def _menu(it: Pbx, current: str, line: Line | None) -> SideMenu:
    """What holds for all numbers, then the numbers: there may be many."""
    general = tuple(
        Entry(str(label), url_for(f"phone.{view}"), current=current == view)
        for view, label in GENERAL_PARTS.items()
    )
    lines = tuple(_entry(one, current, line) for one in it.config.lines)
    menu = SideMenu(_("Telefoon"), lines, find_label=_("Zoek nummer"))
    if len(lines) > MOST_WITHOUT_SEARCH:
        menu = menu.found(request.args.get("zoek", ""))
    return replace(menu, entries=(*general, *menu.entries))


def _entry(line: Line, current: str, shown: Line | None) -> Entry:
    numbers = [party(line.number)] if line.name else []
    small = ", ".join([*numbers, *([line.extension] if line.extension else [])])
    first = url_for("phone.account", line_id=line.id)
    if shown is None or shown.id != line.id:
        return Entry(name_of(line), first, small)
    found = tuple(
        MenuPart(
            str(label), url_for(f"phone.{view}", line_id=line.id), _mark(line, view), "", view == current
        )
        for view, label in LINE_PARTS.items()
    )
    return Entry(name_of(line), first, small, parts=found)


def _mark(line: Line, view: str) -> str:
    """What is on, in a word or a count."""
    forwards = (line.forwards.always, line.forwards.busy, line.forwards.no_answer, line.forwards.offline)
    on = {
        "voicemail": line.voicemail.on,
        "forwards": any(forward.on for forward in forwards),
        "simring": line.simring.on,
        "blocks": line.blocks.all or line.blocks.anonymous or bool(line.blocks.rules),
    }
    return _("aan") if on.get(view) else ""
