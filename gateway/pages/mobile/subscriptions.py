"""*Lijst van abonnementen en limietinstellingen* (manual, 7.1)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from flask import Response, redirect, request, stream_with_context, url_for
from werkzeug.wrappers import Response as Answer

from gateway.formatters import euros
from gateway.forms.filled import Filled, read
from gateway.forms.form import Form, submit
from gateway.forms.mobile import DEFAULT, CustomerLimitForm, ListForm
from gateway.models.limits import typed_amount
from gateway.models.mobile import Overview, Row
from gateway.models.mobile_csv import chunks
from gateway.models.part import Part
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.mobile.frame import Page, holders, limit_setters, page, pages
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _

WRONG_INPUT = 422


@pages.get("")
@holders
def listing() -> Page:
    """Total use, the limit of all together, and the subscriptions."""
    return _page(read(ListForm(), request.args), None)


@pages.post("/limiet")
@limit_setters
def set_limit() -> Answer | Page:
    """*Opslaan*: the customer's own limit; an empty field is no warning."""
    outcome = submit(CustomerLimitForm(), _set_limit)
    return _page(read(ListForm(), request.args), outcome) if isinstance(outcome, Form) else outcome


@pages.post("/limiet/default")
@limit_setters
def default_limit() -> Answer:
    """*Default*: back to what the ICT partner has set, which may be nothing."""

    def work(command: str) -> None:
        parts().mobile.set_customer_limit(acting(), command, DEFAULT)
        toast(_("Limiet staat weer op de standaardwaarde"))

    return at_once(work, _("Limiet niet gewijzigd"), url_for("mobile.listing"))


@pages.get("/abonnementen.csv")
@holders
def download() -> Response:
    """The subscriptions that the list shows, all pages of it."""
    values = read(ListForm(), request.args).values
    rows = parts().mobile.all_rows(acting(), bool(values.get("ended")), str(values.get("query", "")))
    response = Response(stream_with_context(chunks(_begun(rows))))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"abonnementen-{parts().today():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _begun(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows, the first of them asked for now: what goes wrong is still a page."""
    return chain(list(islice(rows, 1)), rows)


def _set_limit(form: Form) -> Answer:
    amount = form.values["amount"]
    parts().mobile.set_customer_limit(acting(), form.command, amount)
    if amount is None:
        toast(_("Geen waarschuwing voor alle abonnementen samen"))
    else:
        toast(_("U krijgt een e-mail bij %(limit)s", limit=euros(amount)))
    return redirect(url_for("mobile.listing"), 303)


def _page(filled: Filled, sent: Form | None) -> Page:
    values = filled.values
    found: Part[Overview] = Part.ask(
        lambda: parts().mobile.overview(
            acting(), bool(values.get("ended")), str(values.get("query", "")), values.get("after")
        )
    )
    return page(
        "mobile/subscriptions.html",
        sent,
        WRONG_INPUT if filled.errors else 200,
        filled=filled,
        found=found,
        limit_form=sent or _limit_form(found),
        editing=sent is not None or "bewerk" in request.args,
    )


def _limit_form(found: Part[Overview]) -> Form:
    amount = found.value.limit.amount if found.value else None
    return Form.blank(CustomerLimitForm(), amount=typed_amount(amount))
