"""*Tarief* of one customer: which plan, and what they pay other than it says."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms import terms
from gateway.forms.form import Form, submit
from gateway.forms.plans import AssignForm
from gateway.models.plans import CustomerPlan, by_name
from gateway.pages.acting import acting, acting_for, viewer
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Invalid

pages = Blueprint("beheer_plan_customers", __name__, url_prefix="/beheer/klanten/<id:customer_id>/tarief")

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@staff(partners=True)
def show(customer_id: str) -> Page:
    """The operator's people can change it, those of a partner see it."""
    now = parts().plans.of_customer(acting_for(customer_id), customer_id)
    plan = now.plan if now.own else ""
    form = Form.blank(AssignForm(), plan=plan, revision=str(now.revision))
    return _page(customer_id, now, form, terms.rows_of(now.lines))


@pages.post("")
@staff()
def assign(customer_id: str) -> Response | Page:
    """Give another plan or other terms."""
    company = parts().companies.company(acting(), customer_id)
    rows = terms.rows_sent(request.form)

    def work(form: Form) -> Response:
        values = form.values
        try:
            parts().plans.assign(
                acting(),
                form.command,
                customer_id,
                values["plan"],
                values["reason"],
                terms.to_lines(rows),
                values["revision"],
            )
        except Invalid as problem:
            raise Invalid(fields=_beside(problem)) from problem
        toast(
            _("Tarief van %(name)s opgeslagen", name=company.name), _("Wat al geboekt is, houdt zijn bedrag.")
        )
        return redirect(url_for("beheer_plan_customers.show", customer_id=customer_id), 303)

    outcome = submit(AssignForm(), work)
    if not isinstance(outcome, Form):
        return outcome
    return _page(customer_id, parts().plans.of_customer(acting(), customer_id), outcome, rows)


def _beside(problem: Invalid) -> dict[str, list[str]]:
    """What cdr says of lines stands above their table."""
    said = [sentence for sentences in problem.fields.values() for sentence in sentences]
    return {"deviations": said or [str(problem)]}


def _page(customer_id: str, now: CustomerPlan, form: Form, rows: list[terms.Row]) -> Page:
    changes = viewer().scope == "operator"
    plans = [one.name for one in by_name(parts().plans.versions(acting()))] if changes else []
    html = render_template(
        "beheer/customer_plan.html",
        company=parts().companies.company(acting(), customer_id),
        now=now,
        form=form,
        rows=terms.with_blanks(rows),
        filled_rows=rows,
        plans=plans,
        changes=changes,
        labels=terms.LABELS,
        choices=terms.choices(),
        kinds=terms.KINDS,
        term_words=terms.words,
    )
    return html, form.status, form.headers
