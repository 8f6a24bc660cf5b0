"""mobile: subscriptions, use, limits and blocks of a customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.mobile import Blocks, Limits, Overview, Row, Subscription
from gateway.models.part import Part, convert
from shared.acting import Acting

ROWS = 50
MOST_ROWS = 200


@dataclass(frozen=True)
class MobileClient:
    """Calls for users with *Toegang mobiel*; mobile checks every role again. ``command`` makes a change
    happen once. Amounts and other values go as text, ``100.00``; None is none."""

    rpc: Rpc

    def overview(
        self, acting: Acting, ended: bool = False, query: str = "", after: str | None = None, rows: int = ROWS
    ) -> Overview:
        """This month and a page of subscriptions, by number."""
        fields: dict[str, Any] = {"ended": ended, "query": query, "after": after, "limit": rows}
        return convert(self.rpc.call("mobile", "overview", acting, **fields), Overview)

    def all_rows(self, acting: Acting, ended: bool, query: str) -> Iterator[Row]:
        """Every subscription, asked for a page at a time."""
        after: str | None = None
        while True:
            page = self.overview(acting, ended, query, after, MOST_ROWS)
            yield from page.rows
            after = page.next
            if after is None:
                return

    def subscription(self, acting: Acting, subscription_id: str) -> Subscription:
        """Raises NotFound for another's, as for one that is not there."""
        reply = self.rpc.call("mobile", "subscription", acting, subscription_id=subscription_id)
        return convert(reply, Subscription)

    def with_limits(self, acting: Acting, subscription_id: str) -> tuple[Subscription, Part[Limits]]:
        one, limits = self._both(acting, subscription_id, "limits")
        return one, Part.of(limits, Limits)

    def with_blocks(self, acting: Acting, subscription_id: str) -> tuple[Subscription, Part[Blocks]]:
        one, blocks = self._both(acting, subscription_id, "blocks")
        return one, Part.of(blocks, Blocks)

    def change_label(
        self, acting: Acting, command: str, subscription_id: str, label: str, revision: int
    ) -> None:
        """Raises Conflict when it was changed since ``revision``."""
        fields: dict[str, Any] = {"subscription_id": subscription_id, "label": label, "revision": revision}
        self.rpc.call("mobile", "change_label", acting, command_id=command, **fields)

    def puk(self, acting: Acting, command: str, subscription_id: str) -> str:
        """The PUK code; that somebody looked at it stands in the log."""
        fields: dict[str, Any] = {"subscription_id": subscription_id, "command_id": command}
        return str(self.rpc.call("mobile", "show_puk", acting, **fields)["puk"])

    def set_customer_limit(self, acting: Acting, command: str, amount: str | None) -> None:
        """``default``: what the ICT partner has set."""
        self.rpc.call("mobile", "set_customer_limit", acting, amount=amount, command_id=command)

    def set_limit(
        self, acting: Acting, command: str, subscription_id: str, code: str, value: str | None
    ) -> None:
        """As the limit of the customer; Invalid says what is wrong beside ``value``."""
        fields: dict[str, Any] = {"subscription_id": subscription_id, "code": code, "value": value}
        self.rpc.call("mobile", "set_limit", acting, command_id=command, **fields)

    def request_sim_block(self, acting: Acting, command: str, subscription_id: str, block: bool) -> None:
        """Ask the carrier to block the card, or to end that."""
        fields: dict[str, Any] = {"subscription_id": subscription_id, "block": block}
        self.rpc.call("mobile", "request_sim_block", acting, command_id=command, **fields)

    def _both(self, acting: Acting, subscription_id: str, method: str) -> tuple[Subscription, Any]:
        about = {"subscription_id": subscription_id}
        calls = [("mobile", "subscription", about), ("mobile", method, about)]
        one, other = self.rpc.parallel(calls, acting)
        if isinstance(one, Exception):
            raise one
        return convert(one, Subscription), other
