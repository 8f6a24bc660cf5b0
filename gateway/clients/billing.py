"""invoicing: what staff set up and do. Partners read what is of their own customers."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.clients import Rpc
from gateway.clients.invoices import plain
from gateway.models.billing import Account, Charges, Issuer, Product, Run
from gateway.models.invoices import Preview
from gateway.models.part import convert
from shared.acting import Acting

RECENT = 24
ROWS_PER_PAGE = 100


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What a change answers: the ID of what it made."""

    id: str


@dataclass(frozen=True)
class BillingClient:
    """``command`` makes a change happen once. NotFound for what is not there or out of reach, Conflict when
    somebody else was first."""

    rpc: Rpc

    def products(self, acting: Acting) -> list[Product]:
        return convert(self._call("products", acting), list[Product])

    def save_product(self, acting: Acting, command: str, **fields: Any) -> Product:
        return convert(self._call("save_product", acting, command_id=command, **plain(fields)), Product)

    def issuers(self, acting: Acting) -> list[Issuer]:
        return convert(self._call("issuers", acting), list[Issuer])

    def save_issuer(
        self, acting: Acting, command: str, seller: dict[str, str], logo: bytes | None, **fields: Any
    ) -> Issuer:
        """``logo`` None leaves it as it is."""
        sent = {**plain(fields), "seller": seller, "command_id": command}
        if logo is not None:
            sent["logo"] = base64.b64encode(logo).decode()
        return convert(self._call("save_issuer", acting, **sent), Issuer)

    def account(self, acting: Acting, customer_id: str) -> Account:
        return convert(self._call("account", acting, customer_id=customer_id), Account)

    def save_account(self, acting: Acting, command: str, customer_id: str, **fields: Any) -> Account:
        """What is left out stays as it is; a day may be None."""
        sent = {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in fields.items()
        }
        if "prices" in fields:
            sent["prices"] = {code: f"{price:f}" for code, price in fields["prices"].items()}
        reply = self._call("save_account", acting, customer_id=customer_id, command_id=command, **sent)
        return convert(reply, Account)

    def charges(self, acting: Acting, customer_id: str) -> Charges:
        return convert(self._call("charges", acting, customer_id=customer_id), Charges)

    def add_charge(self, acting: Acting, command: str, customer_id: str, **fields: Any) -> str:
        """The ID of the charge."""
        reply = self._call("add_charge", acting, customer_id=customer_id, command_id=command, **plain(fields))
        return convert(reply, Started).id

    def end_charge(self, acting: Acting, command: str, charge_id: str, ends: Any) -> None:
        """The last day; of a one-off that is not billed yet: it goes away."""
        fields = plain({"ends": ends})
        self._call("end_charge", acting, charge_id=charge_id, command_id=command, **fields)

    def preview(self, acting: Acting, customer_id: str, period: str) -> Preview:
        return convert(self._call("preview", acting, customer_id=customer_id, period=period), Preview)

    def runs(self, acting: Acting) -> list[Run]:
        """Newest first."""
        return convert(self._call("runs", acting, limit=RECENT), list[Run])

    def run(self, acting: Acting, run_id: str, state: str = "", after: int | None = None) -> Run:
        fields = {"run_id": run_id, "state": state, "after": after, "limit": ROWS_PER_PAGE}
        return convert(self._call("run", acting, **fields), Run)

    def start_run(self, acting: Acting, command: str, **fields: Any) -> str:
        """The ID of the run."""
        return convert(self._call("start_run", acting, command_id=command, **plain(fields)), Started).id

    def stop_run(self, acting: Acting, command: str, run_id: str) -> None:
        self._call("cancel_run", acting, run_id=run_id, command_id=command)

    def collect(self, acting: Acting, command: str, run_id: str, collect_on: Any) -> None:
        """Make the files for the bank."""
        fields = plain({"collect_on": collect_on})
        self._call("direct_debit_file", acting, run_id=run_id, command_id=command, **fields)

    def credit(
        self, acting: Acting, command: str, invoice_id: str, reason: str, lines: list[dict[str, Any]] | None
    ) -> str:
        """The ID of the credit note; without ``lines`` all that is left."""
        fields: dict[str, Any] = {"invoice_id": invoice_id, "reason": reason, "lines": lines}
        return convert(self._call("credit", acting, command_id=command, **fields), Started).id

    def set_paid(self, acting: Acting, command: str, invoice_id: str, on: Any) -> None:
        """The day on which it was paid; None takes that back."""
        day = on.isoformat() if on else None
        self._call("set_paid", acting, invoice_id=invoice_id, on=day, command_id=command)

    def resend(self, acting: Acting, command: str, invoice_id: str) -> None:
        self._call("resend", acting, invoice_id=invoice_id, command_id=command)

    def _call(self, method: str, acting: Acting, /, **fields: Any) -> Any:
        return self.rpc.call("invoicing", method, acting, **fields)
