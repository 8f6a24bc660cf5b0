"""*Telefoon* for all numbers: outgoing blocks, time schedules, and which short number is which."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from gateway.forms.form import Form
from gateway.forms.telephony import OutgoingForm
from gateway.models.pbx import Pbx
from gateway.models.pbx_settings import TIME
from gateway.pages.acting import acting
from gateway.pages.phone.frame import Page, holders, page, pages, settings
from gateway.pages.schedule_pages import Area, install
from gateway.pages.together import submit_together
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l


@pages.get("")
@holders
def general() -> Page:
    """*Algemene instellingen*: what nobody may call."""
    it = settings()
    return _general(it, OutgoingForm.of(it.config.outgoing))


@pages.post("")
@holders
def set_general() -> Response | Page:
    """Change it, for all numbers."""

    def work(form: Form, base: int | None) -> Response:
        parts().pbx.save(acting(), form.command, "outgoing", None, form.values, base, at_once=True)
        toast(_("Blokkeren uitgaand bellen opgeslagen"), _("Dit geldt meteen, voor alle nummers."))
        return redirect(url_for("phone.general"), 303)

    def now() -> tuple[Form, int]:
        it = settings()
        return OutgoingForm.of(it.config.outgoing), it.revision

    outcome = submit_together(OutgoingForm(), work, now)
    return _general(settings(), outcome) if isinstance(outcome, Form) else outcome


@pages.get("/extra-nummers")
@holders
def extra() -> Page:
    """*Extra nummers*: which short number belongs to which number."""
    it = settings()
    found = sorted(
        (one for one in it.config.elements() if one.extension), key=lambda one: one.extension or ""
    )
    return page("phone/extra.html", it, "extra", elements=found)


def _general(it: Pbx, form: Form) -> Page:
    return page("phone/general.html", it, "general", form, shown=form)


def _draw(template: str, it: Pbx, form: Form | None = None, **values: Any) -> Page:
    return page(template, it, "schedules", form, **values)


install(
    Area(
        pages=pages,
        rule=holders,
        path="/tijdschemas",
        layout="layouts/phone.html",
        title=_l("Tijdschema’s"),
        settings=settings,
        draw=_draw,
        told=toast,
        kinds=(TIME,),
        at_once=True,
    )
)
