"""*Toestel* of a PBX user (manual 6.6): choose one or make one, change it, and what is typed into it.

A telephone has no draft: it works, and stops, from the moment that it is set up or taken away.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.devices import ChoiceForm, change_form, new_form
from gateway.forms.filled import read
from gateway.forms.form import COMMAND, ID_CHARACTERS, ID_LENGTH, Form, command_id, submit
from gateway.models.devices import Device, DeviceRow, Model, Passwords
from gateway.models.part import Part
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import PbxUser
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.pbx.frame import Page, holders, page, pages, settings
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Conflict, NotFound, Unavailable

TAB = "pbx.users"


@dataclass(frozen=True)
class Vendor:
    """A vendor and its models, as the list groups them."""

    name: str
    models: tuple[Model, ...]


def of_user(user_id: str) -> Part[list[DeviceRow]]:
    """A user's devices, for the user's page: which stands without them."""

    def ask() -> list[DeviceRow]:
        try:
            return parts().devices.of_user(acting(), user_id)
        except NotFound as problem:  # of the method itself: a release that knows no devices
            raise Unavailable() from problem

    return Part.ask(ask)


@pages.get("/gebruikers/<id:pbx_user_id>/toestel")
@holders
def choose_device(pbx_user_id: str) -> Page:
    """An existing device, or *Nieuw toestel*: which model."""
    it = settings()
    user = known(it.config.user(pbx_user_id))
    return page(
        "pbx/device_choose.html",
        it,
        TAB,
        user=user,
        free=parts().devices.of_user(acting(), ""),
        vendors=_vendors(parts().devices.models(acting())),
    )


@pages.post("/gebruikers/<id:pbx_user_id>/toestel")
@holders
def give_device(pbx_user_id: str) -> Response:
    """Give the user a device that is nobody's."""
    user = known(settings().config.user(pbx_user_id))

    def work(command: str) -> None:
        device_id = request.form.get("toestel", "")
        parts().devices.change(acting(), command, _plausible(device_id), user_id=pbx_user_id)
        toast(_("Toestel gekoppeld"), _("Het is vanaf nu het toestel van %(name)s.", name=user.name))

    return at_once(work, _("Niet gekoppeld"), _back(pbx_user_id))


@pages.get("/gebruikers/<id:pbx_user_id>/toestel/nieuw")
@holders
def new_device(pbx_user_id: str) -> Page | Response:
    """*Nieuw toestel* of the model in the address: its name, configuration username and URL, and what to
    fill in."""
    it = settings()
    user, model = known(it.config.user(pbx_user_id)), _model()
    if model is None:
        return redirect(url_for("pbx.choose_device", pbx_user_id=pbx_user_id), 303)
    form = Form.blank(new_form(model.fetches, bool(model.keys)), keys="1")
    return _new_page(it, user, model, form)


@pages.post("/gebruikers/<id:pbx_user_id>/toestel/nieuw")
@holders
def create_device(pbx_user_id: str) -> Response | Page:
    """*Aanmaken*."""
    user, model = known(settings().config.user(pbx_user_id)), known(_model())

    def work(form: Form) -> Response:
        values = {**form.values, "model": model.model, "user_id": pbx_user_id}
        device_id = parts().devices.create(acting(), form.command, values)
        said = _("Vul nu in het toestel in wat hieronder staat.") if model.fetches else ""
        toast(_("Toestel aangemaakt"), said)
        return redirect(url_for("pbx.device", device_id=device_id), 303)

    outcome = submit(new_form(model.fetches, bool(model.keys)), work)
    if isinstance(outcome, Response):
        return outcome
    return _new_page(settings(), user, model, outcome, outcome)


@pages.get("/toestellen/<id:device_id>")
@holders
def device(device_id: str) -> Page:
    """*Edit*: its fields, how it is, and what is typed into it."""
    found = parts().devices.device(acting(), device_id)
    form = Form.blank(_form_of(found), label=found.label, mac=found.mac, keys="1" if found.keys else "")
    return _device_page(found, form)


