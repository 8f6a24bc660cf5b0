"""*Instellingen voor de vaste telefoon*: the pages of one number (manual, 5.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms import phone as forms
from gateway.forms.form import Form
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import Line
from gateway.models.pbx_settings import TIME
from gateway.pages.acting import acting
from gateway.pages.device_pages import of_owner
from gateway.pages.phone.devices import AREA
from gateway.pages.phone.frame import LINE_PARTS, Page, holders, name_of, page, pages, settings
from gateway.pages.together import submit_together
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Invalid


def nothing_else() -> Form | None:
    """A form whose only button saves it."""
    return None


def same_names(form: Form) -> Mapping[str, str]:
    """pbx's names are the form's."""
    return {}


@dataclass(frozen=True)
class LinePage:
    """A page with one form. ``schema`` makes that of the form that was sent; ``again``: the form to show
    when a button was pressed that saves nothing; ``names``: see :func:`gateway.forms.phone.renamed`."""

    view: str
    path: str
    schema: Callable[[], Schema]
    again: Callable[[], Form | None] = nothing_else
    names: Callable[[Form], Mapping[str, str]] = same_names


LINE_PAGES = (
    LinePage("account", "", forms.account_form),
    LinePage("voicemail", "/voicemail", forms.voicemail_form),
    LinePage("forwards", "/doorschakelen", forms.forwards_form),
    LinePage("blocks", "/blokkeren", forms.blocks_form),
    LinePage("simring", "/simring", forms.sent_simring, forms.more_simring, forms.kept_rows),
)


def found_line(it: Pbx, line_id: str) -> Line:
    """Raises NotFound."""
    found: Line = known(it.config.line(line_id))
    return found


def drawn(it: Pbx, line: Line, view: str, form: Form) -> Page:
    """A page of a line with this form."""
    return page(
        f"phone/{view}.html",
        it,
        view,
        form,
        line=line,
        line_name=name_of(line),
        part_name=LINE_PARTS[view],
        shown=form,
        rows=forms.simring_rows(form),
        callers=forms.CALLER_NAMES,
        schedules={one.id: one for one in it.config.schedules_of(TIME)},
        **_devices(view, line),
    )


def _devices(view: str, line: Line) -> dict[str, Any]:
    """The line's telephones, which stand below its account."""
    return {"area": AREA, "devices": of_owner(AREA, line.id)} if view == "account" else {}


def save_line(
    form: Form,
    line_id: str,
    values: Mapping[str, Any],
    base: int | None,
    names: Mapping[str, str],
    done: str,
) -> None:
    """Change a line at once; ``base`` is the revision the form was made from. What pbx says of a field gets
    the form's name of it."""
    try:
        parts().pbx.save(acting(), form.command, "line", line_id, values, base)
    except Invalid as problem:
        raise Invalid(str(problem), fields=forms.renamed(problem.fields, names)) from problem
    toast(done)


def _install(one: LinePage) -> None:
    def show(line_id: str) -> Page:
        it = settings()
        line = found_line(it, line_id)
        return drawn(it, line, one.view, forms.of_line(line)[one.view])

    def change(line_id: str) -> Response | Page:
        line = found_line(settings(), line_id)

        def work(form: Form, base: int | None) -> Response:
            done = _("%(what)s van %(name)s opgeslagen", what=LINE_PARTS[one.view], name=name_of(line))
            save_line(form, line_id, form.values, base, one.names(form), done)
            return redirect(url_for(f"phone.{one.view}", line_id=line_id), 303)

        def now() -> tuple[Form, int]:
            it = settings()
            return forms.of_line(found_line(it, line_id))[one.view], it.revision

        outcome = one.again() or submit_together(one.schema(), work, now)
        if not isinstance(outcome, Form):
            return outcome
        it = settings()
        return drawn(it, found_line(it, line_id), one.view, outcome)

    path = f"/<id:line_id>{one.path}"
    pages.add_url_rule(path, one.view, holders(show), methods=["GET"])
    pages.add_url_rule(path, f"set_{one.view}", holders(change), methods=["POST"])


for _one in LINE_PAGES:
    _install(_one)
