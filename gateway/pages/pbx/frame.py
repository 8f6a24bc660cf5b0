"""What all pages of *Telefooncentrale* share: who may see them, sub tabs, the menu of elements at the left,
and the bar of the draft.

A page is a view in a module of this package, on the blueprint :data:`pages` with :data:`holders`, that
answers :func:`page`. Its template extends ``layouts/pbx.html`` and fills the block ``main``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import Rule, customers, rule_of
from gateway.forms.form import Form
from gateway.models.menu import SideMenu
from gateway.models.pbx import Pbx
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

pages = Blueprint("pbx", __name__, url_prefix="/telefooncentrale")

RULE = Rule(signed_in=True, role="settings", product="pbx")
holders = customers(role=RULE.role, product=RULE.product)

PUBLISHING = "pbx.check"
"""The page that *Controleer en publiceer…* leads to."""

Page = tuple[str, int, dict[str, str]]


@dataclass(frozen=True)
class SubTab:
    """``icon`` puts it at the right: what the manual does not have."""

    endpoint: str
    label: Any
    icon: str = ""


SUBTABS = (
    SubTab("pbx.display", _l("Algemeen")),
    SubTab("pbx.menus", _l("Keuzemenu")),
    SubTab("pbx.groups", _l("Belgroep")),
    SubTab("pbx.users", _l("Gebruikers")),
    SubTab("pbx.plan", _l("Nummerplan"), "diagram-3"),
    SubTab("pbx.who_rings", _l("Wie gaat over"), "calendar-week"),
    SubTab("pbx.simulator", _l("Test uw nummerplan"), "play-fill"),
    SubTab("pbx.calls", _l("Niet overgegaan?"), "telephone-x"),
    SubTab("pbx.checklist", _l("Checklist"), "list-check"),
)
"""One whose page is not there is absent."""


def settings() -> Pbx:
    """All settings as the pages show them: with what is changed and not published yet."""
    return parts().pbx.config(acting())


def page(
    template: str, it: Pbx, tab: str, menu: SideMenu | None = None, form: Form | None = None, **values: Any
) -> Page:
    """A page of the area. ``tab`` is the endpoint of its sub tab; ``form``: the one that was sent and is
    shown again, whose status the answer has."""
    html = render_template(
        template,
        it=it,
        menu=menu,
        subtabs=[one for one in SUBTABS if rule_of(one.endpoint)],
        active=tab,
        publishing=url_for(PUBLISHING) if rule_of(PUBLISHING) else "",
        **values,
    )
    return (html, form.status, form.headers) if form else (html, 200, {})


def revision(field: str = "revisie") -> int | None:
    """The revision of the settings that the sent form was made from; None when it brought none (to undo
    something): then it does not matter what was changed since."""
    sent = request.form.get(field, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def saved(endpoint: str, sentence: str = "", **values: Any) -> Response:
    """After a change that went to the draft: back to a page, with that said."""
    toast(_("Opgeslagen in concept"), sentence or _("Nog niet gepubliceerd: bellers merken er niets van."))
    return redirect(url_for(endpoint, **values), 303)


@pages.get("/verwerpen")
@holders
def ask_discard() -> Page:
    """*Verwerp*: what goes."""
    return page("pbx/discard.html", settings(), "")


@pages.post("/verwerpen")
@holders
def discard() -> Response:
    """Throw the draft away."""

    def work(command: str) -> None:
        parts().pbx.discard(acting(), command, revision())
        toast(_("Concept verworpen"), _("U ziet weer wat bellers nu krijgen."))

    return at_once(work, _("Niet verworpen"), url_for("pbx.display"))
