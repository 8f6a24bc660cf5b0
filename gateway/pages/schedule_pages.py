"""The pages of schedules, written once for *Telefoon* and for *Telefooncentrale*: list, new, one, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.form import Form
from gateway.forms.schedules import FORMS, form_of, row_numbers, sent_rows, wants_more, with_more
from gateway.models.pbx import Pbx
from gateway.models.pbx_settings import HOLIDAY, TIME, Schedule
from gateway.models.schedule_words import DAY_NAMES, MANUAL_WEEK
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.pbx.frame import Page, revision
from gateway.pages.together import Work, submit_together
from gateway.parts import parts
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

Draw = Callable[..., Page]


@dataclass(frozen=True)
class Area:
    """Where the pages stand. ``draw(template, it, form, **values)`` puts one in the area's frame; ``told``
    says on the next page that something was saved; ``path`` is the address of the list. ``at_once``: there is
    no draft."""

    pages: Blueprint
    rule: Callable[[Any], Any]
    path: str
    layout: str
    title: Any
    settings: Callable[[], Pbx]
    draw: Draw
    told: Callable[[str], None]
    kinds: tuple[str, ...]
    at_once: bool

    def url(self, view: str, **values: Any) -> str:
        return url_for(f"{self.pages.name}.{view}", **values)


KIND_NAMES = {TIME: _l("Tijdschema"), HOLIDAY: _l("Vakantieschema")}
IN_ADDRESS = {"tijd": TIME, "vakantie": HOLIDAY}
View = Callable[..., Any]


def install(area: Area) -> None:
    """Put the pages in an area."""
    found: tuple[tuple[str, str, View], ...] = (
        ("GET", "", schedules),
        ("GET", "/nieuw", new_schedule),
        ("POST", "/nieuw", add_schedule),
        ("GET", "/<id:schedule_id>", schedule),
        ("POST", "/<id:schedule_id>", set_schedule),
        ("GET", "/<id:schedule_id>/verwijder", ask_remove_schedule),
        ("POST", "/<id:schedule_id>/verwijder", remove_schedule),
    )
    for method, path, view in found:
        rule = area.path + path
        area.pages.add_url_rule(rule, view.__name__, area.rule(_of(area, view)), methods=[method])


def _of(area: Area, view: View) -> View:
    def shown(**known: Any) -> Any:
        return view(area, **known)

    return shown


def schedules(area: Area) -> Page:
    """All of them, with the built-in one."""
    it = area.settings()
    found = {kind: it.config.schedules_of(kind) for kind in area.kinds}
    return area.draw("schedules/list.html", it, area=area, found=found, names=KIND_NAMES)


def new_schedule(area: Area) -> Page:
    """A form with one empty row."""
    kind = _kind(area, request.args.get("soort", ""))
    return _drawn(area, area.settings(), kind, Form.blank(FORMS[kind](1)), None)


def add_schedule(area: Area) -> Response | Page:
    """Make it."""
    kind = _kind(area, request.args.get("soort", ""))

    def work(form: Form, base: int | None) -> Response:
        parts().pbx.add(acting(), form.command, "schedule", form.values, area.at_once)
        area.told(_("Schema %(name)s gemaakt", name=form.values["name"]))
        return _to_list(area)

    return _answer(area, kind, None, work)


def schedule(area: Area, schedule_id: str) -> Page:
    """One, to look at and to change."""
    it = area.settings()
    found = _found(area, it, schedule_id)
    return _drawn(area, it, found.kind, form_of(found), found)


def set_schedule(area: Area, schedule_id: str) -> Response | Page:
    """Change it."""
    found = _found(area, area.settings(), schedule_id)

    def work(form: Form, base: int | None) -> Response:
        changed = ("schedule", schedule_id, form.values, base)
        parts().pbx.save(acting(), form.command, *changed, at_once=area.at_once)
        area.told(_("Schema %(name)s opgeslagen", name=form.values["name"]))
        return _to_list(area)

    return _answer(area, found.kind, found, work)


def ask_remove_schedule(area: Area, schedule_id: str) -> Page:
    """Whether it may go."""
    it = area.settings()
    found = _found(area, it, schedule_id)
    return area.draw("schedules/remove.html", it, area=area, schedule=found)


def remove_schedule(area: Area, schedule_id: str) -> Response:
    """It goes, unless it is used: then pbx says where."""
    found = _found(area, area.settings(), schedule_id)

    def work(command: str) -> None:
        parts().pbx.remove(acting(), command, "schedule", schedule_id, revision(), area.at_once)
        area.told(_("Schema %(name)s verwijderd", name=found.name))

    return at_once(work, _("Schema %(name)s is niet verwijderd", name=found.name), area.url("schedules"))


def _answer(area: Area, kind: str, found: Schedule | None, work: Work) -> Response | Page:
    def now() -> tuple[Form, int]:
        it = area.settings()
        there = known(it.config.schedule(found.id)) if found else None
        return form_of(there) if there else Form.blank(FORMS[kind](1)), it.revision

    if wants_more():
        return _drawn(area, area.settings(), kind, with_more(kind), found)
    outcome = submit_together(FORMS[kind](sent_rows()), work, now)
    if isinstance(outcome, Form):
        return _drawn(area, area.settings(), kind, outcome, found)
    return outcome


def _drawn(area: Area, it: Pbx, kind: str, form: Form, found: Schedule | None) -> Page:
    return area.draw(
        "schedules/one.html",
        it,
        form,
        area=area,
        kind=kind,
        kind_name=KIND_NAMES[kind],
        schedule=found,
        shown=form,
        rows=row_numbers(form),
        week=MANUAL_WEEK,
        day_names=DAY_NAMES,
        years=(parts().today().year, parts().today().year + 1),
        address_kind=next(name for name, code in IN_ADDRESS.items() if code == kind),
    )


def _found(area: Area, it: Pbx, schedule_id: str) -> Schedule:
    found: Schedule = known(it.config.schedule(schedule_id))
    return known(found if found.kind in area.kinds else None)  # type: ignore[no-any-return]


def _kind(area: Area, sent: str) -> str:
    kind = IN_ADDRESS.get(sent, TIME)
    return kind if kind in area.kinds else TIME


def _to_list(area: Area) -> Response:

    return redirect(area.url("schedules"), 303)
