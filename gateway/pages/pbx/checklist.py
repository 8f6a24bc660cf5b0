"""*Checklist* (manual 6.9): what is done to set up the PBX and what is open, each with where it is done."""

from __future__ import annotations

from flask import url_for

from gateway.models.part import Part
from gateway.models.pbx_checklist import Item, Section
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.pages.pbx.links import element_link
from gateway.parts import parts
from gateway.words import gettext as _

TAB = "pbx.checklist"


@pages.get("/checklist")
@holders
def checklist() -> Page:
    """It fills itself in: what is not published yet counts too."""
    it = settings()
    found = Part.ask(lambda: parts().pbx_plans.checklist(acting()))
    return page(
        "pbx/checklist.html", it, TAB, found=found, link=link, element_link=element_link, without=without
    )


def link(item: Item) -> str:
    """Where an item is done: at the first element that lacks it."""
    where = item.where
    return element_link(where.kind, where.id, item.field) if where else ""


def without(section: Section) -> tuple[str, str, str]:
    """Of a part with nothing in it: why, and the words and address of what to do about it."""
    if section.kind == "group":
        sentence = _("U hebt geen belgroep. Dat hoeft niet: met een groep gaan meer toestellen over.")
        return sentence, _("Nieuwe belgroep"), url_for("pbx.new_group")
    if section.kind == "menu":
        sentence = _("U hebt geen keuzemenu. Dat hoeft niet: daarin kiest een beller wie hij wil spreken.")
        return sentence, _("Nieuw keuzemenu"), url_for("pbx.new_menu")
    if section.kind == "user":
        return _("Er zijn nog geen gebruikers. Uw ICT-partner maakt ze voor u aan."), "", ""
    return _("Er is nog niemand die een toestel nodig heeft."), "", ""
