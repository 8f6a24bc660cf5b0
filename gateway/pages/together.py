"""Two people change the same settings at once: nothing of either is lost.

A form carries what it began with (the macro ``settings_form``). When pbx says that somebody else was first,
and they changed nothing of this form, it is saved all the same; else both changes are put together, and where
both changed the same field it is said beside it: see :mod:`gateway.forms.merging`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import request
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.forms import merging
from gateway.forms.form import Form, submit
from gateway.models.answer import REFUSALS
from gateway.pages.pbx.frame import revision
from shared.ids import new_id

COLLIDED = 409
HIDDEN = frozenset({"begin", "revisie"})

Work = Callable[[Form, int | None], Response]
"""Saves a form that was made from this revision."""
Now = Callable[[], tuple[Form, int]]
"""The form as it would be opened now, and the revision of the settings it is made from."""


def submit_together(schema: Schema, work: Work, now: Now) -> Form | Response:
    """Read the form that was sent and do its ``work``; the form again when something is to be said."""
    base = revision()
    outcome = submit(schema, lambda form: work(form, base))
    if not isinstance(outcome, Form) or outcome.answer is None or outcome.answer.status != COLLIDED:
        return outcome
    fresh, current = now()
    if base is None or base == current:  # refused for another reason
        return outcome
    begun = merging.read_back(request.form.get("begin", ""))
    if _plain(fresh.filled.typed) == begun:
        return _tried(replace(outcome, command=new_id(), answer=None), work, current)
    carried = {**outcome.filled.typed, "begin": [request.form.get("begin", "")]}
    mine = replace(outcome, filled=replace(outcome.filled, typed=carried))
    both = merging.again(mine, fresh, str(current), HIDDEN)
    # Of two forms with rows, the one with the most has room for all.
    widest = max((outcome.schema, fresh.schema), key=lambda one: len(one.load_fields))
    return replace(both, schema=widest)


def _tried(form: Form, work: Work, current: int) -> Form | Response:
    try:
        return work(form, current)
    except REFUSALS as error:
        return form.refused(error)


def _plain(typed: merging.Shown) -> merging.Shown:
    return {name: list(values) for name, values in typed.items() if values and name not in HIDDEN}
