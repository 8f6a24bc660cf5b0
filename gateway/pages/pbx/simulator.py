"""*Test uw nummerplan*: a call is tried on the settings as they stand, the draft where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from gateway.charts.number_plan import Drawing, drawn
from gateway.charts.plan_route import Route, routed
from gateway.clients.pbx_plans import Attempt
from gateway.forms.filled import Filled, read
from gateway.forms.form import Form
from gateway.forms.pbx_saved_test import SavedTestForm
from gateway.forms.pbx_test import TestForm
from gateway.models.answer import REFUSALS
from gateway.models.numbering import small
from gateway.models.part import Part
from gateway.models.pbx import Config, Pbx
from gateway.models.pbx_expectations import choices, proposed
from gateway.models.pbx_plans import Line, Picture, Tried
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.pages.pbx.links import picture_links
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
    form = _opened(it) if "nummer" not in request.args else sent(request.args)
    return tried_page(it, form)


def tried_page(it: Pbx, form: Form, saving: Form | None = None) -> Page:
    """The page of a call; it is tried when the form is whole. ``saving``: the form that keeps it as a test,
    as it was sent."""
    tried = None
    if form.values.get("called") and not form.errors:
        try:
            tried = parts().pbx_plans.tried(acting(), attempt(it.config, form.values))
        except REFUSALS as error:
            form = form.refused(error)
    values = _values(it) | (_outcome(it, form, tried, saving) if tried else {})
    return page("pbx/simulator.html", it, TAB, None, saving or form, shown=form, tried=tried, **values)


def _opened(it: Pbx) -> Form:
    typed = {"beller": [EXAMPLE_CALLER]} | ({"nummer": [n]} if (n := it.config.company.number) else {})
    return Form(TestForm(), Filled(typed, {}), "")


def sent(fields: Any) -> Form:
    """The call that these fields of a request are about."""
    schema = TestForm()
    return Form(schema, read(schema, fields), "")


def attempt(config: Config, values: Mapping[str, Any]) -> Attempt:
    """A caller with an extension of a user is that user, and calls within the company."""
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
    """Those who are still there: a bookmark may be older than the users. What undoes a removal has one value
    for each name, with commas."""
    return [id for some in ids for id in some.split(",") if config.user(id)]


def _values(it: Pbx) -> dict[str, Any]:
    people = [user for user in it.config.users if user.number or user.extension]
    return {
        "numbers": _numbers(it),
        "people": [(user.id, user.name, small(user)) for user in people],
        "answerers": {"": _("Niemand")} | {user.id: user.name for user in people},
    }


def _outcome(it: Pbx, form: Form, tried: Tried, saving: Form | None) -> dict[str, Any]:
    """What came of it, as a timeline and in the picture, and the form that keeps it as a test."""
    picture = Part.ask(lambda: parts().pbx_plans.picture(acting(), "moment", tried.at))
    drawing, route = _route(picture.value, tried, form.values["keys"]) if picture.value else (None, None)
    id = request.values.get("vaste-test", "")
    expect = request.args.get("verwacht", "") or proposed(tried, [form.values["answers"]])
    begun = Form.blank(SavedTestForm(), name=request.args.get("naam", ""), expect=expect, id=id)
    return {
        "steps": timeline_of(tried),
        "drawing": drawing,
        "route": route,
        "links": picture_links(picture.value) if picture.value else {},
        "saving": saving or begun,
        "known_test": id,
        "expectations": choices(it.config, tried.reached),
        "moment": form.filled.first("moment") or f"{tried.at:%Y-%m-%dT%H:%M}",
    }


def _route(picture: Picture, tried: Tried, keys: list[str]) -> tuple[Drawing, Route]:
    drawing = drawn(picture, frozenset(node.id for node in picture.nodes))
    return drawing, routed(drawing, tried.stops, keys)


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
    steps = [step(line, last=good and index == len(lines)) for index, line in enumerate(lines, 1)]
    if steps and tried.heard.answered:  # the plan tells what happens when nobody does
        steps[-1]["reason"] = _("Hier wordt opgenomen: de test eindigt.")
    return steps


def step(line: Line, last: bool) -> dict[str, str]:
    """A line of a story, for the timeline."""
    state = "skipped" if not line.taken else "end" if last else "done"
    return {"title": line.what, "reason": line.why, "at": _("%(n)s s", n=line.at), "state": state}
