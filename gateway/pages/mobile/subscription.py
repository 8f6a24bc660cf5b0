"""*Algemeen* of one subscription."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from gateway.forms.form import Form, submit
from gateway.forms.mobile import LabelForm
from gateway.models.mobile import Subscription
from gateway.pages.acting import acting
from gateway.pages.confirming import SECRET, confirmed
from gateway.pages.mobile.frame import Page, holders, page, pages
from gateway.parts import parts
from gateway.toasts import failed, toast
from gateway.words import gettext as _
from shared.errors import NotFound
from shared.ids import new_id


@pages.get("/<id:subscription_id>")
@holders
def show(subscription_id: str) -> Page:
    """What it is."""
    one = parts().mobile.subscription(acting(), subscription_id)
    return page("mobile/subscription.html", one=one, form=_label_form(one), puk=None)


@pages.post("/<id:subscription_id>")
@holders
def change_label(subscription_id: str) -> Response | Page:
    """*Label eindklant*."""

    def work(form: Form) -> Response:
        label, revision = form.values["label"], form.values["revision"]
        parts().mobile.change_label(acting(), form.command, subscription_id, label, revision)
        toast(_("Label opgeslagen"))
        return redirect(url_for("mobile.show", subscription_id=subscription_id), 303)

    outcome = submit(LabelForm(), work)
    if not isinstance(outcome, Form):
        return outcome
    one = parts().mobile.subscription(acting(), subscription_id)
    return page("mobile/subscription.html", outcome, one=one, form=outcome, puk=None)


@pages.post("/<id:subscription_id>/puk")
@holders
@confirmed(SECRET)
def show_puk(subscription_id: str) -> Response | Page:
    """Show the PUK code, on this one page; that somebody looked stands in the log."""
    one = parts().mobile.subscription(acting(), subscription_id)
    try:
        puk = parts().mobile.puk(acting(), new_id(), subscription_id)
    except NotFound as none:
        failed(_("Geen PUK-code"), str(none))
        return redirect(url_for("mobile.show", subscription_id=subscription_id), 303)
    return page("mobile/subscription.html", one=one, form=_label_form(one), puk=puk)


def _label_form(one: Subscription) -> Form:
    return Form.blank(LabelForm(), label=one.label, revision=str(one.revision))
