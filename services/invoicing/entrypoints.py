"""The service invoicing on the bus: present and healthy, without a task yet."""

from __future__ import annotations

from typing import Any

from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, rpc

WILL_OWN = (
    "issuers (legal seller, IBAN, number series)",
    "accounts (payment terms, mandates)",
    "charges",
    "invoices",
    "PDF and e-invoice files",
)


class InvoicingService(Operations):
    """Will own the invoices: what each customer pays, from closed period to archive. See README.md."""

    name = "invoicing"

    relay = OutboxRelay()

    @rpc(kinds=("user", "staff"))
    def about(self, acting: Acting) -> dict[str, Any]:
        message = "Facturen zijn er nog niet: deze dienst maakt en bewaart ze nog niet."
        return {"service": self.name, "ready": False, "will_own": WILL_OWN, "message": message}
