"""cdr as invoicing needs it: closed months and what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from services.invoicing.domain.usage import Statement, StatementRow
from shared.acting import Acting, Signer
from shared.config import setting
from shared.errors import DependencyDown, Unavailable
from shared.rpc_client import RpcClient

PAGE = 2_000
SECONDS = 20.0
"""For one answer: closing waits for the batches that are being booked."""


class Cdr(Protocol):
    """What the service cdr answers. Raises DependencyDown when it does not, and what it refuses."""

    def close_period(self, customer_id: str, period: str, command_id: str) -> None:
        """Close the month for ever, once."""
        ...

    def statement(self, customer_id: str, period: str) -> Statement: ...

    def rows(self, customer_id: str, period: str) -> Iterator[StatementRow]:
        """All rows of the month, oldest first, read in pages."""
        ...

    def unrated(self, period: str) -> int:
        """Events of all customers that wait for a rate."""
        ...


class CdrByRpc:
    """The real one, asked as the service invoicing."""

    def __init__(self, rpc: RpcClient) -> None:
        self._rpc = rpc

    @classmethod
    def from_environment(cls) -> CdrByRpc:
        """Settings AMQP_URI, TIKKER_ISSUER and TIKKER_SIGNING_KEY; nothing connects yet."""
        signer = Signer.from_base64(setting("TIKKER_ISSUER", "invoicing"), setting("TIKKER_SIGNING_KEY"))
        return cls(RpcClient(setting("AMQP_URI"), signer))

    def close_period(self, customer_id: str, period: str, command_id: str) -> None:
        self._call("close_period", customer_id=customer_id, period=period, command_id=command_id)

    def statement(self, customer_id: str, period: str) -> Statement:
        answer = self._call("statement", customer_id=customer_id, period=period)
        return msgspec.convert(answer, Statement, strict=False)

    def rows(self, customer_id: str, period: str) -> Iterator[StatementRow]:
        wanted: dict[str, Any] = {"customer_id": customer_id, "period": period, "limit": PAGE}
        after = None
        while True:
            page = self._call("statement_rows", after=after, **wanted)
            yield from msgspec.convert(page["rows"], list[StatementRow], strict=False)
            after = page["next"]
            if after is None:
                return

    def unrated(self, period: str) -> int:
        answer = self._call("unrated", period=period)
        return int(answer["count"] if isinstance(answer, dict) else answer)

    def _call(self, method: str, **fields: Any) -> Any:
        try:
            return self._rpc.call("cdr", method, Acting(kind="service"), timeout=SECONDS, **fields)
        except Unavailable as problem:
            raise DependencyDown(f"cdr.{method}: {problem}") from problem
