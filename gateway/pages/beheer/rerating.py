"""*Herberekenen*: what usage would cost by the tariffs of now, and booking the difference."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.form import COMMAND, Form, command_id, submit
from gateway.forms.rerating import BookForm, RerateForm, place, written
from gateway.models.part import Part
from gateway.models.rerating import FATES, Rerating
from gateway.pages.acting import acting
from gateway.pages.beheer.months import months
from gateway.pages.beheer.progress import whole_when_done
from gateway.parts import parts
from gateway.words import gettext as _
from shared.errors import Invalid

pages = Blueprint("beheer_rerating", __name__, url_prefix="/beheer/herberekenen")

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@staff()
def listing() -> Page:
    """The form, and what was worked out lately."""
    return _listing(Form.blank(RerateForm(), period=request.args.get("periode", "")))


@pages.post("")
@staff()
def start() -> Response | Page:
    """Have it worked out in the background."""

    def work(form: Form) -> Response:
        job = parts().rerating.preview(acting(), form.command, _scope(form.values))
        return redirect(url_for("beheer_rerating.show", job_id=job), 303)

    outcome = submit(RerateForm(), work)
    return _listing(outcome) if isinstance(outcome, Form) else outcome


def _scope(values: Any) -> dict[str, Any]:
    """As cdr takes it; the customer by its number."""
    scope: dict[str, Any] = {"period": values["period"] or None}
    scope |= {"prefix": values["prefix"], "plan": values["plan"]}
    if values["first"]:
        scope |= {"from": values["first"].isoformat(), "to": values["last"].isoformat()}
    if values["number"]:
        found = parts().companies.companies(acting(), number=values["number"]).rows
        if not found:
            raise Invalid(fields={"number": [_("Er is geen klant met dit nummer. Zoek hem bij Klanten.")]})
        scope["customer_id"] = found[0].id
    return scope


def _listing(form: Form) -> Page:
    recent = Part.ask(lambda: parts().rerating.recent(acting()))
    choices = {"": _("Kies een maand"), **months(parts().today())}
    html = render_template("beheer/rerating.html", form=form, months=choices, recent=recent)
    return html, form.status, form.headers


@pages.get("/<id:job_id>")
@staff()
def show(job_id: str) -> Page:
    """How far it is, or what it came to; a preview can be booked from here."""
    job = parts().rerating.job(acting(), job_id)
    html, status, headers = _page(job, Form.blank(BookForm()))
    return html, status, headers | whole_when_done(job.going)


@pages.post("/<id:job_id>/boek")
@staff()
def book(job_id: str) -> Response | Page:
    """Book the corrections, in the background."""

    def work(form: Form) -> Response:
        job = parts().rerating.book(acting(), form.command, job_id, form.values["reason"])
        return redirect(url_for("beheer_rerating.show", job_id=job), 303)

    outcome = submit(BookForm(), work)
    if not isinstance(outcome, Form):
        return outcome
    return _page(parts().rerating.job(acting(), job_id), outcome)


@pages.post("/<id:job_id>/stop")
@staff()
def stop(job_id: str) -> Response:
    """Work it out no further."""
    parts().rerating.stop(acting(), command_id(request.form.get(COMMAND, "")), job_id)
    return redirect(url_for("beheer_rerating.show", job_id=job_id), 303)


def _page(job: Rerating, form: Form) -> Page:
    shown = _lists(job) if job.is_preview and job.result else {}
    names = parts().companies.names(acting(), _named(job, shown))
    html = render_template(
        "beheer/rerating_job.html",
        job=job,
        form=form,
        names=names,
        fates=FATES,
        now=parts().clock(),
        **shown,
    )
    return html, form.status, form.headers


def _lists(job: Rerating) -> dict[str, Any]:
    """A preview's customers and rows; ``klant`` in the address keeps to one customer's rows."""
    client, only = parts().rerating, request.args.get("klant") or None
    sums = client.customers(acting(), job.id, place(request.args.get("na", "")))
    changes = client.changes(acting(), job.id, only, place(request.args.get("rijen_na", "")))
    return {
        "sums": sums,
        "changes": changes,
        "only": only,
        "more_sums": written(sums.next),
        "more_changes": written(changes.next),
    }


def _named(job: Rerating, shown: dict[str, Any]) -> list[str]:
    """Whose names the page shows."""
    found = [job.parameters.scope.customer_id] if job.parameters.scope.customer_id else []
    for listed in ("sums", "changes"):
        found += [row.customer_id for row in shown[listed].rows] if listed in shown else []
    return found
