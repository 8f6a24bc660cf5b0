"""*Toestel* of a PBX user: see :mod:`gateway.pages.device_pages`."""

from __future__ import annotations

from typing import Any

from gateway.forms.form import Form
from gateway.models.devices import Owner
from gateway.models.pbx import Pbx
from gateway.pages.device_pages import Area, install
from gateway.pages.pbx.frame import Page, holders, page, pages, settings

TAB = "pbx.users"


def _draw(template: str, it: Pbx, owner: Owner | None, sent: Form | None, **values: Any) -> Page:
    return page(template, it, TAB, None, sent, owner=owner, **values)


AREA = Area(
    pages=pages,
    rule=holders,
    path="/gebruikers/<id:pbx_user_id>/toestel",
    argument="pbx_user_id",
    field="user_id",
    layout="layouts/pbx.html",
    home=TAB,
    show="user",
    settings=settings,
    people=lambda it: it.config.users,
    name=lambda user: str(user.name),
    draw=_draw,
)
install(AREA)
