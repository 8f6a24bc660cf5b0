"""The service invoicing on the bus: what customers call, and what others tell. What staff call is in
staff_entrypoints.py."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.invoicing.drivers.cdr import Cdr, CdrByRpc
from services.invoicing.schemas import Reply
from services.invoicing.schemas import requests as schemas
from services.invoicing.staff_entrypoints import StaffCalls
from services.invoicing.store import Store
from services.invoicing.usecases import listening
from services.invoicing.views import archive as views
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, listen, rpc
from shared.events import (
    CHARGES,
    ChargeRequested,
    CustomerChanged,
    Envelope,
    MailFailed,
    MailSent,
    MobileSubscriptionChanged,
)

READERS = ("user", "staff")
PRODUCERS = tuple(event.producer() for event in CHARGES)


def clock() -> datetime:
    return datetime.now(UTC)


class InvoicingService(StaffCalls, Operations):
    """See README.md for what each method takes and answers."""

    name = "invoicing"

    store: Store = Provide(Store.open)
    cdr: Cdr = Provide(CdrByRpc.from_environment)
    relay = OutboxRelay()

    @rpc(schemas.Archive, kinds=READERS)
    def archive(self, acting: Acting, **fields: Any) -> Reply:
        return views.archive(self.store, clock(), acting, **fields)

    @rpc(schemas.InvoiceId, kinds=READERS)
    def invoice(self, acting: Acting, **fields: Any) -> Reply:
        return views.invoice(self.store, clock(), acting, **fields)

    @rpc(schemas.FileInfo, kinds=READERS)
    def file_info(self, acting: Acting, **fields: Any) -> Reply:
        return views.file_info(self.store, acting, **fields)

    @rpc(schemas.FileChunk, kinds=("user", "staff", "service"))
    def file_chunk(self, acting: Acting, **fields: Any) -> Reply:
        return views.file_chunk(self.store, acting, **fields)

    @listen(CustomerChanged)
    def on_customer_changed(self, envelope: Envelope[CustomerChanged]) -> None:
        listening.customer_changed(self.store, envelope)

    @listen(MobileSubscriptionChanged)
    def on_subscription_changed(self, envelope: Envelope[MobileSubscriptionChanged]) -> None:
        listening.subscription_changed(self.store, envelope)

    @listen(ChargeRequested, producers=PRODUCERS)
    def on_charge_requested(self, envelope: Envelope[ChargeRequested]) -> None:
        listening.charge_requested(self.store, envelope)

    @listen(MailSent)
    def on_mail_sent(self, envelope: Envelope[MailSent]) -> None:
        listening.mail_sent(self.store, envelope)

    @listen(MailFailed)
    def on_mail_failed(self, envelope: Envelope[MailFailed]) -> None:
        listening.mail_failed(self.store, envelope)
