"""cdr's limits and fraud watch: what stands, and changing it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gateway.clients import Rpc
from gateway.models.limits import FraudWatch, VoipLimit
from gateway.models.part import Part, convert
from shared.acting import Acting


@dataclass(frozen=True)
class LimitsClient:
    """Calls for users with the role *Instellingen wijzigen*; cdr checks it again."""

    rpc: Rpc

    def both(self, acting: Acting) -> tuple[Part[VoipLimit], Part[FraudWatch]]:
        """The limit and the watch, each on its own."""
        limit, watch = self.rpc.parallel([("cdr", "voip_limit", {}), ("cdr", "fraud_watch", {})], acting)
        return Part.of(limit, VoipLimit), Part.of(watch, FraudWatch)

    def watch(self, acting: Acting) -> FraudWatch:
        """The watch and its alerts."""
        return convert(self.rpc.call("cdr", "fraud_watch", acting), FraudWatch)

    def set_limit(self, acting: Acting, command_id: str, limit: Decimal | None) -> None:
        """Warn at this amount per billing period; None: never."""
        amount = None if limit is None else f"{limit:.2f}"
        self.rpc.call("cdr", "set_voip_limit", acting, limit=amount, command_id=command_id)

    def set_watch(self, acting: Acting, command_id: str, block: bool) -> None:
        """Whether an alert closes the class of calls it is about."""
        self.rpc.call("cdr", "set_fraud_watch", acting, block=block, command_id=command_id)

    def lift(self, acting: Acting, command_id: str, alert_id: str, reason: str) -> None:
        """A person has looked at the alert: its calls are let through again."""
        self.rpc.call(
            "cdr", "lift_fraud_alert", acting, alert_id=alert_id, reason=reason, command_id=command_id
        )
