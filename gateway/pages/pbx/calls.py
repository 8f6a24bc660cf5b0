"""*Niet overgegaan?* of *Telefooncentrale*: see :mod:`gateway.pages.call_pages`."""

from __future__ import annotations

from typing import Any

from gateway.models.pbx import Pbx
from gateway.pages.call_pages import Area, install
from gateway.pages.pbx.frame import Page, holders, page, pages, settings

TAB = "pbx.calls"


def _draw(template: str, it: Pbx, **values: Any) -> Page:
    return page(template, it, TAB, **values)


install(
    Area(
        pages=pages,
        rule=holders,
        path="/gesprekken",
        layout="layouts/pbx.html",
        settings=settings,
        people=lambda it: it.config.users,
        draw=_draw,
    )
)
