"""What one command or event reads and writes, in its transaction."""

from __future__ import annotations

import msgspec
from pymongo.errors import DuplicateKeyError

from services.provisioning.domain.device import LINE, Device, Person, Rendered
from services.provisioning.domain.registrations import Contact
from services.provisioning.store import rows
from shared import tenancy
from shared.events import DeviceChanged, ResyncRequested
from shared.ids import new_id
from shared.logging import get_logger
from shared.mongo import Document
from shared.transactions import Transaction

log = get_logger(__name__)


class Taken(Exception):
    """What must be unique is there already; ``field`` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Overtaken(Exception):
    """News came since one began to make the files of a customer anew: who reads it makes them again."""


class Changes(Transaction):
    """``at`` is the moment of the command or event."""

    service = "provisioning"

    def device(self, customer_id: str, device_id: str) -> Device | None:
        row = self._db["devices"].find_one(
            {"_id": device_id, "customer_id": customer_id}, session=self._session
        )
        return rows.device_of(row) if row else None

    def with_mac(self, customer_id: str, mac: str) -> Device | None:
        wanted = {"customer_id": customer_id, "mac": mac}
        row = self._db["devices"].find_one(wanted, session=self._session)
        return rows.device_of(row) if row else None

    def fetches_as(self, customer_id: str, config_user: str) -> bool:
        """Whether a device of the customer fetches its configuration under this name."""
        wanted = {"customer_id": customer_id, "config_user": config_user}
        return self._db["devices"].find_one(wanted, {"_id": 1}, session=self._session) is not None

    def devices_of(self, person: Person) -> list[Device]:
        field = "line_id" if person.kind == LINE else "user_id"
        wanted = {"customer_id": person.customer_id, field: person.id}
        return [rows.device_of(row) for row in self._db["devices"].find(wanted, session=self._session)]

    def people(self, customer_id: str) -> list[Person]:
        """All of a customer, for a file that is kept with this transaction. Who keeps news of one of them
        meanwhile collides with it: else a slow one would keep a file of before after the files were made
        anew, and nobody would look at it again."""
        self._db["refreshes"].update_one(
            {"_id": customer_id}, {"$inc": {"reads": 1}}, upsert=True, session=self._session
        )
        found = self._db["people"].find({"customer_id": customer_id}, session=self._session)
        return [rows.person_of(row) for row in found]

    def person(self, user_id: str) -> Person | None:
        row = self._db["people"].find_one(tenancy.own({"_id": user_id}), session=self._session)
        return rows.person_of(row) if row else None

    def add(self, device: Device) -> None:
        """Raises :class:`Taken`."""
        try:
            self._db["devices"].insert_one(rows.device_row(device), session=self._session)
        except DuplicateKeyError as problem:
            raise Taken(_field(problem)) from problem
        self.tell_device(device)

    def save(self, device: Device, told: bool = True) -> None:
        """Raises :class:`Taken`. ``told``: others hear of it; only its file is another when not."""
        row = rows.device_row(device)
        try:
            self._db["devices"].replace_one(_one(device), row, session=self._session)
        except DuplicateKeyError as problem:
            raise Taken(_field(problem)) from problem
        if told:
            self.tell_device(device)

    def remove(self, device: Device) -> None:
        self._db["devices"].delete_one(_one(device), session=self._session)
        self._db["registrations"].delete_one({"_id": device.sip_user}, session=self._session)
        gone = msgspec.structs.replace(device, revision=device.revision + 1)
        self.tell_device(gone, deleted=True)

    def hold_news(self, customer_id: str, count: int) -> None:
        """Let news of the customer's people, and who makes files after it, wait for this transaction. Raises
        :class:`Overtaken` unless ``count`` is still how often news was said."""
        wanted: Document = {"_id": customer_id, "count": count}
        held = self._db["refreshes"].update_one(wanted, {"$inc": {"reads": 1}}, session=self._session)
        if not held.matched_count:
            raise Overtaken

    def set_rendered(self, device: Device, rendered: Rendered) -> bool:
        """Keep another file; False when the device has changed meanwhile."""
        wanted = {"_id": device.id, "revision": device.revision}
        new = {"$set": {"rendered": msgspec.to_builtins(rendered)}}
        return bool(self._db["devices"].update_one(wanted, new, session=self._session).matched_count)

    def resync(self, device: Device, event: str) -> None:
        """Ask who holds its registration to tell the phone."""
        told = ResyncRequested(resync_id=new_id(), device_id=device.id, sip_user=device.sip_user, event=event)
        self.tell(device.customer_id, told)

    def set_person(self, person: Person) -> bool:
        """Keep what pbx told; False when that, or something newer, is known. Who left stays, as a mark. The
        same revision again may tell more: that of another release.

        An ID that is known of one customer is never taken for another: that one's telephones would show these
        names, and no longer be its own. It is left as it is, and logged.
        """
        known = self.person(person.id)
        if known is not None and known.customer_id != person.customer_id:
            log.error("another customer's person", person_id=person.id, customer_id=person.customer_id)
            return False
        if known is not None and (known.revision > person.revision or known == person):
            return False
        row = rows.person_row(person)
        self._db["people"].replace_one({"_id": person.id}, row, upsert=True, session=self._session)
        return True

    def want_refresh(self, customer_id: str) -> None:
        """All files of a customer may be others now; see :meth:`people`."""
        self._db["refreshes"].update_one(
            {"_id": customer_id},
            {"$set": {"since": self.at}, "$inc": {"count": 1}},
            upsert=True,
            session=self._session,
        )

    def contacts(self, sip_user: str) -> tuple[Contact, ...]:
        row = self._db["registrations"].find_one({"_id": sip_user}, session=self._session)
        return rows.contacts_of(row)

    def set_contacts(self, sip_user: str, contacts: tuple[Contact, ...]) -> None:
        row = {"_id": sip_user, "at": self.at, "contacts": rows.contact_rows(contacts)}
        self._db["registrations"].replace_one({"_id": sip_user}, row, upsert=True, session=self._session)

    def tell_device(self, device: Device, deleted: bool = False) -> None:
        """Tell others of a device as it is."""
        event = DeviceChanged(
            device_id=device.id,
            revision=device.revision,
            sip_user=device.sip_user,
            user_id=device.user_id if device.enabled else "",
            line_id=device.line_id if device.enabled else "",
            model=device.model,
            label=device.label,
            deleted=deleted,
        )
        self.tell(device.customer_id, event)


def _one(device: Device) -> Document:
    return {"_id": device.id, "customer_id": device.customer_id}


def _field(problem: DuplicateKeyError) -> str:
    details = problem.details or {}
    return str(list(details.get("keyPattern", {"?": 1}))[-1])