@pages.post("/toestellen/<id:device_id>")
@holders
def change_device(device_id: str) -> Response | Page:
    """Change it."""
    found = parts().devices.device(acting(), device_id)

    def work(form: Form) -> Response:
        values = {name: value for name, value in form.values.items() if name != "password" or value}
        parts().devices.change(acting(), form.command, device_id, **values, revision=_revision())
        if values.get("password"):
            toast(
                _("Opgeslagen"),
                _("Vul het nieuwe wachtwoord ook in het toestel in: het oude werkt niet meer."),
            )
        else:
            toast(_("Opgeslagen"), _("Het toestel haalt zijn nieuwe configuratie vanzelf op."))
        return redirect(url_for("pbx.device", device_id=device_id), 303)

    outcome = submit(_form_of(found), work)
    return outcome if isinstance(outcome, Response) else _device_page(found, outcome, outcome)


@pages.post("/toestellen/<id:device_id>/wachtwoorden")
@holders
def show_passwords(device_id: str) -> Page:
    """What is typed in, with the passwords; who looked is in the log."""
    passwords = parts().devices.passwords(acting(), device_id)
    found = parts().devices.device(acting(), device_id)
    form = Form.blank(_form_of(found), label=found.label, mac=found.mac, keys="1" if found.keys else "")
    html, status, headers = _device_page(found, form, passwords=passwords)
    return html, status, {**headers, "Cache-Control": "no-store"}


@pages.post("/toestellen/<id:device_id>/los")
@holders
def free_device(device_id: str) -> Response:
    """Make it nobody's: it stays, and can be given to somebody else."""
    found = parts().devices.device(acting(), device_id)

    def work(command: str) -> None:
        parts().devices.change(acting(), command, device_id, user_id="")
        toast(
            _("Toestel losgekoppeld"),
            _("%(label)s belt niet meer tot u het iemand geeft.", label=found.label),
        )

    return at_once(work, _("Niet losgekoppeld"), _back(found.user_id))


@pages.get("/toestellen/<id:device_id>/verwijder")
@holders
def ask_remove_device(device_id: str) -> Page:
    """What goes."""
    found = parts().devices.device(acting(), device_id)
    return page("pbx/device_remove.html", settings(), TAB, device=found, back=_back(found.user_id))


@pages.post("/toestellen/<id:device_id>/verwijder")
@holders
def remove_device(device_id: str) -> Response:
    """Take it away."""
    found = parts().devices.device(acting(), device_id)
    parts().devices.remove(acting(), command_id(request.form.get(COMMAND, "")), device_id)
    toast(_("Toestel verwijderd"), _("%(label)s kan niet meer bellen.", label=found.label))
    return redirect(_back(found.user_id), 303)


def _new_page(it: Pbx, user: PbxUser, model: Model, form: Form, sent: Form | None = None) -> Page:
    proposal = parts().devices.proposal(acting(), model.model, user.name, form.command)
    return page(
        "pbx/device_new.html", it, TAB, None, sent, user=user, model=model, shown=form, proposal=proposal
    )


def _device_page(
    found: Device, form: Form, sent: Form | None = None, passwords: Passwords | None = None
) -> Page:
    it = settings()
    return page(
        "pbx/device.html",
        it,
        TAB,
        None,
        sent,
        device=found,
        user=it.config.user(found.user_id) if found.user_id else None,
        shown=form,
        passwords=passwords,
        back=_back(found.user_id),
    )


def _form_of(found: Device) -> Schema:
    return change_form(found.fetches, bool(found.key_count))


def _vendors(models: list[Model]) -> list[Vendor]:
    names = dict.fromkeys(model.vendor for model in models)
    return [Vendor(name, tuple(m for m in models if m.vendor == name)) for name in names]


def _model() -> Model | None:
    """The model in the address; None when there is none such."""
    wanted = read(ChoiceForm(), request.args).values.get("model", "")
    return next((m for m in parts().devices.models(acting()) if m.model == wanted), None)


def _revision() -> int | None:
    sent = request.form.get("revisie", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def _plausible(device_id: str) -> str:
    """Raises Conflict for what cannot be an ID."""
    if len(device_id) != ID_LENGTH or not ID_CHARACTERS.issuperset(device_id):
        raise Conflict(_("Kies een toestel uit de lijst."))
    return device_id


def _back(user_id: str) -> str:
    """The page one came from: the user's, at *Toestel*."""
    if not user_id:
        return url_for(TAB)
    return url_for("pbx.user", pbx_user_id=user_id, _anchor="toestel")
