"""What the portal stands on, put together once at the start and given to :func:`create_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import cast

from flask import current_app

from gateway.api.tokens import OpenedTokens
from gateway.clients import Rpc
from gateway.clients.audit import AuditClient
from gateway.clients.billing import BillingClient
from gateway.clients.calls import CallsClient
from gateway.clients.cdr import CdrClient
from gateway.clients.companies import CompaniesClient
from gateway.clients.devices import DevicesClient
from gateway.clients.exports import ExportsClient
from gateway.clients.identity import IdentityClient
from gateway.clients.invoices import InvoicesClient
from gateway.clients.limits import LimitsClient
from gateway.clients.mobile import MobileClient
from gateway.clients.mobile_staff import MobileStaffClient
from gateway.clients.operations import OperationsClient
from gateway.clients.overview import OverviewClient
from gateway.clients.pbx import PbxClient
from gateway.clients.pbx_plans import PbxPlansClient
from gateway.clients.people import PeopleClient
from gateway.clients.plans import PlansClient
from gateway.clients.quarantine import QuarantineClient
from gateway.clients.rerating import ReratingClient
from gateway.clients.second_step import SecondStepClient
from gateway.clients.telephony import TelephonyClient
from gateway.clients.tokens import TokensClient
from gateway.config import SHORTEST_PASSWORD, Settings
from gateway.epochs import Epochs
from gateway.formatters import local
from gateway.last_known import LastKnown
from gateway.sight import Sight
from gateway.store import MongoSessions, SessionStore
from shared.acting import Signer
from shared.mongo import connect
from shared.rpc_client import RpcClient

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """Clients, session store, what is known of users and of staff's sight, and the clock (aware, UTC)."""

    rpc: Rpc
    sessions: SessionStore
    epochs: Epochs
    clock: Clock = utc_now
    shortest_password: int = SHORTEST_PASSWORD
    sight: Sight = field(default_factory=Sight)
    last_known: LastKnown = field(default_factory=LastKnown)
    opened_tokens: OpenedTokens = field(default_factory=OpenedTokens)

    @property
    def identity(self) -> IdentityClient:
        return IdentityClient(self.rpc)

    @property
    def people(self) -> PeopleClient:
        return PeopleClient(self.rpc)

    @property
    def second_step(self) -> SecondStepClient:
        return SecondStepClient(self.rpc)

    @property
    def tokens(self) -> TokensClient:
        return TokensClient(self.rpc)

    @property
    def audit(self) -> AuditClient:
        return AuditClient(self.rpc)

    @property
    def companies(self) -> CompaniesClient:
        return CompaniesClient(self.rpc)

    @property
    def operations(self) -> OperationsClient:
        return OperationsClient(self.rpc)

    @property
    def cdr(self) -> CdrClient:
        return CdrClient(self.rpc)

    @property
    def overview(self) -> OverviewClient:
        return OverviewClient(self.rpc)

    @property
    def limits(self) -> LimitsClient:
        return LimitsClient(self.rpc)

    @property
    def exports(self) -> ExportsClient:
        return ExportsClient(self.rpc)

    @property
    def invoices(self) -> InvoicesClient:
        return InvoicesClient(self.rpc)

    @property
    def billing(self) -> BillingClient:
        return BillingClient(self.rpc)

    @property
    def pbx(self) -> PbxClient:
        return PbxClient(self.rpc)

    @property
    def devices(self) -> DevicesClient:
        return DevicesClient(self.rpc)

    @property
    def pbx_plans(self) -> PbxPlansClient:
        return PbxPlansClient(self.rpc)

    @property
    def mobile(self) -> MobileClient:
        return MobileClient(self.rpc)

    @property
    def mobile_staff(self) -> MobileStaffClient:
        return MobileStaffClient(self.rpc)

    @property
    def calls(self) -> CallsClient:
        return CallsClient(self.rpc)

    @property
    def telephony(self) -> TelephonyClient:
        return TelephonyClient(self.rpc)

    @property
    def quarantine(self) -> QuarantineClient:
        return QuarantineClient(self.rpc)

    @property
    def rerating(self) -> ReratingClient:
        return ReratingClient(self.rpc)

    @property
    def plans(self) -> PlansClient:
        return PlansClient(self.rpc)

    def close(self) -> None:
        """Let go of the broker."""
        self.epochs.close()
        self.rpc.close()

    def today(self) -> date:
        """The day in the Netherlands."""
        return local(self.clock()).date()


def real_parts(settings: Settings) -> Parts:
    """The parts of a running portal. Nothing waits for the broker or the database here."""
    signer = Signer.from_base64(settings.issuer, settings.signing_key)
    sight = Sight()
    opened_tokens = OpenedTokens()
    epochs = Epochs(changed_customer=sight.forget, changed_user=opened_tokens.forget)
    epochs.listen(settings.amqp_uri)
    return Parts(
        rpc=RpcClient(settings.amqp_uri, signer),
        sessions=MongoSessions(connect(settings.mongo_uri)["sessions"]),
        epochs=epochs,
        sight=sight,
        opened_tokens=opened_tokens,
        shortest_password=settings.shortest_password,
    )


def parts() -> Parts:
    """The parts of the app that handles this request."""
    return cast(Parts, current_app.extensions["tikker"])
