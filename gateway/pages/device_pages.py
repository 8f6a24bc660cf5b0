"""*Toestel* (manual 6.6), written once for users of the PBX and for lines: choose a telephone or make one,
change it, and what is typed into it.

A telephone has no draft: it works, and stops, from the moment that it is set up or taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.devices import ChoiceForm, change_form, new_form
from gateway.forms.filled import read
from gateway.forms.form import COMMAND, ID_CHARACTERS, ID_LENGTH, Form, command_id, submit
from gateway.models.devices import Device, DeviceRow, Model, Owner, Passwords
from gateway.models.part import Part
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import Line, PbxUser
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.confirming import SECRET, confirmed
from gateway.pages.pbx.frame import Page
from gateway.pages.together import submit_together
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Conflict, NotFound, Unavailable


@dataclass(frozen=True)
class Area:
    """Where the pages stand. ``path`` is the address of whose telephone it is, with the ID in ``argument``;
    ``field`` is provisioning's name of it; ``people`` are those who can have one; ``draw(template, it, owner,
    form, **values)`` puts a page in the area's frame; ``home`` is the page for who comes from nobody's."""

    pages: Blueprint
    rule: Callable[[Any], Any]
    path: str
    argument: str
    field: str
    layout: str
    home: str
    show: str
    settings: Callable[[], Pbx]
    people: Callable[[Pbx], Iterable[PbxUser | Line]]
    name: Callable[[Any], str]
    draw: Callable[..., Page]

    def url(self, view: str, **values: Any) -> str:
        return url_for(f"{self.pages.name}.{view}", **values)

    def of(self, view: str, owner_id: str, **values: Any) -> str:
        """A page about telephones of one owner."""
        return self.url(view, **{self.argument: owner_id}, **values)

    def back(self, owner_id: str) -> str:
        """The page one came from: the owner's, at *Toestel*."""
        return self.of(self.show, owner_id, _anchor="toestel") if owner_id else url_for(self.home)

    def owner(self, it: Pbx, owner_id: str) -> Owner:
        """Raises NotFound."""
        found = next((one for one in self.people(it) if one.id == owner_id), None)
        return Owner(owner_id, self.name(known(found)))

    def device(self, device_id: str) -> Device:
        """Raises NotFound, also for a telephone of the other area."""
        found = parts().devices.device(acting(), device_id)
        if found.owner_id and not getattr(found, self.field):
            raise NotFound()
        return found


@dataclass(frozen=True)
class Vendor:
    """A vendor and its models, as the list groups them."""

    name: str
    models: tuple[Model, ...]


def install(area: Area) -> None:
    """Put the pages in an area."""
    one = "/toestellen/<id:device_id>"
    for path, method, view in (
        (area.path, "GET", choose_device),
        (area.path, "POST", give_device),
        (f"{area.path}/nieuw", "GET", new_device),
        (f"{area.path}/nieuw", "POST", create_device),
        (one, "GET", device),
        (one, "POST", change_device),
        (f"{one}/wachtwoorden", "POST", show_passwords),
        (f"{one}/los", "POST", free_device),
        (f"{one}/verwijder", "GET", ask_remove_device),
        (f"{one}/verwijder", "POST", remove_device),
    ):
        shown = area.rule(_of(area, view))
        area.pages.add_url_rule(path, view.__name__, shown, methods=[method])


def _of(area: Area, view: Callable[..., Any]) -> Callable[..., Any]:
    def shown(**known_ids: str) -> Any:
        return view(area, *known_ids.values())

    return shown


def of_owner(area: Area, owner_id: str) -> Part[list[DeviceRow]]:
    """An owner's devices, for the owner's page: which stands without them."""

    def ask() -> list[DeviceRow]:
        try:
            return parts().devices.of(acting(), **{area.field: owner_id})
        except NotFound as problem:  # of the method itself: a release that knows no devices
            raise Unavailable() from problem

    return Part.ask(ask)


def choose_device(area: Area, owner_id: str) -> Page:
    """An existing device, or *Nieuw toestel*: which model."""
    it = area.settings()
    owner = area.owner(it, owner_id)
    free = parts().devices.of(acting(), **{area.field: ""})
    vendors = _vendors(parts().devices.models(acting()))
    return area.draw("devices/choose.html", it, owner, None, area=area, free=free, vendors=vendors)


def give_device(area: Area, owner_id: str) -> Response:
    """Give the owner a device that is nobody's."""
    owner = area.owner(area.settings(), owner_id)

    def work(command: str) -> None:
        device_id = _plausible(request.form.get("toestel", ""))
        parts().devices.change(acting(), command, device_id, **{area.field: owner_id})
        toast(_("Toestel gekoppeld"), _("Het is vanaf nu het toestel van %(name)s.", name=owner.name))

    return at_once(work, _("Niet gekoppeld"), area.back(owner_id))


def new_device(area: Area, owner_id: str) -> Page | Response:
    """*Nieuw toestel* of the model in the address: its name, configuration username and URL, and what to
    fill in."""
    it = area.settings()
    owner, model = area.owner(it, owner_id), _model()
    if model is None:
        return redirect(area.of("choose_device", owner_id), 303)
    form = Form.blank(new_form(model.fetches, bool(model.keys)), keys="1")
    return _new_page(area, it, owner, model, form)


