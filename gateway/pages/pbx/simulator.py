"""*Test uw nummerplan*: a call is tried on the settings as they stand, the draft where there is one."""

from __future__ import annotations

from typing import Any

from flask import request

from gateway.clients.pbx_plans import Attempt
from gateway.forms.filled import Filled, read
from gateway.forms.form import Form
from gateway.forms.pbx_test import TestForm
from gateway.models.answer import REFUSALS
from gateway.models.numbering import small
from gateway.models.pbx import Config, Pbx
from gateway.models.pbx_plans import Line, Tried
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.words import gettext as _

TAB = "pbx.simulator"
EXAMPLE_CALLER = "06-00 12 34 56"


@pages.get("/test")
@holders
def simulator() -> Page:
    """The form, and what the caller goes through when it was sent."""
    it = settings()
    form = _opened(it) if "nummer" not in request.args else _read()
    tried = None
    if form.values.get("called") and not form.errors:
        try:
            tried = parts().pbx_plans.tried(acting(), _attempt(it.config, form))
        except REFUSALS as error:
            form = form.refused(error)
    return page("pbx/simulator.html", it, TAB, None, form, shown=form, tried=tried, **_drawn(it, tried))


def _opened(it: Pbx) -> Form:
    typed = {"beller": [EXAMPLE_CALLER]} | ({"nummer": [n]} if (n := it.config.company.number) else {})
    return Form(TestForm(), Filled(typed, {}), "")


def _read() -> Form:
    schema = TestForm()
    return Form(schema, read(schema, request.args), "")


def _attempt(config: Config, form: Form) -> Attempt:
    """A caller with an extension of a user is that user, and calls within the company."""
    values = form.values
    own = next((user for user in config.users if user.extension == values["caller"]), None)
    return Attempt(
        caller=f"user:{own.id}" if own else values["caller"],
        called=values["called"],
        direction="internal" if own else "in",
        keys=values["keys"],
        at=values["at"],
        busy=_known(config, values["busy"]),
        unregistered=_known(config, values["unregistered"]),
        answers=[values["answers"]] if values["answers"] else [],
    )


def _known(config: Config, ids: list[str]) -> list[str]:
    """Those who are still there: a bookmark may be older than the users."""
    return [id for id in ids if config.user(id)]


def _drawn(it: Pbx, tried: Tried | None) -> dict[str, Any]:
    people = [user for user in it.config.users if user.number or user.extension]
    return {
        "numbers": _numbers(it),
        "people": [(user.id, user.name, small(user)) for user in people],
        "answerers": {"": _("Niemand")} | {user.id: user.name for user in people},
        "steps": timeline_of(tried) if tried else [],
    }


def _numbers(it: Pbx) -> dict[str, str]:
    """Own numbers with whose they are, then what can be called within the company."""
    found = {"": _("Kies een nummer")}
    for one in it.numbers:
        whose = one.used_by.name if one.used_by else _("vrij")
        found[one.number] = f"{party(one.number)} ({whose})"
    for element in it.config.elements():
        if element.extension and not element.number:
            found[element.extension] = _(
                "%(extension)s %(name)s (intern)", extension=element.extension, name=element.name
            )
    return found


def timeline_of(tried: Tried) -> list[dict[str, str]]:
    """The lines of the story until somebody answers, or to the end, for the timeline."""
    lines = tried.plan.trace[: tried.heard.lines]
    good = tried.heard.answered or tried.plan.code == 200
    steps = [_step(line, last=good and index == len(lines)) for index, line in enumerate(lines, 1)]
    if steps and tried.heard.answered:  # the plan tells what happens when nobody does
        steps[-1]["reason"] = _("Hier wordt opgenomen: de test eindigt.")
    return steps


def _step(line: Line, last: bool) -> dict[str, str]:
    state = "skipped" if not line.taken else "end" if last else "done"
    return {"title": line.what, "reason": line.why, "at": _("%(n)s s", n=line.at), "state": state}
