"""Making, changing and taking away devices. Each command runs once, however often it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from services.provisioning.domain import device as devices
from services.provisioning.domain.device import LINE, PASSWORD, SIP, USER, WEB, Device
from services.provisioning.domain.macs import read_mac, written
from services.provisioning.domain.passwords import broken_rules
from services.provisioning.domain.profiles import Profile
from services.provisioning.domain.texts import clean
from services.provisioning.domain.values import ADMIN
from services.provisioning.store import Changes, Store
from services.provisioning.store.changes import Taken
from services.provisioning.usecases.workshop import Clock, Workshop, is_another
from shared.acting import Acting
from shared.errors import Conflict, Invalid, NotFound
from shared.events.audit import Subject
from shared.ids import new_id
from shared.words import gettext as _

Reply = dict[str, Any]

PUBLISH_BATCH = 500


def create_device(
    store: Store,
    workshop: Workshop,
    clock: Clock,
    acting: Acting,
    customer_id: str,
    *,
    model: str,
    mac: str,
    password: str,
    label: str,
    user_id: str | None,
    line_id: str | None,
    keys: bool,
    command_id: str,
) -> Reply:
    """A new device of a customer. Invalid, with every rule of the password that is broken."""
    profile = _profile(workshop, model)
    read = _read(profile, mac, password)
    identity = _seed(customer_id, command_id)
    device_id = new_id()

    def work(changes: Changes) -> Reply:
        owner = _owner(user_id, line_id)
        _require_owner(changes, customer_id, owner)
        _refuse_known(changes, workshop, customer_id, read, None)
        config_user = _config_user(changes, customer_id, identity, device_id)
        new = _new(device_id, customer_id, changes.at, profile, config_user)
        new = msgspec.structs.replace(
            new,
            mac=read,
            label=clean(label) or profile.spec.name,
            **owner,
            keys=keys,
            secrets=_secrets(workshop, device_id, password if profile.fetches else ""),
        )
        changes.add(workshop.with_file(new, changes.people(customer_id)))
        changes.record(acting, customer_id, "device.created", _subject(new), None, _told(new))
        return {"id": device_id}

    mark = workshop.sealer.mark(password, identity)
    request = ("create_device", customer_id, model, read, label, user_id or line_id, keys, mark)
    return _unique(store, command_id, request, clock(), work)


def change_device(
    store: Store,
    workshop: Workshop,
    clock: Clock,
    acting: Acting,
    customer_id: str,
    *,
    device_id: str,
    command_id: str,
    revision: int | None = None,
    **asked: Any,
) -> Reply:
    """Change what is named of ``label``, ``mac``, ``password``, ``user_id`` or ``line_id``, ``keys``,
    ``enabled``. Invalid, NotFound, Conflict when somebody else changed it since ``revision``."""
    named = {name: value for name, value in asked.items() if value is not None}

    def work(changes: Changes) -> Reply:
        old = _existing(changes, customer_id, device_id)
        if revision is not None and revision != old.revision:
            raise Conflict(
                _("Iemand anders heeft dit toestel intussen gewijzigd. Bekijk het en probeer opnieuw.")
            )
        new = _changed(workshop, old, named)
        if new.owner_id != old.owner_id:
            _require_owner(changes, customer_id, {"user_id": new.user_id, "line_id": new.line_id})
        if new.mac != old.mac:
            _refuse_known(changes, workshop, customer_id, new.mac, device_id)
        new = workshop.with_file(new, changes.people(customer_id))
        changes.save(new)
        if is_another(old, new):
            changes.resync(new, workshop.profile(new).spec.resync)
        after = {**_told(new), **({"password": "new"} if "password" in named else {})}
        changes.record(acting, customer_id, "device.changed", _subject(new), _told(old), after)
        return {"id": device_id, "revision": new.revision}

    told = dict(named)
    if "password" in told:
        told["password"] = workshop.sealer.mark(told["password"], devices.about(device_id, PASSWORD))
    request = ("change_device", customer_id, device_id, revision, repr(sorted(told.items())))
    return _unique(store, command_id, request, clock(), work)


def remove_device(
    store: Store, clock: Clock, acting: Acting, customer_id: str, *, device_id: str, command_id: str
) -> Reply:
    """Take a device away: it may not register or fetch any more. NotFound."""

    def work(changes: Changes) -> Reply:
        old = _existing(changes, customer_id, device_id)
        changes.remove(old)
        changes.record(acting, customer_id, "device.removed", _subject(old), _told(old))
        return {"id": device_id}

    return store.once(command_id, ("remove_device", customer_id, device_id), clock(), work)


def show_secrets(
    store: Store, workshop: Workshop, clock: Clock, acting: Acting, customer_id: str, *, device_id: str
) -> Reply:
    """What must be typed in, in the clear; that somebody looked is recorded. A phone that fetches its
    configuration gets its SIP password there: nobody needs to see it. NotFound."""

    def work(changes: Changes) -> Device:
        found = _existing(changes, customer_id, device_id)
        changes.record(acting, customer_id, "device.passwords_shown", _subject(found))
        return found

    found = store.in_one(clock(), work)
    fetches = workshop.profile(found).fetches
    shown = {"password": PASSWORD, "web_password": WEB} if fetches else {"sip_password": SIP}
    plain = {field: workshop.secret(found, name) for field, name in shown.items()}
    return plain | ({"web_user": ADMIN} if fetches else {})


def republish(store: Store, clock: Clock) -> Reply:
    """Tell others of every device again, as it stands, so that a new listener learns all of them."""
    count, after = 0, ""
    while batch := store.republish(after, PUBLISH_BATCH, clock()):
        count, after = count + len(batch), batch[-1].id
    return {"events": count}


def proposal(workshop: Workshop, customer_id: str, model: str, who: str, command_id: str) -> Reply:
    """What a new device would be called and what it would fetch with, before it is made."""
    profile = _profile(workshop, model)
    name = clean(f"{profile.spec.name} {who}")
    user = devices.config_user(_seed(customer_id, command_id))
    return {"label": name, "config_user": user if profile.fetches else ""}


def _seed(customer_id: str, command_id: str) -> str:
    return f"{customer_id}|{command_id}"


def _config_user(changes: Changes, customer_id: str, identity: str, device_id: str) -> str:
    """As the form showed it. Another when a phone has it: who chooses the IDs of their commands may choose a
    colleague's, or one of long ago."""
    shown = devices.config_user(identity)
    return devices.config_user(device_id) if changes.fetches_as(customer_id, shown) else shown


