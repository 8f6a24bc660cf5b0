"""The service provisioning on the bus. What phones ask comes in by HTTP: see listener/."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from nameko.timer import timer

from services.provisioning import schemas, views
from services.provisioning.store import Store
from services.provisioning.usecases import devices, following, resealing
from services.provisioning.usecases.workshop import Workshop
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, listen, rpc
from shared.events import CustomerChanged, Envelope, PbxLineChanged, PbxUserChanged, RegistrationChanged
from shared.logging import get_logger
from shared.mongo import is_down

log = get_logger(__name__)

Reply = dict[str, Any]

USER, STAFF = ("user",), ("staff",)
ROLE = "settings"
REFRESH_SECONDS = 1


def clock() -> datetime:
    return datetime.now(UTC)


def customer_of(acting: Acting) -> str:
    """The user's customer; Forbidden without the role *Instellingen wijzigen*."""
    customer = acting.require_customer()
    acting.require(ROLE)
    return customer


class ProvisioningService(Operations):
    """See README.md for what each method takes and answers."""

    name = "provisioning"

    store: Store = Provide(Store.open)
    workshop: Workshop = Provide(Workshop.from_environment)
    relay = OutboxRelay()

    @rpc(kinds=USER)
    def models(self, acting: Acting) -> Reply:
        return views.models(self.workshop)

    @rpc(schemas.Devices, kinds=USER)
    def devices(self, acting: Acting, **fields: Any) -> Reply:
        return views.devices(self.store, self.workshop, clock(), customer_of(acting), **fields)

    @rpc(schemas.OneDevice, kinds=USER)
    def device(self, acting: Acting, **fields: Any) -> Reply:
        return views.device(self.store, self.workshop, clock(), customer_of(acting), **fields)

    @rpc(schemas.OneDevice, kinds=USER)
    def device_values(self, acting: Acting, **fields: Any) -> Reply:
        return dict(views.device(self.store, self.workshop, clock(), customer_of(acting), **fields)["values"])

    @rpc(schemas.Proposal, kinds=USER)
    def new_device(self, acting: Acting, model: str, who: str, command_id: str) -> Reply:
        customer = customer_of(acting)
        found = devices.proposal(self.workshop, customer, model, who, command_id)
        return views.proposed(self.workshop, model, found)

    @rpc(schemas.CreateDevice, kinds=USER)
    def create_device(self, acting: Acting, **fields: Any) -> Reply:
        customer = customer_of(acting)
        return devices.create_device(self.store, self.workshop, clock, acting, customer, **fields)

    @rpc(schemas.ChangeDevice, kinds=USER)
    def change_device(self, acting: Acting, **fields: Any) -> Reply:
        customer = customer_of(acting)
        return devices.change_device(self.store, self.workshop, clock, acting, customer, **fields)

    @rpc(schemas.RemoveDevice, kinds=USER)
    def remove_device(self, acting: Acting, **fields: Any) -> Reply:
        return devices.remove_device(self.store, clock, acting, customer_of(acting), **fields)

    @rpc(schemas.OneDevice, kinds=USER)
    def show_secrets(self, acting: Acting, **fields: Any) -> Reply:
        customer = customer_of(acting)
        return devices.show_secrets(self.store, self.workshop, clock, acting, customer, **fields)

    @rpc(schemas.AddDevice, kinds=STAFF)
    def add_device(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return devices.create_device(self.store, self.workshop, clock, acting, customer_id, **fields)

    @rpc(schemas.StaffPage, kinds=STAFF)
    def devices_of(self, acting: Acting, customer_id: str | None, **fields: Any) -> Reply:
        if customer_id is None:
            acting.require_staff()
        else:
            acting.require_staff_for(customer_id)
        return views.devices(self.store, self.workshop, clock(), customer_id, **fields)

    @rpc(schemas.Search, kinds=STAFF)
    def find_devices(self, acting: Acting, customer_id: str | None, **fields: Any) -> Reply:
        return views.found_devices(
            self.store, self.workshop, clock(), self._sight_of(acting, customer_id), **fields
        )

    def _sight_of(self, acting: Acting, customer_id: str | None) -> list[str] | None:
        """Whose telephones this colleague may see: of one customer, of the partner's own, or None: all."""
        if customer_id is not None:
            acting.require_staff_for(customer_id)
            return [customer_id]
        partner = acting.require_console()
        return self.store.finding.of_partner(partner) if partner else None

    @rpc(kinds=STAFF)
    def known_models(self, acting: Acting) -> Reply:
        return views.models(self.workshop)

    @rpc(schemas.OneModel, kinds=STAFF)
    def preview(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return views.preview(self.workshop, **fields)

    @rpc(schemas.Reseal, kinds=STAFF)
    def reseal(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return resealing.reseal(self.store, self.workshop, **fields)

    @rpc(kinds=STAFF)
    def republish(self, acting: Acting) -> Reply:
        acting.require_staff()
        return devices.republish(self.store, clock)

    @listen(CustomerChanged)
    def on_customer_changed(self, envelope: Envelope[CustomerChanged]) -> None:
        following.customer_changed(self.store, envelope)

    @listen(PbxUserChanged)
    def on_user_changed(self, envelope: Envelope[PbxUserChanged]) -> None:
        following.user_changed(self.store, self.workshop, envelope)

    @listen(PbxLineChanged)
    def on_line_changed(self, envelope: Envelope[PbxLineChanged]) -> None:
        following.line_changed(self.store, self.workshop, envelope)

    @listen(RegistrationChanged)
    def on_registration_changed(self, envelope: Envelope[RegistrationChanged]) -> None:
        following.registration_changed(self.store, envelope)

    @timer(interval=REFRESH_SECONDS)
    def refresh(self) -> None:
        try:
            following.refresh_due(self.store, self.workshop, clock)
        except Exception as problem:
            if not is_down(problem):
                raise
            log.warning("files wait", reason=type(problem).__name__)
