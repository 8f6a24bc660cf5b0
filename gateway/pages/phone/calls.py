"""*Niet overgegaan?* of *Telefoon*: see :mod:`gateway.pages.call_pages`."""

from __future__ import annotations

from typing import Any

from gateway.models.pbx import Pbx
from gateway.pages.call_pages import Area, install
from gateway.pages.phone.frame import Page, holders, page, pages, settings


def _draw(template: str, it: Pbx, **values: Any) -> Page:
    return page(template, it, "calls", **values)


install(
    Area(
        pages=pages,
        rule=holders,
        path="/gesprekken",
        layout="layouts/phone.html",
        settings=settings,
        people=lambda it: it.config.lines,
        draw=_draw,
    )
)
