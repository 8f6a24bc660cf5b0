"""*Schema's* (manual, 6.4.5): the pages of :mod:`gateway.pages.schedule_pages`, with a draft."""

from __future__ import annotations

from typing import Any

from gateway.forms.form import Form
from gateway.models.pbx import Pbx
from gateway.models.pbx_settings import HOLIDAY, TIME
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.pages.pbx.general import TAB, general_menu
from gateway.pages.schedule_pages import Area, install
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l


def _draw(template: str, it: Pbx, form: Form | None = None, **values: Any) -> Page:
    return page(template, it, TAB, general_menu(it, "pbx.schedules"), form, **values)


def _told(sentence: str) -> None:
    toast(sentence, _("In concept: bellers merken er nog niets van."))


install(
    Area(
        pages=pages,
        rule=holders,
        path="/schemas",
        layout="layouts/pbx.html",
        title=_l("Schema’s"),
        settings=settings,
        draw=_draw,
        told=_told,
        kinds=(TIME, HOLIDAY),
        at_once=False,
    )
)
