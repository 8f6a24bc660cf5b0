"""What pages and staff read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.provisioning.domain import rendering
from services.provisioning.domain.device import Device, Person
from services.provisioning.domain.finding import sought
from services.provisioning.domain.instructions import where
from services.provisioning.domain.macs import written
from services.provisioning.domain.profiles import Profile
from services.provisioning.domain.registrations import Registration, state_of
from services.provisioning.domain.values import FILE_NAMES
from services.provisioning.store import Store
from services.provisioning.usecases.workshop import Workshop
from shared.errors import NotFound

Reply = dict[str, Any]


def models(workshop: Workshop) -> Reply:
    """All models by vendor; what fetches nothing comes last."""
    rows = [
        {
            "model": model,
            "vendor": profile.spec.vendor,
            "name": profile.spec.name,
            "fetches": profile.fetches,
            "keys": profile.spec.keys.count,
        }
        for model, profile in workshop.profiles.items()
    ]
    return {"rows": sorted(rows, key=lambda row: (not row["fetches"], row["vendor"], row["name"]))}


def devices(
    store: Store,
    workshop: Workshop,
    now: datetime,
    customer_id: str | None,
    after: str | None,
    limit: int,
    user_id: str | None = None,
    line_id: str | None = None,
) -> Reply:
    """A page of devices, of one customer or of all; of one user or line, with "" of nobody."""
    found = store.devices(customer_id, after, limit, user_id, line_id)
    return {
        "rows": _rows(store, workshop, now, found),
        "next": found[-1].id if len(found) == limit else None,
    }


def _rows(store: Store, workshop: Workshop, now: datetime, found: Sequence[Device]) -> list[Reply]:
    contacts = store.contacts(device.sip_user for device in found)
    people = store.people_with(device.owner_id for device in found if device.owner_id)
    return [
        _row(workshop, device, people.get(device.owner_id), state_of(contacts.get(device.sip_user, ()), now))
        for device in found
    ]


def found_devices(
    store: Store,
    workshop: Workshop,
    now: datetime,
    customer_ids: Sequence[str] | None,
    query: str,
    state: str | None,
    after: str | None,
    limit: int,
) -> Reply:
    """A page of all telephones of these customers (None: everybody's) for staff, the newest first."""
    found = store.finding.devices(customer_ids, sought(query), state, now, after, limit)
    rows = _rows(store, workshop, now, found)
    customers = store.finding.customers([device.customer_id for device in found])
    for row in rows:
        customer = customers.get(row["customer_id"])
        row["customer_name"] = customer.name if customer else ""
        row["customer_number"] = customer.number if customer else 0
    return {"rows": rows, "next": found[-1].id if len(found) == limit else None}


def device(store: Store, workshop: Workshop, now: datetime, customer_id: str, device_id: str) -> Reply:
    """One of a customer's devices, with what must be typed into it. NotFound."""
    found = store.device(customer_id, device_id)
    if found is None:
        raise NotFound()
    contacts = store.contacts([found.sip_user])
    person = store.person(found.owner_id) if found.owner_id else None
    state = state_of(contacts.get(found.sip_user, ()), now)
    return {**_row(workshop, found, person, state), "values": values(workshop, found)}


def values(workshop: Workshop, device: Device) -> Reply:
    """What is typed into the phone; the passwords only by ``show_secrets``."""
    profile, site = workshop.profile(device), workshop.site
    if profile.fetches:
        return {
            "url": url(workshop, profile, device.mac),
            "config_user": device.config_user,
            "where": where(profile.family),
        }
    return {
        "server": site.sip_host,
        "port": str(site.sip_port),
        "transport": site.transport.upper(),
        "sip_user": device.sip_user,
        "realm": site.realm,
    }


def url(workshop: Workshop, profile: Profile, mac: str) -> str:
    """The address that is typed into a phone of this model."""
    values = dict.fromkeys(FILE_NAMES, "")
    return profile.url.fill({**values, "base": workshop.site.base, "mac": mac, "mac_upper": mac.upper()})


def proposed(workshop: Workshop, model: str, found: Reply) -> Reply:
    """What a form for a new device shows."""
    profile = workshop.profiles[model]
    address = url(workshop, profile, "") if profile.fetches else ""
    return {
        **found,
        "model": model,
        "model_name": profile.spec.name,
        "vendor": profile.spec.vendor,
        "fetches": profile.fetches,
        "keys": profile.spec.keys.count,
        "url": address,
        "where": where(profile.family) if profile.fetches else "",
    }


def preview(workshop: Workshop, model: str) -> Reply:
    """What a phone of this model would get, with invented values."""
    profile = workshop.profiles.get(model)
    if profile is None:
        raise NotFound()
    file = next((f.source for f in profile.files if f.role == "config"), "")
    people = sample_people()
    return {
        "model": model,
        "name": profile.spec.name,
        "file": file,
        "challenge": list(next((f.challenge for f in profile.files if f.role == "config"), ())),
        "resync": profile.spec.resync,
        "url": url(workshop, profile, SAMPLE.mac),
        "text": sample(workshop, profile, people) if profile.fetches else "",
        "phonebook": rendering.phonebook(profile, people),
    }


def sample(workshop: Workshop, profile: Profile, people: Sequence[Person]) -> str:
    passwords = ("SIP-PASSWORD", "WEB-PASSWORD")
    return rendering.configuration(profile, workshop.site, SAMPLE, people, *passwords)


SAMPLE = Device(
    id="0" * 32,
    customer_id="0" * 32,
    model="",
    label="Balie",
    config_user="1234567890",
    sip_user="abcdefghjkmn",
    book="0" * 32,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    mac="001a2b3c4d5e",
    user_id="201",
)


def sample_people() -> list[Person]:
    names = {"201": "Balie", "202": "Verkoop 1", "203": "Verkoop 2"}
    return [
        Person(id=extension, customer_id="", revision=1, name=name, extension=extension, call_waiting=True)
        for extension, name in names.items()
    ]


def _row(workshop: Workshop, device: Device, person: Person | None, state: Registration) -> Reply:
    profile, fetched = workshop.profile(device), device.fetched
    return {
        "id": device.id,
        "customer_id": device.customer_id,
        "model": device.model,
        "model_name": profile.spec.name,
        "vendor": profile.spec.vendor,
        "fetches": profile.fetches,
        "key_count": profile.spec.keys.count,
        "label": device.label,
        "mac": written(device.mac),
        "config_user": device.config_user if profile.fetches else "",
        "user_id": device.user_id,
        "user_name": person.name if person and device.user_id else "",
        "line_id": device.line_id,
        "line_name": person.name if person and device.line_id else "",
        "number": person.number if person else "",
        "extension": person.extension if person else "",
        "keys": device.keys,
        "enabled": device.enabled,
        "revision": device.revision,
        "created_at": _moment(device.created_at),
        "state": {
            "fetched_at": _moment(fetched.at) if fetched else None,
            "fetched_from": fetched.address if fetched else "",
            "agent": fetched.agent if fetched else "",
            "agent_fits": fetched is None or profile.of_family(fetched.agent),
            "up_to_date": bool(fetched and device.rendered and fetched.etag == device.rendered.etag),
            "registered": state.registered,
            "since": _moment(state.since),
            "last_seen": _moment(state.last_seen),
            "registered_from": state.source,
        },
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
