"""What the pages of users, groups and menus share: the menu at the left, and a form that is saved once, keeps
what was typed, and puts two people's changes together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import urlencode

from flask import request
from marshmallow import Schema
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gateway.forms import merging
from gateway.forms.form import Form
from gateway.forms.pbx_elements import Shown
from gateway.models.answer import REFUSALS
from gateway.models.menu import Entry, MenuPart, SideMenu
from gateway.models.numbering import small, unreachable_words
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import Element
from gateway.models.pbx_settings import HOLIDAY, TIME, ElementNight
from gateway.pages.pbx import greetings
from gateway.pages.pbx.frame import settings
from gateway.phone_numbers import party
from gateway.words import gettext as _
from shared.ids import new_id

COLLIDED = 409
HIDDEN = frozenset({"revisie", "begin"})

LONGEST_QUERY = 100

FREE = "vrije-extensie"
"""The button of a free extension: it takes the place of what was typed."""

Work = Callable[[Form, int], Response]
"""Saves a form that was made from this revision."""


def opened(schema: Schema, it: Pbx, shown: Shown) -> Form:
    """A form as it begins, which it carries along for :mod:`gateway.forms.merging`."""
    form = Form.blank(schema, **shown)
    begin = merging.written(form.filled.typed)
    typed = {**form.filled.typed, "begin": [begin], "revisie": [str(it.revision)]}
    return replace(form, filled=replace(form.filled, typed=typed))


def retyped(schema: Schema) -> Form:
    """What was sent, as it was, to be shown again after something else was done on its page. It keeps the
    revision that it was made from: what another changed since is not on it."""
    form = Form.sent(schema)
    return replace(form, filled=replace(form.filled, errors={}))


def sent() -> MultiDict[str, str]:
    """The form's fields; a free extension that was clicked stands in its field."""
    fields = MultiDict(request.form)
    if fields.get(FREE):
        fields["extensie"] = fields[FREE]
    return fields


def save(
    schema: Schema, shown: Callable[[Pbx], Shown], work: Work, files: Iterable[str] = ()
) -> Response | tuple[Form, Pbx]:
    """Save what was sent, with the sounds that came along for the fields ``files``; else the form again,
    with what is to be said.

    When somebody was first, and changed nothing of this form, it is saved all the same; else both
    changes are shown together.
    """
    outcome = _submitted(schema, work, files)
    if not isinstance(outcome, Form):
        return outcome
    it = settings()
    if not _outdated(outcome, it):
        return outcome, it
    fresh = opened(schema, it, shown(it))
    if not _same(fresh, outcome):
        return merging.again(outcome, fresh, str(it.revision), HIDDEN), it
    again = _tried(replace(outcome, command=new_id(), answer=None), work, it.revision)
    return (again, it) if isinstance(again, Form) else again


def _submitted(schema: Schema, work: Work, files: Iterable[str]) -> Form | Response:
    fields = sent()
    try:
        taken = greetings.take(fields, files)
    except REFUSALS as error:
        return Form.sent(schema, fields).refused(error)
    form = Form.sent(schema, fields)
    if taken.errors:
        form = replace(form, filled=form.filled.with_errors(taken.errors))
    return form if form.errors else _tried(form, work, form.values["revision"])


def _tried(form: Form, work: Work, revision: int) -> Form | Response:
    try:
        return work(form, revision)
    except REFUSALS as error:
        return form.refused(error)


def _outdated(form: Form, it: Pbx) -> bool:
    collided = form.answer is not None and form.answer.status == COLLIDED
    return collided and form.values["revision"] != it.revision


def _same(fresh: Form, began: Form) -> bool:
    """Whether this form's fields stand as they did when it was opened."""
    now = {name: values for name, values in fresh.filled.typed.items() if name not in HIDDEN}
    return merging.read_back(began.filled.first("begin")) == now


def searched() -> str:
    """What is looked for, to be kept in the next address."""
    query = request.args.get("zoek", "").strip()[:LONGEST_QUERY]
    return f"?{urlencode({'zoek': query})}" if query else ""


def sections(*found: tuple[str, str, str, str]) -> tuple[MenuPart, ...]:
    """Parts of one page, of which the first is open: (words, anchor, mark, warning)."""
    return tuple(
        MenuPart(label, f"#{anchor}", mark, warning, current=index == 0)
        for index, (label, anchor, mark, warning) in enumerate(found)
    )


def night_mark(night: ElementNight) -> str:
    """How an element takes part in the night mode, in one word."""
    return {"follow": _("volgt"), "on": _("aan"), "off": _("uit")}[night.mode]


def entry(element: Element, href: str, parts: Iterable[MenuPart] = ()) -> Entry:
    """An element in the menu; with ``parts`` it is the open one."""
    return Entry(element.name, href, small(element), unreachable_words(element), parts=tuple(parts))


def found(menu: SideMenu) -> SideMenu:
    """With what is looked for in the box above it."""
    query = request.args.get("zoek", "").strip()[:LONGEST_QUERY]
    return menu.found(query) if query else menu


def number_choices(it: Pbx, own: str | None) -> dict[str, str]:
    """Free numbers, and the one that the element has."""
    return {"": _("Geen")} | {number: party(number) for number in it.free_numbers(own)}


def hours_choices(it: Pbx) -> dict[str, str]:
    """Time schedules, the built-in one first."""
    always = {"always": _("Elke dag, de hele dag")}
    return always | {one.id: one.name for one in it.config.schedules_of(TIME)}


def holiday_choices(it: Pbx) -> dict[str, str]:
    """Holiday schedules."""
    return {"": _("Geen")} | {one.id: one.name for one in it.config.schedules_of(HOLIDAY)}


def sound_choices(it: Pbx) -> dict[str, str]:
    """Greetings that were uploaded."""
    return {"": _("Standaard")} | {one.id: one.name for one in it.sounds("greeting")}
