"""What pbx hears of telephones, and its answers about calls that were. The service class in entrypoints.py
takes them over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.pbx.schemas import Reply
from services.pbx.schemas import calls as schemas
from services.pbx.store import Store
from services.pbx.usecases import phones
from services.pbx.usecases.common import customer_of
from services.pbx.views import calls as views
from shared.acting import Acting
from shared.bus import listen, rpc
from shared.events import DeviceChanged, Envelope


def clock() -> datetime:
    return datetime.now(UTC)


class EdgeCalls:
    """Calls are for users with the role for settings, and about their own customer."""

    store: Store

    @rpc(schemas.Calls)
    def calls(self, acting: Acting, **fields: Any) -> Reply:
        return views.calls(self.store, customer_of(acting), **fields)

    @rpc(schemas.ExplainCall)
    def explain_call(self, acting: Acting, **fields: Any) -> Reply:
        return views.explain_call(self.store, customer_of(acting), **fields)

    @listen(DeviceChanged)
    def on_device_changed(self, envelope: Envelope[DeviceChanged]) -> None:
        phones.device_changed(self.store, envelope)
