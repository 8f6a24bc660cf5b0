"""Importing rates: a file is uploaded, checked, looked at and only then saved as a version."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.formatters import day_short
from gateway.forms.form import Form, submit
from gateway.forms.plans import SaveForm, VersionForm, preset
from gateway.models.part import Part
from gateway.models.plans import Draft, by_name
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.beheer.progress import whole_when_done
from gateway.parts import parts
from gateway.security import takes_files
from gateway.toasts import failed, toast
from gateway.words import gettext as _

pages = Blueprint("beheer_plan_imports", __name__, url_prefix="/beheer/tarieven/inlezen")

Page = tuple[str, int, dict[str, str]]
MOST_BYTES = 16 * 2**20
FILE = "bestand"
LONGEST_FILE_NAME = 200
LAST = 100_000


@pages.get("")
@staff()
def ask() -> Page:
    """Which file, for which plan."""
    wanted = preset(parts().today())
    shown = {
        "name": request.args.get("plan") or wanted["name"],
        "valid_from": day_short(wanted["valid_from"]),
    }
    return _ask_page(Form.blank(VersionForm(), **shown, precision=str(wanted["precision"])))


@pages.post("")
@staff()
@takes_files(MOST_BYTES + 64 * 1024)
def upload() -> Response | Page:
    """Keep the file and have it checked. What is wrong with the other fields is mended afterwards: a browser
    does not keep a file."""
    form = Form.sent(VersionForm())
    sent = request.files.get(FILE)
    data = sent.read() if sent else b""
    if sent is None or not sent.filename:
        return _ask_page(form, _("Kies een bestand."))
    if len(data) > MOST_BYTES:
        return _ask_page(form, _("Dit bestand is groter dan 16 MB. Splits het plan over meer bestanden."))
    values: dict[str, Any] = preset(parts().today()) | {
        name: value for name, value in form.values.items() if value is not None
    }
    name = PurePath(sent.filename.replace("\\", "/")).name[:LONGEST_FILE_NAME] or _("bestand")
    draft = parts().plans.upload(acting(), form.command, data, name, **values)
    if form.errors:
        failed(_("Niet alles is goed ingevuld"), _("Het bestand staat er; verbeter hieronder de rest."))
    return redirect(url_for("beheer_plan_imports.show", draft_id=draft), 303)


@pages.get("/<id:draft_id>")
@staff()
def show(draft_id: str) -> Page:
    """What the check found, or how far it is."""
    draft = _draft(draft_id)
    html, status, headers = _page(draft, Form.blank(SaveForm()), None)
    return html, status, headers | whole_when_done(draft.going)


@pages.post("/<id:draft_id>/wijzig")
@staff()
def change(draft_id: str) -> Response | Page:
    """Another plan, day or number of decimals."""

    def work(form: Form) -> Response:
        parts().plans.change_draft(acting(), draft_id, **form.values)
        return redirect(url_for("beheer_plan_imports.show", draft_id=draft_id), 303)

    outcome = submit(VersionForm(), work)
    if not isinstance(outcome, Form):
        return outcome
    return _page(_draft(draft_id), Form.blank(SaveForm()), outcome)


@pages.post("/<id:draft_id>/bewaar")
@staff()
def save(draft_id: str) -> Response | Page:
    """Make it a version."""

    def work(form: Form) -> Response:
        version = parts().plans.save(acting(), form.command, draft_id, form.values["reason"])
        toast(_("%(version)s is bewaard", version=version), _("Wat al geboekt is, houdt zijn bedrag."))
        return redirect(url_for("beheer_plans.version", versie=version), 303)

    outcome = submit(SaveForm(), work)
    return _page(_draft(draft_id), outcome, None) if isinstance(outcome, Form) else outcome


@pages.post("/<id:draft_id>/weg")
@staff()
def drop(draft_id: str) -> Response:
    """Throw the upload away."""
    _draft(draft_id)

    def work(command: str) -> None:
        parts().plans.drop(acting(), command, draft_id)
        toast(_("Upload weggegooid"))

    return at_once(work, _("Niet weggegooid"), url_for("beheer_plans.listing"))


def _draft(draft_id: str) -> Draft:
    errors, warnings = (_place(name) for name in ("fouten_na", "meldingen_na"))
    return parts().plans.draft(acting(), draft_id, errors, warnings)


def _place(name: str) -> int:
    text = request.args.get(name, "")
    return min(int(text), LAST) if text.isdecimal() and text.isascii() and len(text) < 7 else 0


def _ask_page(form: Form, said: str = "") -> Page:
    plans = Part.ask(lambda: by_name(parts().plans.versions(acting())))
    html = render_template("beheer/plan_import.html", form=form, plans=plans.value or [], said=said)
    return html, 422 if said else form.status, form.headers


def _page(draft: Draft, form: Form, changing: Form | None) -> Page:
    shown = {
        "name": draft.name,
        "valid_from": day_short(draft.valid_from),
        "precision": str(draft.precision),
    }
    details = changing or Form.blank(VersionForm(), **shown)
    html = render_template(
        "beheer/plan_draft.html",
        draft=draft,
        form=form,
        details=details,
        changing=changing is not None,
        errors_after=_place("fouten_na"),
        warnings_after=_place("meldingen_na"),
        now=parts().clock(),
    )
    return html, max(form.status, details.status), form.headers | details.headers
