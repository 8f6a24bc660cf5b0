"""Saved test calls: kept from *Test uw nummerplan*, tried again whenever they are looked at, and when a draft
is published (PBX-14)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.formatters import local
from gateway.forms.form import Form, submit
from gateway.forms.pbx_saved_test import SavedTestForm
from gateway.models.part import Part
from gateway.models.pbx import Config
from gateway.models.pbx_expectations import expectation
from gateway.models.pbx_tests import TestCall
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.pages.pbx.simulator import TAB, attempt, sent, tried_page
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.toasts import Undo, toast
from gateway.words import gettext as _

ANONYMOUS = "anonymous"


@pages.get("/tests")
@holders
def saved_tests() -> Page:
    """All of them, tried on the settings as they stand."""
    it = settings()
    found = Part.ask(lambda: parts().pbx_plans.test_calls(acting()))
    rows = [_row(it.config, test) for test in found.value or ()]
    return page("pbx/saved_tests.html", it, TAB, found=found, rows=rows)


@pages.post("/tests")
@holders
def save_test() -> Response | Page:
    """Keep a call that was tried; the form again beside its outcome when something is wrong."""
    it = settings()

    def work(form: Form) -> Response:
        values = form.values
        call = _lasting(it.config, values)
        name, id = values["name"], values["id"] or None
        parts().pbx_plans.save_test_call(acting(), form.command, id, name, call, values["expect"])
        toast(_("Vaste test %(name)s bewaard", name=name), _("Bij elke wijziging wordt hij opnieuw gedaan."))
        return redirect(url_for("pbx.saved_tests"), 303)

    outcome = submit(SavedTestForm(), work)
    return tried_page(it, sent(request.form), outcome) if isinstance(outcome, Form) else outcome


@pages.post("/tests/<id:test_id>/verwijder")
@holders
def remove_test(test_id: str) -> Response:
    """It goes; the message on the next page can bring it back."""
    tests = {test.id: test for test in parts().pbx_plans.test_calls(acting())}
    test: TestCall = known(tests.get(test_id))
    back = {name: value for name, value in fields_of(settings().config, test).items() if name != "vaste-test"}

    def work(command: str) -> None:
        parts().pbx_plans.remove_test_call(acting(), command, test_id)
        undo = Undo(url_for("pbx.save_test"), _one_each(back))
        toast(_("Vaste test %(name)s verwijderd", name=test.name), undo=undo)

    return at_once(work, _("Niet verwijderd"), url_for("pbx.saved_tests"))


def _one_each(fields: dict[str, Any]) -> dict[str, str]:
    """For the message that undoes it, which carries one value per name."""
    return {name: value if isinstance(value, str) else ",".join(value) for name, value in fields.items()}


def _lasting(config: Config, values: Any) -> Any:
    """The call as it is kept: elements by their ID, so that another extension does not change the test."""
    call = attempt(config, values)
    kinds = (("user", config.users), ("group", config.groups), ("menu", config.menus), ("line", config.lines))
    inside = {one.extension: f"{kind}:{one.id}" for kind, found in kinds for one in found if one.extension}
    return replace(call, called=inside.get(call.called, call.called))


def fields_of(config: Config, test: TestCall) -> dict[str, Any]:
    """The fields of the form in which this test was made."""
    return {
        "beller": _typed(config, test.call.caller),
        "nummer": _dialled(config, test.call.called),
        "moment": f"{local(test.at):%Y-%m-%dT%H:%M}",
        "toetsen": ", ".join(test.call.key_presses),
        "bezet": list(test.busy),
        "afwezig": list(test.unregistered),
        "naam": test.name,
        "verwacht": test.expect,
        "vaste-test": test.id,
    }


def _row(config: Config, test: TestCall) -> dict[str, Any]:
    answers = test.expect.removeprefix("rings:") if test.expect.startswith("rings:") else ""
    fields = fields_of(config, test) | {"opnemen": answers}
    return {
        "test": test,
        "caller": _named(config, test.call.caller),
        "called": _named(config, test.call.called),
        "expected": expectation(config, test.expect),
        "away": [user.name for id in (*test.busy, *test.unregistered) if (user := config.user(id))],
        "href": url_for("pbx.simulator", **{name: value for name, value in fields.items() if value}),
    }


def _element(config: Config, called: str) -> Any:
    id = called.partition(":")[2]
    return next((one for one in config.elements() if id and one.id == id), None)


def _dialled(config: Config, called: str) -> str:
    """What is chosen in the form: a number, or an extension."""
    element = _element(config, called)
    return (element.extension or element.number or "") if element else called


def _typed(config: Config, caller: str) -> str:
    if caller == ANONYMOUS:
        return _("anoniem")
    return _dialled(config, caller)


def _named(config: Config, who: str) -> str:
    element = _element(config, who)
    if element:
        return str(element.name or party(element.number))
    if who == ANONYMOUS:
        return _("anoniem")
    return party(f"+31{who[1:]}" if who[:1] == "0" and who[:2] != "00" else who)
