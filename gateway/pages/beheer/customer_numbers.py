"""*Nummers* of one customer: which they have, from when to when; the operator gives and takes back."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.clients.pbx import known
from gateway.forms.form import Form, submit
from gateway.forms.telephony_staff import AssignForm, EndForm
from gateway.models.part import Part
from gateway.models.telephony import Assignment, Assignments
from gateway.pages.acting import acting, acting_for, viewer
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import ngettext

pages = Blueprint("beheer_customer_numbers", __name__, url_prefix="/beheer/klanten/<id:customer_id>/nummers")

Page = tuple[str, int, dict[str, str]]
MOST_PAGES = 50
LONGEST_LIST = 40_000


@pages.get("")
@staff(partners=True)
def show(customer_id: str) -> Page:
    """All assignments, those of now first; numbers may be filled in already by the page of a range."""
    wanted = request.args.get("nummers", "")[:LONGEST_LIST]
    form = Form.blank(AssignForm(), numbers=wanted, valid_from=f"{parts().today():%d-%m-%Y}")
    return _page(customer_id, form)


@pages.post("")
@staff()
def assign(customer_id: str) -> Response | Page:
    """Give numbers: all of them, or none."""

    def work(form: Form) -> Response:
        count = parts().telephony.assign(acting(), form.command, customer_id, **form.values)
        toast(ngettext("%(num)s nummer toegewezen", "%(num)s nummers toegewezen", count))
        return redirect(url_for("beheer_customer_numbers.show", customer_id=customer_id), 303)

    outcome = submit(AssignForm(), work)
    return _page(customer_id, outcome) if isinstance(outcome, Form) else outcome


@pages.get("/<id:assignment_id>/einde")
@staff()
def ask_end(customer_id: str, assignment_id: str) -> Page:
    """Take a number back, or move the end of it."""
    assignment = _assignment(customer_id, assignment_id)
    day = assignment.valid_to or parts().today() + timedelta(days=1)
    return _end_page(customer_id, assignment, Form.blank(EndForm(), valid_to=f"{day:%d-%m-%Y}"))


@pages.post("/<id:assignment_id>/einde")
@staff()
def end(customer_id: str, assignment_id: str) -> Response | Page:
    """From that day on it is not theirs."""
    assignment = _assignment(customer_id, assignment_id)

    def work(form: Form) -> Response:
        parts().telephony.end(acting(), form.command, assignment_id, **form.values)
        toast(_("Einde van %(number)s opgeslagen", number=party(assignment.number)))
        return redirect(url_for("beheer_customer_numbers.show", customer_id=customer_id), 303)

    outcome = submit(EndForm(), work)
    return _end_page(customer_id, assignment, outcome) if isinstance(outcome, Form) else outcome


def _page(customer_id: str, form: Form) -> Page:
    today = parts().today()
    found = Part.ask(
        lambda: parts().telephony.assignments(
            acting_for(customer_id), customer_id, request.args.get("na") or None
        )
    )
    rows = found.value.rows if found.value else ()
    order = {"now": 0, "later": 1, "ended": 2}
    html = render_template(
        "beheer/customer_numbers.html",
        company=parts().companies.company(acting(), customer_id),
        found=found,
        rows=sorted(rows, key=lambda row: (order[row.state(today)], row.number)),
        today=today,
        form=form,
        changes=viewer().scope == "operator",
    )
    return html, form.status, form.headers


def _end_page(customer_id: str, assignment: Assignment, form: Form) -> Page:
    html = render_template(
        "beheer/number_end.html",
        company=parts().companies.company(acting(), customer_id),
        assignment=assignment,
        form=form,
    )
    return html, form.status, form.headers


def _assignment(customer_id: str, assignment_id: str) -> Assignment:
    """Raises NotFound."""
    after: str | None = None
    for _page_number in range(MOST_PAGES):
        page: Assignments = parts().telephony.assignments(acting(), customer_id, after)
        for row in page.rows:
            if row.id == assignment_id:
                return row
        after = page.next
        if after is None:
            break
    found: Assignment = known(None)
    return found
