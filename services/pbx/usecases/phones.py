"""Whose telephones are, as provisioning tells."""

from __future__ import annotations

from msgspec import structs

from services.pbx.domain import parts
from services.pbx.domain.config import Config
from services.pbx.domain.parts import Part
from services.pbx.domain.settings import Change, Edit, Which, changed
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import store as store_settings
from shared.acting import Acting
from shared.errors import Permanent
from shared.events import DeviceChanged, Envelope

PROVISIONING = Acting(kind="service", username="provisioning")


def device_changed(store: Store, envelope: Envelope[DeviceChanged]) -> bool:
    """Keep whose calls a SIP user makes and takes; whether it was news. Events may come twice and late."""
    event, customer = envelope.data, envelope.customer_id
    if customer is None:
        raise Permanent("the event names no customer")
    owner = f"user:{event.user_id}" if event.user_id else f"line:{event.line_id}" if event.line_id else ""

    def work(changes: Changes) -> bool:
        news = changes.place_phone(
            event.sip_user, customer, event.device_id, owner, event.revision, event.deleted
        )
        if news:
            changes.touch(customer)  # of two telephones at once the second sees the first
            _show(changes, customer, event)
        return news

    return store.in_one(envelope.occurred_at, work)


def _show(changes: Changes, customer_id: str, event: DeviceChanged) -> None:
    """Have the users' settings name their devices: at once and not by way of a draft, since a telephone that
    is set up works from then on."""
    old = new = changes.settings(customer_id)
    for user in old.config(Which.PUBLISHED).users:
        if user.id != event.user_id and user.device != event.device_id:
            continue
        device = changes.device_of(customer_id, f"user:{user.id}")
        if device != user.device:
            change = Change(parts.key_of(Part.USER, user.id), _edit(user.id, device), at_once=True)
            new = changed(new, change, changes.at)
    if new is not old:
        store_settings(changes, PROVISIONING, old, new)


def _edit(user_id: str, device: str | None) -> Edit:
    def edit(config: Config) -> Config:
        user = parts.element(config, Part.USER, user_id)
        return parts.replaced(config, Part.USER, user_id, structs.replace(user, device=device))

    return edit
