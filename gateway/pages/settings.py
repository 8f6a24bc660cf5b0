"""*Instellingen*: the limit that warns (manual, chapter 8.1) and the watch over fraud."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from gateway.access import Rule, customers
from gateway.formatters import euros
from gateway.forms.form import Form, submit
from gateway.forms.settings import LiftForm, LimitForm, WatchForm
from gateway.models.limits import FraudWatch, VoipLimit, typed_amount
from gateway.models.part import Part
from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import NotFound

pages = Blueprint("settings", __name__, url_prefix="/instellingen")

RULE = Rule(signed_in=True, role="settings", product="voip")
holders = customers(role=RULE.role, product=RULE.product)

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@holders
def show() -> Page:
    """What stands now."""
    return _page({})


@pages.post("/limiet")
@holders
def set_limit() -> Response | Page:
    """Change the limit."""
    outcome = submit(LimitForm(), _set_limit)
    return _page({"limiet": outcome}) if isinstance(outcome, Form) else outcome


@pages.post("/fraude")
@holders
def set_watch() -> Response | Page:
    """Change what an alert does."""
    outcome = submit(WatchForm(), _set_watch)
    return _page({"fraude": outcome}) if isinstance(outcome, Form) else outcome


@pages.post("/meldingen/<id:alert_id>")
@holders
def lift(alert_id: str) -> Response | Page:
    """*Hef blokkade op*: somebody has looked at the alert and says why it may go."""
    alert = next((one for one in parts().limits.watch(acting()).alerts if one.id == alert_id), None)
    if alert is None:
        raise NotFound()
    if not alert.open:
        toast(_("Deze melding is al afgehandeld"))
        return redirect(url_for("settings.show"), 303)

    def work(form: Form) -> Response:
        parts().limits.lift(acting(), form.command, alert_id, form.values["reason"])
        if alert.blocked:
            toast(_("Blokkade opgeheven"), _("%(what)s kan weer.", what=alert.name))
        else:
            toast(_("Melding gesloten"))
        return redirect(url_for("settings.show"), 303)

    outcome = submit(LiftForm(), work)
    return _page({alert_id: outcome}) if isinstance(outcome, Form) else outcome


def _set_limit(form: Form) -> Response:
    limit = form.values["limit"]
    parts().limits.set_limit(acting(), form.command, limit)
    if limit is None:
        toast(_("Geen waarschuwingslimiet meer"))
    else:
        toast(_("Waarschuwingslimiet is %(limit)s", limit=euros(limit)))
    return redirect(url_for("settings.show"), 303)


def _set_watch(form: Form) -> Response:
    block = form.values["watch"] == "block"
    parts().limits.set_watch(acting(), form.command, block)
    toast(_("Fraudebewaking blokkeert voortaan") if block else _("Fraudebewaking waarschuwt alleen"))
    return redirect(url_for("settings.show"), 303)


def _page(sent: dict[str, Form]) -> Page:
    limit, watch = parts().limits.both(acting())
    forms = _forms(limit, watch) | sent
    html = render_template("pages/settings.html", limit=limit, watch=watch, forms=forms)
    answered = next(iter(sent.values()), None)
    return (html, answered.status, answered.headers) if answered else (html, 200, {})


def _forms(limit: Part[VoipLimit], watch: Part[FraudWatch]) -> dict[str, Form]:
    """Every form that can be filled in now: none about what is not known."""
    forms = {}
    if limit.value:
        forms["limiet"] = Form.blank(LimitForm(), limit=typed_amount(limit.value.limit))
    if watch.value:
        forms["fraude"] = Form.blank(WatchForm(), watch="blokkeer" if watch.value.block else "waarschuw")
        forms |= {alert.id: Form.blank(LiftForm()) for alert in watch.value.open}
    return forms
