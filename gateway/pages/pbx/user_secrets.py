"""*Wijzig* behind the username: another *Wachtwoord* or *Pincode* for software and apps. Never shown back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.form import Form, submit
from gateway.forms.pbx_user import PasswordForm, PinForm
from gateway.pages.acting import acting
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l


@dataclass(frozen=True)
class Secret:
    """``kind`` is pbx's word for it."""

    kind: str
    schema: type[Schema]
    label: Any
    done: Any


SECRETS = {
    "wachtwoord": Secret("password", PasswordForm, _l("Wachtwoord"), _l("Wachtwoord gewijzigd")),
    "pincode": Secret("pincode", PinForm, _l("Pincode"), _l("Pincode gewijzigd")),
}


@pages.get("/gebruikers/<id:pbx_user_id>/<any(wachtwoord, pincode):secret>")
@holders
def user_secret(pbx_user_id: str, secret: str) -> Page:
    """The form for another one."""
    return _page(pbx_user_id, secret, Form.blank(SECRETS[secret].schema()))


@pages.post("/gebruikers/<id:pbx_user_id>/<any(wachtwoord, pincode):secret>")
@holders
def set_user_secret(pbx_user_id: str, secret: str) -> Response | Page:
    """It holds at once: it is no part of the draft."""
    known(settings().config.user(pbx_user_id))

    def work(form: Form) -> Response:
        kind, value = SECRETS[secret].kind, form.values["value"]
        parts().pbx.set_secret(acting(), form.command, pbx_user_id, kind, value)
        toast(str(SECRETS[secret].done), _("Dit geldt meteen. Vul het ook in de software of app in."))
        return redirect(url_for("pbx.user", pbx_user_id=pbx_user_id), 303)

    outcome = submit(SECRETS[secret].schema(), work)
    return _page(pbx_user_id, secret, outcome, outcome) if isinstance(outcome, Form) else outcome


def _page(user_id: str, secret: str, form: Form, sent: Form | None = None) -> Page:
    it = settings()
    user = known(it.config.user(user_id))
    values = {"user": user, "shown": form, "secret": secret, "label": SECRETS[secret].label}
    return page("pbx/user_secret.html", it, "pbx.users", None, sent, **values)