def _new(device_id: str, customer_id: str, at: datetime, profile: Profile, config_user: str) -> Device:
    return Device(
        id=device_id,
        customer_id=customer_id,
        model=profile.model,
        label="",
        config_user=config_user,
        sip_user=devices.new_sip_user(),
        book=new_id(),
        created_at=at,
    )


def _secrets(workshop: Workshop, device_id: str, password: str) -> dict[str, str]:
    plain = {
        SIP: devices.new_password(devices.SIP_PASSWORD_LENGTH),
        WEB: devices.new_password(devices.WEB_PASSWORD_LENGTH),
        **({PASSWORD: password} if password else {}),
    }
    return {name: workshop.seal(device_id, name, value) for name, value in plain.items()}


def _changed(workshop: Workshop, old: Device, named: dict[str, Any]) -> Device:
    profile, named = workshop.profile(old), dict(named)
    if "mac" in named or "password" in named:
        named["mac"] = _read(profile, named.get("mac", old.mac), named.get("password"))
    secrets = dict(old.secrets)
    password = named.pop("password", None)
    if password and profile.fetches:
        secrets[PASSWORD] = workshop.seal(old.id, PASSWORD, password)
    if "label" in named:
        named["label"] = clean(named["label"]) or profile.spec.name
    if "user_id" in named or "line_id" in named:
        named |= _owner(named.get("user_id"), named.get("line_id"))
    new = msgspec.structs.replace(old, **named, secrets=secrets, revision=old.revision + 1)
    return msgspec.structs.replace(new, emptying=not new.keys and (old.keys or old.emptying))


def _profile(workshop: Workshop, model: str) -> Profile:
    if model not in workshop.profiles:
        raise Invalid(fields={"model": [_("Dit model kennen we niet. Kies er een uit de lijst.")]})
    return workshop.profiles[model]


def _read(profile: Profile, mac: str, password: str | None) -> str:
    """The MAC address; ``password`` None: it stays as it is. Invalid with all that is wrong."""
    if not profile.fetches:
        return ""
    fields: dict[str, list[str]] = {}
    read = ""
    try:
        read = read_mac(mac)
    except ValueError as problem:
        fields["mac"] = [str(problem)]
    if password is not None and (broken := broken_rules(password)):
        fields["password"] = broken
    if fields:
        raise Invalid(fields=fields)
    return read


def _owner(user_id: str | None, line_id: str | None) -> dict[str, str]:
    """Whose a device becomes: one's only. Invalid when two are named."""
    if user_id and line_id:
        raise Invalid(
            fields={"line_id": [_("Een toestel is van een gebruiker of van een lijn, niet van beide.")]}
        )
    return {"user_id": user_id or "", "line_id": line_id or ""}


def _require_owner(changes: Changes, customer_id: str, owner: dict[str, str]) -> None:
    """Invalid unless pbx told of this user or line of the customer's; nobody is always right."""
    kinds = {"user_id": USER, "line_id": LINE}
    unknown = {
        "user_id": _("Deze gebruiker kennen we hier nog niet. Probeer het over een minuut opnieuw."),
        "line_id": _("Deze lijn kennen we hier nog niet. Probeer het over een minuut opnieuw."),
    }
    for field, who in owner.items():
        person = changes.person(who) if who else None
        is_there = person is not None and not person.deleted and person.kind == kinds[field]
        if who and not (is_there and person is not None and person.customer_id == customer_id):
            raise Invalid(fields={field: [unknown[field]]})


def _refuse_known(changes: Changes, workshop: Workshop, customer_id: str, mac: str, own: str | None) -> None:
    other = changes.with_mac(customer_id, mac) if mac else None
    if other is not None and other.id != own:
        sentence = _(
            "%(mac)s is al van uw toestel %(label)s (%(model)s). Wijzig of verwijder dat eerst.",
            mac=written(mac),
            label=other.label,
            model=workshop.profile(other).spec.name,
        )
        raise Invalid(fields={"mac": [sentence]})


def _existing(changes: Changes, customer_id: str, device_id: str) -> Device:
    found = changes.device(customer_id, device_id)
    if found is None:
        raise NotFound()
    return found


def _unique(store: Store, command_id: str, request: tuple[object, ...], at: datetime, work: Any) -> Reply:
    """What another took in the same moment is said as if it had been there before."""
    try:
        return store.once(command_id, request, at, work)
    except Taken as problem:
        if problem.field == "mac":
            raise Invalid(fields={"mac": [_("Dit MAC-adres is al van een van uw toestellen.")]}) from None
        raise Conflict() from None


def _subject(device: Device) -> Subject:
    return Subject(kind="device", id=device.id, name=device.label)


def _told(device: Device) -> dict[str, Any]:
    """What the audit log is told; nothing that is secret."""
    return {
        "model": device.model,
        "label": device.label,
        "mac": device.mac,
        "user_id": device.user_id,
        **({"line_id": device.line_id} if device.line_id else {}),
        "colleagues": device.keys,
        "enabled": device.enabled,
    }
