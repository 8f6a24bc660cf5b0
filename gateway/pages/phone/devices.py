"""*Toestel* of a line without a PBX: see :mod:`gateway.pages.device_pages`."""

from __future__ import annotations

from typing import Any

from gateway.forms.form import Form
from gateway.models.devices import Owner
from gateway.models.pbx import Pbx
from gateway.pages.device_pages import Area, install
from gateway.pages.phone.frame import Page, holders, name_of, page, pages, settings


def _draw(template: str, it: Pbx, owner: Owner | None, sent: Form | None, **values: Any) -> Page:
    line = it.config.line(owner.id) if owner else None
    return page(template, it, "account" if line else "", sent, owner=owner, line=line, **values)


AREA = Area(
    pages=pages,
    rule=holders,
    path="/<id:line_id>/toestel",
    argument="line_id",
    field="line_id",
    layout="layouts/phone.html",
    home="phone.general",
    show="account",
    settings=settings,
    people=lambda it: it.config.lines,
    name=name_of,
    draw=_draw,
)
install(AREA)
