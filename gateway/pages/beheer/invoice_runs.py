"""*Factuurruns*: a month's invoices, first as a preview, then for good; and the files for the bank."""

from __future__ import annotations

from itertools import chain
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.formatters import day_short
from gateway.forms.billing import CollectForm, RunForm
from gateway.forms.form import Form, submit
from gateway.models.billing import ROW_STATES, Run
from gateway.models.part import Part
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.beheer.months import months
from gateway.pages.beheer.progress import whole_when_done
from gateway.pages.files import handed_on
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Conflict, Invalid, NotFound

pages = Blueprint("beheer_invoice_runs", __name__, url_prefix="/beheer/facturen/runs")

Page = tuple[str, int, dict[str, str]]
LAST_NUMBER = 10**9


@pages.get("")
@staff()
def listing() -> Page:
    """The form, and the runs there were."""
    return _listing(Form.blank(RunForm(), period=_closed_months()[0]))


@pages.post("")
@staff()
def start() -> Response | Page:
    """Work out a preview. Nothing is closed and no number is given yet."""

    def work(form: Form) -> Response:
        run_id = parts().billing.start_run(acting(), form.command, dry_run=True, **_asked(form))
        return redirect(url_for("beheer_invoice_runs.show", run_id=run_id), 303)

    outcome = submit(RunForm(), work)
    return _listing(outcome) if isinstance(outcome, Form) else outcome


@pages.get("/<id:run_id>")
@staff()
def show(run_id: str) -> Page:
    """How far it is, what became of each customer, and what can be done next."""
    state = request.args.get("stand", "")
    after = request.args.get("na", "")
    run = parts().billing.run(
        acting(), run_id, state if state in ROW_STATES else "", int(after) if _is_number(after) else None
    )
    html, status, headers = _page(run)
    return html, status, headers | whole_when_done(run.going)


@pages.post("/<id:run_id>/maak")
@staff()
def make(run_id: str) -> Response | Page:
    """The invoices of a preview, for good: of its month, for whom it was."""
    run = parts().billing.run(acting(), run_id)

    def work(form: Form) -> Response:
        asked = {**form.values, "period": run.period, "customer_ids": _whose(run)}
        made = parts().billing.start_run(acting(), form.command, dry_run=False, **asked)
        return redirect(url_for("beheer_invoice_runs.show", run_id=made), 303)

    outcome = submit(_making(), work)
    return _page(run, form=outcome) if isinstance(outcome, Form) else outcome


@pages.post("/<id:run_id>/stop")
@staff()
def stop(run_id: str) -> Response:
    """Go no further; what was made stays."""
    parts().billing.run(acting(), run_id)

    def work(command: str) -> None:
        parts().billing.stop_run(acting(), command, run_id)
        toast(_("De run stopt"), _("Facturen met een nummer blijven. Start de run opnieuw voor de rest."))

    return at_once(work, _("Niet gestopt"), url_for("beheer_invoice_runs.show", run_id=run_id))


@pages.post("/<id:run_id>/incasso")
@staff()
def collect(run_id: str) -> Response | Page:
    """Make the files for the bank."""
    run = parts().billing.run(acting(), run_id)

    def work(form: Form) -> Response:
        parts().billing.collect(acting(), form.command, run_id, form.values["collect_on"])
        toast(_("Incassobestand gemaakt"), _("Download het hieronder en bied het uw bank aan."))
        return redirect(url_for("beheer_invoice_runs.show", run_id=run_id) + "#incasso", 303)

    outcome = submit(CollectForm(), work)
    return _page(run, collect_form=outcome) if isinstance(outcome, Form) else outcome


@pages.get("/<id:run_id>/incasso/<id:batch_id>")
@staff()
def batch(run_id: str, batch_id: str) -> Response:
    """A file for the bank."""
    run = parts().billing.run(acting(), run_id)
    found = next((one for one in run.batches if one.id == batch_id), None)
    if found is None:
        raise NotFound()
    name = f"incasso-{found.collect_on}-{batch_id[:8]}.xml"
    return handed_on(parts().invoices.batch(acting(), batch_id), name, "application/xml")


def _closed_months() -> list[str]:
    """Months that are over, newest first."""
    return list(months(parts().today()))[1:]


def _asked(form: Form) -> dict[str, Any]:
    """As invoicing takes it; the customer by its number."""
    asked = {name: value for name, value in form.values.items() if name != "number"}
    number = form.values["number"]
    if number:
        found = parts().companies.companies(acting(), number=number).rows
        if not found:
            raise Invalid(fields={"number": [_("Er is geen klant met dit nummer. Zoek hem bij Klanten.")]})
        asked["customer_ids"] = [found[0].id]
    return asked


def _making() -> RunForm:
    """What is still chosen when a preview's invoices are made: its month and for whom are its own."""
    return RunForm(exclude=("period", "number"))


def _whose(run: Run) -> list[str] | None:
    """The customers of a preview; None for all. Raises Conflict where that is not known: it is never all."""
    if not run.knows_whose:
        raise Conflict(_("Voor welke klanten dit voorbeeld was, is niet bekend. Reken het opnieuw uit."))
    return None if run.customer_ids is None else list(run.named)


def _listing(form: Form) -> Page:
    known = months(parts().today())
    choices = {code: known[code] for code in _closed_months()}
    recent = Part.ask(lambda: parts().billing.runs(acting()))
    html = render_template(
        "beheer/invoice_runs.html", form=form, months=choices, recent=recent, names=_names(recent.value or [])
    )
    return html, form.status, form.headers


def _page(run: Run, form: Form | None = None, collect_form: Form | None = None) -> Page:
    blank = Form.blank(
        _making(),
        issued_on=day_short(run.issued_on),
        accept_unrated="1" if run.accept_unrated else "",
        mail="1",
    )
    shown = form or collect_form
    html = render_template(
        "beheer/invoice_run.html",
        run=run,
        form=form or blank,
        collect_form=collect_form or Form.blank(CollectForm()),
        state=request.args.get("stand", ""),
        names=_names([run]),
    )
    return html, shown.status if shown else 200, shown.headers if shown else {}


def _names(runs: list[Run]) -> dict[str, str]:
    """Of the customers of runs for a few."""
    few = (run.named for run in runs if run.few)
    return parts().companies.names(acting(), chain.from_iterable(few))


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and int(text) <= LAST_NUMBER
