"""*Algemeen* (manual, 6.4): what shows when people call, and what they may not call."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from gateway.access import rule_of
from gateway.forms.form import Form
from gateway.forms.telephony import DisplayForm, OutgoingForm
from gateway.models.menu import Entry, SideMenu
from gateway.models.pbx import Pbx
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, saved, settings
from gateway.pages.together import submit_together
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.words import gettext as _

TAB = "pbx.display"


@pages.get("")
@holders
def display() -> Page:
    """*Weergave*: without a company number nobody can call, and this page says so."""
    it = settings()
    return _display(it, DisplayForm.of(it.config.company))


@pages.post("")
@holders
def set_display() -> Response | Page:
    """Change it."""

    def work(form: Form, base: int | None) -> Response:
        parts().pbx.save(acting(), form.command, "company", None, form.values, base)
        return saved("pbx.display")

    def now() -> tuple[Form, int]:
        it = settings()
        return DisplayForm.of(it.config.company), it.revision

    outcome = submit_together(DisplayForm(), work, now)
    return _display(settings(), outcome) if isinstance(outcome, Form) else outcome


@pages.get("/blokkeren")
@holders
def outgoing() -> Page:
    """*Blokkeren uitgaand bellen*, and what the watch over fraud blocks beside it."""
    it = settings()
    return _outgoing(it, OutgoingForm.of(it.config.outgoing))


@pages.post("/blokkeren")
@holders
def set_outgoing() -> Response | Page:
    """Change it."""

    def work(form: Form, base: int | None) -> Response:
        parts().pbx.save(acting(), form.command, "outgoing", None, form.values, base)
        return saved("pbx.outgoing")

    def now() -> tuple[Form, int]:
        it = settings()
        return OutgoingForm.of(it.config.outgoing), it.revision

    outcome = submit_together(OutgoingForm(), work, now)
    return _outgoing(settings(), outcome) if isinstance(outcome, Form) else outcome


def general_menu(it: Pbx, current: str) -> SideMenu:
    """The parts of *Algemeen*; ``current`` is the endpoint of the one that is open."""
    missing = "" if it.config.company.number else _("geen bedrijfsnummer")
    found = (
        ("pbx.display", _("Weergave"), missing),
        ("pbx.outgoing", _("Blokkeren uitgaand bellen"), ""),
        ("pbx.schedules", _("Schema’s"), ""),
        ("pbx.night", _("Nachtschakeling"), ""),
        ("pbx.music", _("Wachtmuziek"), ""),
    )
    entries = tuple(
        Entry(label, url_for(endpoint), warning=warning, current=endpoint == current)
        for endpoint, label, warning in found
        if rule_of(endpoint)
    )
    return SideMenu(_("Algemeen"), entries)


def _display(it: Pbx, form: Form) -> Page:
    numbers = {"": _("Nog niet gekozen")} | {one.number: party(one.number) for one in it.numbers}
    menu = general_menu(it, "pbx.display")
    return page("pbx/display.html", it, TAB, menu, form, shown=form, numbers=numbers)


def _outgoing(it: Pbx, form: Form) -> Page:
    menu = general_menu(it, "pbx.outgoing")
    return page("pbx/outgoing.html", it, TAB, menu, form, shown=form)
