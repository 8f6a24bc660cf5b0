"""*Nachtschakeling* (manual, 6.4.4): now, which acts at once, and the schedules it follows by itself."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from gateway.formatters import day_and_minute
from gateway.forms.form import Form, submit
from gateway.forms.night import NightForm, NightHoursForm, now_set
from gateway.models.pbx import Pbx
from gateway.models.pbx_settings import HOLIDAY, TIME
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, saved, settings
from gateway.pages.pbx.general import TAB, general_menu
from gateway.pages.together import submit_together
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _


@pages.get("/nachtschakeling")
@holders
def night() -> Page:
    """What stands now."""
    return _page(settings())


@pages.post("/nachtschakeling")
@holders
def set_night() -> Response | Page:
    """Set it by hand: callers notice at once, without publishing."""

    def work(form: Form) -> Response:
        state, until = form.values["state"], form.values["until"]
        parts().pbx.set_night(acting(), form.command, state, form.values["destination"] or None, until)
        _tell(form)
        return redirect(url_for("pbx.night"), 303)

    outcome = submit(NightForm(), work)
    return _page(settings(), now=outcome) if isinstance(outcome, Form) else outcome


@pages.post("/nachtschakeling/schemas")
@holders
def set_night_hours() -> Response | Page:
    """Which schedules it follows: into the draft."""

    def work(form: Form, base: int | None) -> Response:
        parts().pbx.save(acting(), form.command, "night", None, form.values, base)
        return saved("pbx.night")

    def now() -> tuple[Form, int]:
        it = settings()
        return NightHoursForm.of(it.config.night), it.revision

    outcome = submit_together(NightHoursForm(), work, now)
    return _page(settings(), hours=outcome) if isinstance(outcome, Form) else outcome


def _page(it: Pbx, now: Form | None = None, hours: Form | None = None) -> Page:
    moment = parts().clock()
    config = it.config
    hours_by_id = {one.id: one for one in config.schedules_of(TIME)}
    holidays_by_id = {one.id: one for one in config.schedules_of(HOLIDAY)}
    state, until = now_set(config.night, moment)
    return page(
        "pbx/night.html",
        it,
        TAB,
        general_menu(it, "pbx.night"),
        now or hours,
        now_form=now or NightForm.of(config.night, moment),
        hours_form=hours or NightHoursForm.of(config.night),
        state=state,
        until=until,
        then=config.night.then,
        hours=hours_by_id,
        holidays=holidays_by_id,
        hour_options={"": _("Nog niet gekozen")} | {i: one.name for i, one in hours_by_id.items()},
        holiday_options={"": _("Geen")} | {i: one.name for i, one in holidays_by_id.items()},
    )


def _tell(form: Form) -> None:
    titles = {
        "on": _("Nachtschakeling staat aan"),
        "off": _("Nachtschakeling staat uit"),
        "auto": _("Nachtschakeling gaat automatisch"),
    }
    until = form.values["until"]
    end = _("Tot %(when)s, daarna weer zoals het was.", when=day_and_minute(until)) if until else ""
    toast(titles[form.values["state"]], end or _("Bellers merken dit meteen."))
