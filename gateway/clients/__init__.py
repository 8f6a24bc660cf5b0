"""One client per service: calls over the bus in, models out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from shared.acting import Acting
from shared.rpc_client import CALL_SECONDS, Part


class Rpc(Protocol):
    """What the clients need of :class:`shared.rpc_client.RpcClient`; tests give a fake."""

    def call(
        self, service: str, method: str, acting: Acting, /, timeout: float = CALL_SECONDS, **fields: Any
    ) -> Any: ...

    def parallel(self, parts: Sequence[Part], acting: Acting, timeout: float = CALL_SECONDS) -> list[Any]: ...

    def ready(self) -> None: ...

    def close(self) -> None: ...
