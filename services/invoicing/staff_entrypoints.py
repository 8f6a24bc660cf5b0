"""What staff call: what is charged, the run, credit notes, payments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.invoicing.drivers.cdr import Cdr
from services.invoicing.schemas import Reply
from services.invoicing.schemas import requests as schemas
from services.invoicing.store import Store
from services.invoicing.usecases import catalogue, charging, crediting, drafting, payments, running
from services.invoicing.views import archive, staff
from shared.acting import Acting
from shared.bus import rpc

STAFF = ("staff",)


def clock() -> datetime:
    return datetime.now(UTC)


class StaffCalls:
    """Staff of the operator; a partner's staff read what is about their own customers."""

    store: Store
    cdr: Cdr

    @rpc(kinds=STAFF)
    def products(self, acting: Acting) -> list[Reply]:
        return staff.products(self.store, acting)

    @rpc(schemas.SaveProduct, kinds=STAFF)
    def save_product(self, acting: Acting, **fields: Any) -> Reply:
        return catalogue.save_product(self.store, clock, acting, **fields)

    @rpc(kinds=STAFF)
    def issuers(self, acting: Acting) -> list[Reply]:
        return staff.issuers(self.store, acting)

    @rpc(schemas.SaveIssuer, kinds=STAFF)
    def save_issuer(self, acting: Acting, **fields: Any) -> Reply:
        return catalogue.save_issuer(self.store, clock, acting, **fields)

    @rpc(schemas.CustomerId, kinds=STAFF)
    def account(self, acting: Acting, **fields: Any) -> Reply:
        return staff.account(self.store, acting, **fields)

    @rpc(schemas.SaveAccount, kinds=STAFF)
    def save_account(self, acting: Acting, **fields: Any) -> Reply:
        return catalogue.save_account(self.store, clock, acting, **fields)

    @rpc(schemas.CustomerId, kinds=STAFF)
    def charges(self, acting: Acting, **fields: Any) -> Reply:
        return staff.charges(self.store, acting, **fields)

    @rpc(schemas.AddCharge, kinds=STAFF)
    def add_charge(self, acting: Acting, **fields: Any) -> Reply:
        return charging.add_charge(self.store, clock, acting, **fields)

    @rpc(schemas.EndCharge, kinds=STAFF)
    def end_charge(self, acting: Acting, **fields: Any) -> Reply:
        return charging.end_charge(self.store, clock, acting, **fields)

    @rpc(schemas.StartRun, kinds=STAFF)
    def start_run(self, acting: Acting, **fields: Any) -> Reply:
        return running.start_run(self.store, clock, acting, **fields)

    @rpc(schemas.RunCancel, kinds=STAFF)
    def cancel_run(self, acting: Acting, **fields: Any) -> Reply:
        return running.cancel_run(self.store, clock, acting, **fields)

    @rpc(schemas.Runs, kinds=STAFF)
    def runs(self, acting: Acting, **fields: Any) -> list[Reply]:
        return staff.runs(self.store, acting, **fields)

    @rpc(schemas.Run, kinds=STAFF)
    def run(self, acting: Acting, **fields: Any) -> Reply:
        return staff.run(self.store, acting, **fields)

    @rpc(schemas.Preview, kinds=STAFF)
    def preview(self, acting: Acting, **fields: Any) -> Reply:
        return drafting.preview(self.store, self.cdr, clock, acting, **fields)

    @rpc(schemas.Credit, kinds=STAFF)
    def credit(self, acting: Acting, **fields: Any) -> Reply:
        return crediting.credit(self.store, clock, acting, **fields)

    @rpc(schemas.SetPaid, kinds=STAFF)
    def set_paid(self, acting: Acting, **fields: Any) -> Reply:
        return payments.set_paid(self.store, clock, acting, **fields)

    @rpc(schemas.DirectDebitFile, kinds=STAFF)
    def direct_debit_file(self, acting: Acting, **fields: Any) -> Reply:
        return payments.direct_debit_file(self.store, clock, acting, **fields)

    @rpc(schemas.BatchChunk, kinds=STAFF)
    def batch_chunk(self, acting: Acting, **fields: Any) -> Reply:
        return archive.batch_chunk(self.store, acting, **fields)

    @rpc(schemas.Resend, kinds=STAFF)
    def resend(self, acting: Acting, **fields: Any) -> Reply:
        return payments.resend(self.store, clock, acting, **fields)
