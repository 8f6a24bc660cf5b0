"""What others tell: users of PBXs, and phones that register. Events may come twice and in any order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from services.provisioning.domain import registrations
from services.provisioning.domain.device import LINE, Device, Person
from services.provisioning.domain.registrations import Contact
from services.provisioning.domain.texts import Unwritable
from services.provisioning.store import Changes, Store
from services.provisioning.store.changes import Overtaken
from services.provisioning.store.finding import Customer
from services.provisioning.usecases.workshop import Clock, Workshop, is_another
from shared.acting import Acting
from shared.errors import Permanent
from shared.events import CustomerChanged, Envelope, PbxLineChanged, PbxUserChanged, RegistrationChanged
from shared.events.audit import Subject
from shared.logging import get_logger
from shared.sealing import Unreadable

log = get_logger(__name__)

SETTLES = timedelta(seconds=1)
"""A PBX that is published tells of all its users at once: files are made once, after the last."""
AT_ONCE = 20
PBX = Acting(kind="service", username="pbx")


def user_changed(store: Store, workshop: Workshop, envelope: Envelope[PbxUserChanged]) -> bool:
    """Keep what a user is now; whether it was news. Files follow in :func:`refresh_due`; a user who left
    takes no calls any more at once."""
    event = envelope.data
    person = Person(
        id=event.user_id,
        customer_id=_customer(envelope.customer_id),
        revision=event.revision,
        name=event.display_name,
        extension=event.extension,
        number=event.number,
        call_waiting=event.call_waiting,
        deleted=event.deleted,
    )
    return _keep(store, workshop, person, envelope.occurred_at)


def line_changed(store: Store, workshop: Workshop, envelope: Envelope[PbxLineChanged]) -> bool:
    """As :func:`user_changed`, for a line without a PBX. A second call waits: such a line has no setting
    for it."""
    event = envelope.data
    person = Person(
        id=event.line_id,
        customer_id=_customer(envelope.customer_id),
        revision=event.revision,
        kind=LINE,
        name=event.display_name,
        extension=event.extension,
        number=event.number,
        call_waiting=True,
        deleted=event.deleted,
    )
    return _keep(store, workshop, person, envelope.occurred_at)


def _customer(customer_id: str | None) -> str:
    if not customer_id:
        raise Permanent("a user or line of no customer")
    return customer_id


def _keep(store: Store, workshop: Workshop, person: Person, at: datetime) -> bool:
    def work(changes: Changes) -> bool:
        if not changes.set_person(person):
            return False
        if person.deleted:
            for device in changes.devices_of(person):
                _unlink(changes, workshop, device)
        changes.want_refresh(person.customer_id)
        return True

    return store.in_one(at, work)


def _unlink(changes: Changes, workshop: Workshop, device: Device) -> None:
    free = msgspec.structs.replace(device, user_id="", line_id="", revision=device.revision + 1)
    changes.save(workshop.with_file(free, changes.people(device.customer_id)))
    changes.resync(free, workshop.profile(free).spec.resync)
    who = Subject(kind="device", id=device.id, name=device.label)
    field = "line_id" if device.line_id else "user_id"
    before, after = {field: device.owner_id}, {field: ""}
    changes.record(PBX, device.customer_id, "device.changed", who, before, after)


def refresh_due(store: Store, workshop: Workshop, clock: Clock) -> int:
    """Make the files that are others now, and have their phones told; how many. One process at a time: one
    that takes longer than its lease keeps nothing more once there is newer news."""
    if not store.lease.hold():  # asked for without work as well: some process is always seen to hold it
        return 0
    due = store.due(clock() - SETTLES, AT_ONCE)
    return sum(_customers(store, workshop, clock, customer_id, count) for customer_id, count in due)


def _customers(store: Store, workshop: Workshop, clock: Clock, customer_id: str, count: int) -> int:
    """Overtaken by news, it leaves the rest to the turn after that."""
    made = 0
    try:
        for another in refresh(store, workshop, clock, customer_id, count):
            made += another
        store.refreshed(customer_id, count)
    except Overtaken:
        log.info("news came while files were made", customer_id=customer_id)
    return made


def refresh(store: Store, workshop: Workshop, clock: Clock, customer_id: str, count: int) -> Iterator[bool]:
    """Per device of the customer, whether its file became another. ``count`` is how often news was said when
    this began; :class:`Overtaken` at more. People are read after the devices: what a device was made with is
    never made anew from people of before."""
    for some in store.all_of(customer_id):
        people = store.people(customer_id)
        for old in some:
            yield _safely(store, workshop, clock, old, people, count)


def _safely(
    store: Store, workshop: Workshop, clock: Clock, old: Device, people: list[Person], count: int
) -> bool:
    """One device whose file cannot be made stands in no other's way."""
    try:
        return _refreshed(store, workshop, clock, old, people, count)
    except (Unwritable, Unreadable) as problem:
        log.error("a file cannot be made", device_id=old.id, model=old.model, reason=str(problem))
        return False


def _refreshed(
    store: Store, workshop: Workshop, clock: Clock, old: Device, people: list[Person], count: int
) -> bool:
    new = workshop.with_file(old, people)
    if new.rendered is None or new.rendered == old.rendered:
        return False
    rendered, event = new.rendered, workshop.profile(new).spec.resync

    def work(changes: Changes) -> bool:
        changes.hold_news(new.customer_id, count)
        kept = changes.set_rendered(new, rendered)
        if kept and is_another(old, new):
            changes.resync(new, event)
        return kept

    return store.in_one(clock(), work)


def customer_changed(store: Store, envelope: Envelope[CustomerChanged]) -> None:
    """Keep what staff search by, and whose customer it is."""
    event = envelope.data
    store.finding.keep(
        Customer(
            id=event.customer_id,
            revision=event.revision,
            number=event.number,
            name=event.customer_name,
            parent_id=event.parent_id or "",
        )
    )


def registration_changed(store: Store, envelope: Envelope[RegistrationChanged]) -> None:
    """Keep where a phone is registered."""
    event, at = envelope.data, envelope.occurred_at
    news = Contact(
        contact=event.contact,
        state=event.state,
        at=at,
        since=at,
        cseq=event.cseq,
        expires_at=event.expires_at,
        agent=event.user_agent,
        source=event.source,
    )

    def work(changes: Changes) -> None:
        before = changes.contacts(event.sip_user)
        after = registrations.told(before, news)
        if after != before:
            changes.set_contacts(event.sip_user, after)

    store.in_one(at, work)
