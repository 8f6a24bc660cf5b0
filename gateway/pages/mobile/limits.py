"""*Limieten* of one subscription."""

from __future__ import annotations

from flask import redirect, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.forms.form import Form, submit
from gateway.forms.mobile import DEFAULT, EuroLimitForm, WholeLimitForm
from gateway.models.limits import typed_amount
from gateway.models.mobile import Limit, Limits
from gateway.models.part import Part
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.mobile.frame import Page, limit_setters, page, pages
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import NotFound


@pages.get("/<id:subscription_id>/limieten")
@limit_setters
def limits(subscription_id: str) -> Page:
    """Those that its product and its modules have."""
    return _page(subscription_id)


@pages.post("/<id:subscription_id>/limieten/<code>")
@limit_setters
def set_limit_of(subscription_id: str, code: str) -> Response | Page:
    """*Opslaan*; an empty field is no warning."""
    limit = _changeable(subscription_id, code)

    def work(form: Form) -> Response:
        value = form.values["value"]
        parts().mobile.set_limit(acting(), form.command, subscription_id, code, value)
        toast(_("%(name)s: geen waarschuwing", name=limit.name) if value is None else _("Limiet opgeslagen"))
        return redirect(url_for("mobile.limits", subscription_id=subscription_id), 303)

    outcome = submit(_schema(limit), work)
    return _page(subscription_id, code, outcome) if isinstance(outcome, Form) else outcome


@pages.post("/<id:subscription_id>/limieten/<code>/default")
@limit_setters
def default_limit_of(subscription_id: str, code: str) -> Response:
    """*Default*: what the ICT partner has set."""

    def work(command: str) -> None:
        parts().mobile.set_limit(acting(), command, subscription_id, code, DEFAULT)
        toast(_("Limiet staat weer op de standaardwaarde"))

    target = url_for("mobile.limits", subscription_id=subscription_id)
    return at_once(work, _("Limiet niet gewijzigd"), target)


def _changeable(subscription_id: str, code: str) -> Limit:
    """Raises NotFound for a limit that this subscription does not have, or that is fixed."""
    found = parts().mobile.with_limits(acting(), subscription_id)[1]
    if found.error:
        raise found.error
    assert found.value is not None
    wanted = (one for one in found.value.limits if one.code == code and not one.fixed)
    limit = next(wanted, None)
    if limit is None:
        raise NotFound()
    return limit


def _schema(limit: Limit) -> Schema:
    return EuroLimitForm() if limit.unit == "euro" else WholeLimitForm()


def _page(subscription_id: str, code: str = "", sent: Form | None = None) -> Page:
    one, found = parts().mobile.with_limits(acting(), subscription_id)
    forms = _forms(found) | ({code: sent} if sent else {})
    return page("mobile/limits.html", sent, one=one, found=found, forms=forms)


def _forms(found: Part[Limits]) -> dict[str, Form]:
    limits = found.value.limits if found.value else ()
    return {one.code: Form.blank(_schema(one), value=_typed(one)) for one in limits if not one.fixed}


def _typed(limit: Limit) -> str:
    if limit.value is None:
        return ""
    return typed_amount(limit.value) if limit.unit == "euro" else str(int(limit.value))