def create_device(area: Area, owner_id: str) -> Response | Page:
    """*Aanmaken*."""
    owner, model = area.owner(area.settings(), owner_id), known(_model())

    def work(form: Form) -> Response:
        values = {**form.values, "model": model.model, area.field: owner_id}
        device_id = parts().devices.create(acting(), form.command, values)
        said = _("Vul nu in het toestel in wat hieronder staat.") if model.fetches else ""
        toast(_("Toestel aangemaakt"), said)
        return redirect(area.url("device", device_id=device_id), 303)

    outcome = submit(new_form(model.fetches, bool(model.keys)), work)
    if isinstance(outcome, Response):
        return outcome
    return _new_page(area, area.settings(), owner, model, outcome, outcome)


def device(area: Area, device_id: str) -> Page:
    """*Edit*: its fields, how it is, and what is typed into it."""
    found = area.device(device_id)
    return _device_page(area, found, _filled(found))


def change_device(area: Area, device_id: str) -> Response | Page:
    """Change it."""
    found = area.device(device_id)

    def work(form: Form, base: int | None) -> Response:
        values = {name: value for name, value in form.values.items() if name != "password" or value}
        parts().devices.change(acting(), form.command, device_id, **values, revision=base)
        if values.get("password"):
            toast(
                _("Opgeslagen"),
                _("Vul het nieuwe wachtwoord ook in het toestel in: het oude werkt niet meer."),
            )
        else:
            toast(_("Opgeslagen"), _("Het toestel haalt zijn nieuwe configuratie vanzelf op."))
        return redirect(area.url("device", device_id=device_id), 303)

    def now() -> tuple[Form, int]:
        there = area.device(device_id)
        return _filled(there), there.revision

    outcome = submit_together(_form_of(found), work, now)
    return outcome if isinstance(outcome, Response) else _device_page(area, found, outcome, outcome)


@confirmed(SECRET)
def show_passwords(area: Area, device_id: str) -> Page:
    """What is typed in, with the passwords; who looked is in the log."""
    found = area.device(device_id)
    passwords = parts().devices.passwords(acting(), device_id)
    html, status, headers = _device_page(area, found, _filled(found), passwords=passwords)
    return html, status, {**headers, "Cache-Control": "no-store"}


def free_device(area: Area, device_id: str) -> Response:
    """Make it nobody's: it stays, and can be given to somebody else."""
    found = area.device(device_id)

    def work(command: str) -> None:
        parts().devices.change(acting(), command, device_id, **{area.field: ""})
        toast(
            _("Toestel losgekoppeld"),
            _("%(label)s belt niet meer tot u het iemand geeft.", label=found.label),
        )

    return at_once(work, _("Niet losgekoppeld"), area.back(found.owner_id))


def ask_remove_device(area: Area, device_id: str) -> Page:
    """What goes."""
    found, it = area.device(device_id), area.settings()
    return area.draw("devices/remove.html", it, _owner_of(area, it, found), None, area=area, device=found)


def remove_device(area: Area, device_id: str) -> Response:
    """Take it away."""
    found = area.device(device_id)
    parts().devices.remove(acting(), command_id(request.form.get(COMMAND, "")), device_id)
    toast(_("Toestel verwijderd"), _("%(label)s kan niet meer bellen.", label=found.label))
    return redirect(area.back(found.owner_id), 303)


def _new_page(area: Area, it: Pbx, owner: Owner, model: Model, form: Form, sent: Form | None = None) -> Page:
    proposal = parts().devices.proposal(acting(), model.model, owner.name, form.command)
    return area.draw(
        "devices/new.html", it, owner, sent, area=area, model=model, shown=form, proposal=proposal
    )


def _device_page(
    area: Area, found: Device, form: Form, sent: Form | None = None, passwords: Passwords | None = None
) -> Page:
    it = area.settings()
    return area.draw(
        "devices/one.html",
        it,
        _owner_of(area, it, found),
        sent,
        area=area,
        device=found,
        shown=form,
        passwords=passwords,
        back=area.back(found.owner_id),
    )


def _owner_of(area: Area, it: Pbx, found: Device) -> Owner | None:
    """Whose it is; None for nobody's, and for who is no more in what the page shows."""
    try:
        return area.owner(it, found.owner_id) if found.owner_id else None
    except NotFound:
        return None


def _filled(found: Device) -> Form:
    return Form.blank(_form_of(found), label=found.label, mac=found.mac, keys="1" if found.keys else "")


def _form_of(found: Device) -> Schema:
    return change_form(found.fetches, bool(found.key_count))


def _vendors(models: list[Model]) -> list[Vendor]:
    names = dict.fromkeys(model.vendor for model in models)
    return [Vendor(name, tuple(m for m in models if m.vendor == name)) for name in names]


def _model() -> Model | None:
    """The model in the address; None when there is none such."""
    wanted = read(ChoiceForm(), request.args).values.get("model", "")
    return next((m for m in parts().devices.models(acting()) if m.model == wanted), None)


def _plausible(device_id: str) -> str:
    """Raises Conflict for what cannot be an ID."""
    if len(device_id) != ID_LENGTH or not ID_CHARACTERS.issuperset(device_id):
        raise Conflict(_("Kies een toestel uit de lijst."))
    return device_id
