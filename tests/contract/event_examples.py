"""One example of every event, with every field filled, as it stands in its golden file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shared.events import (
    AUDITS,
    NOTIFICATIONS,
    BundleShare,
    BundleUse,
    CustomerChanged,
    DeviceChanged,
    Envelope,
    Event,
    FileReference,
    FraudLifted,
    FraudSuspected,
    InvoiceIssued,
    MailFailed,
    MailSent,
    MobileChargeRequested,
    MobileSubscriptionChanged,
    ModuleTerm,
    PbxLineChanged,
    PbxNumberChanged,
    PbxUserChanged,
    PeriodClosed,
    ProductTerm,
    RegistrationChanged,
    ResyncRequested,
    SubscriptionNumber,
    SubscriptionUse,
    UsageRated,
    UserChanged,
)
from shared.events.audit import Actor, Subject
from shared.events.identity import PostalAddress

CUSTOMER = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PARTNER = "00112233445566778899aabbccddeeff"
THING = "a1b2c3d4e5f60718293a4b5c6d7e8f90"

_EVENTS: tuple[Event, ...] = (
    CustomerChanged(
        customer_id=CUSTOMER,
        revision=3,
        number=10427,
        customer_name="Bakkerij Voorbeeld B.V.",
        parent_id=PARTNER,
        products=("voip", "mobile"),
        kind="customer",
        kvk="00001600",
        vat_number="NL000016000B01",
        address=PostalAddress(
            street="Voorbeeldstraat",
            house_number="16",
            postcode="1000 AA",
            city="Voorbeeldstad",
            country="NL",
        ),
        invoice_address=PostalAddress(
            street="Postbus", house_number="160", postcode="1000 AB", city="Voorbeeldstad", country="NL"
        ),
        contact_name="Bram van Voorbeeld",
        contact_email="administratie@example.nl",
        contact_phone="085-000 16 00",
    ),
    UserChanged(
        user_id=THING,
        revision=7,
        epoch=2,
        roles=("user_management", "mobile_access"),
        blocked=True,
        deleted=True,
    ),
    MailSent(mail_id=THING, letter="reset", user_id=THING, tries=2, dedupe_key="voip-2026-11"),
    MailFailed(
        mail_id=THING,
        letter="reset",
        user_id=THING,
        tries=6,
        reason="550 no such mailbox",
        dedupe_key="voip-2026-11",
    ),
    PbxNumberChanged(
        assignment_id=THING,
        revision=2,
        number="+31850001611",
        valid_from=datetime(2026, 1, 31, 23, tzinfo=UTC),
        valid_to=datetime(2026, 11, 22, 15, 38, 51, tzinfo=UTC),
        subject="line",
    ),
    PbxLineChanged(
        line_id=THING,
        revision=12,
        display_name="Winkel",
        extension="201",
        number="+31850001611",
        deleted=True,
    ),
    PbxUserChanged(
        user_id=THING,
        revision=12,
        username="receptie",
        display_name="Receptie",
        extension="209",
        number="+31850001611",
        device=PARTNER,
        shown_number="+31850001600",
        shown_name="Bakkerij Voorbeeld B.V.",
        hide_number=True,
        call_waiting=True,
        deleted=True,
    ),
    MobileSubscriptionChanged(
        subscription_id=THING,
        revision=4,
        product="mobile-flex-5",
        active_from=datetime(2026, 2, 28, 23, tzinfo=UTC),
        ended_at=datetime(2026, 12, 31, 23, tzinfo=UTC),
        label="Bestelbus",
        numbers=(
            SubscriptionNumber(
                number="+31600000001",
                valid_from=datetime(2026, 2, 28, 23, tzinfo=UTC),
                valid_to=datetime(2026, 6, 1, 8, 30, tzinfo=UTC),
            ),
            SubscriptionNumber(number="+31600000002", valid_from=datetime(2026, 6, 1, 8, 30, tzinfo=UTC)),
        ),
        bundles=(
            BundleShare(
                kind="data",
                types=("data_national",),
                volume=500_000_000,
                valid_from=datetime(2026, 2, 28, 23, tzinfo=UTC),
                valid_to=datetime(2026, 12, 31, 23, tzinfo=UTC),
                group="zakelijk_mobiel",
                module="mobiel_internet_eu",
                unit=1_000_000,
                rate="0.050000",
            ),
        ),
        modules=(
            ModuleTerm(
                module="mobiel_internet_eu",
                valid_from=datetime(2026, 2, 28, 23, tzinfo=UTC),
                valid_to=datetime(2026, 12, 31, 23, tzinfo=UTC),
            ),
        ),
        products=(
            ProductTerm(
                product="mobile-flex-1",
                valid_from=datetime(2026, 2, 28, 23, tzinfo=UTC),
                valid_to=datetime(2026, 6, 30, 22, tzinfo=UTC),
            ),
            ProductTerm(
                product="mobile-flex-5",
                valid_from=datetime(2026, 6, 30, 22, tzinfo=UTC),
                valid_to=datetime(2026, 12, 31, 23, tzinfo=UTC),
            ),
        ),
    ),
    RegistrationChanged(
        sip_user="d7k2m9q4x8",
        state="registered",
        contact="sip:d7k2m9q4x8@192.0.2.16:5060",
        expires_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        user_agent="Yealink SIP-T54W 96.86.0.100",
        source="192.0.2.16:5060",
        call_id="0_16@192.0.2.16",
        cseq=16,
    ),
    DeviceChanged(
        device_id=THING,
        revision=2,
        sip_user="d7k2m9q4x8",
        user_id="b1c2d3e4f5061728394a5b6c7d8e9f00",
        line_id="c1d2e3f405162738495a6b7c8d9e0f01",
        model="yealink-t54w",
        label="Balie",
        deleted=True,
    ),
    ResyncRequested(
        resync_id=THING,
        device_id="b1c2d3e4f5061728394a5b6c7d8e9f00",
        sip_user="d7k2m9q4x8",
        event="check-sync;reboot=false",
    ),
    UsageRated(
        sequence=16,
        subscriptions=(
            SubscriptionUse(
                customer_id=CUSTOMER,
                subscription_id=THING,
                month="2026-11",
                type="data_national",
                events=12,
                seconds=0,
                bytes=966_000_000,
                messages=0,
                amount="0.350000",
            ),
        ),
        bundles=(
            BundleUse(
                customer_id=CUSTOMER,
                month="2026-11",
                kind="data",
                used=1_003_000_000,
                allowance=1_000_000_000,
                over=3_000_000,
                amount="0.150000",
                group="zakelijk_mobiel",
                subscription_id=THING,
                module="mobiel_internet_eu",
            ),
        ),
    ),
    InvoiceIssued(
        invoice_id=THING,
        number="2026-000016",
        kind="invoice",
        period="2026-10",
        issued_on="2026-11-02",
        due_on="2026-11-16",
        net="100.00",
        vat="21.00",
        total="121.00",
    ),
    MobileChargeRequested(
        charge_id=THING,
        day="2026-11-22",
        description="Blokkeren van SIM-kaart 06-00 00 00 16",
        amount="7.50",
        subscription_id="b1c2d3e4f5061728394a5b6c7d8e9f00",
    ),
    PeriodClosed(period="2026-10", rows=12345, amount="1234.567890"),
    FraudSuspected(
        alert_id=THING,
        call_class="international",
        block=True,
        day="2026-11-22",
        amount="187.430000",
        usual="12.500000",
        minutes=312,
    ),
    FraudLifted(alert_id=THING, call_class="international"),
    *(
        audit(
            action="user.roles_changed",
            actor=Actor(
                kind="user",
                scope="customer",
                user_id=THING,
                username="sanne.dewit",
                address="203.0.113.7",
                viewed_by="helpdesk (Operator)",
            ),
            subject=Subject(kind="user", id=THING, name="sanne.dewit"),
            before={"roles": ["invoices"]},
            after={"roles": ["invoices", "settings"]},
            reason="Vervangt een collega",
        )
        for audit in AUDITS
    ),
    *(
        notification(
            template="voip_high_usage",
            dedupe_key="voip-2026-11",
            registration="voip_high_usage",
            user_ids=(THING,),
            roles=("user_management",),
            addresses=("voicemail@voorbeeld.example",),
            files=(
                FileReference(
                    service="cdr",
                    id=f"{THING}:{CUSTOMER}",
                    name="gespreksdetails-2026-11.zip",
                    media_type="application/zip",
                    size=1234567,
                    sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                ),
            ),
            parameters={"limit": "250.00", "passed_at": "2026-11-22T15:38:51Z"},
        )
        for notification in NOTIFICATIONS
    ),
)


def _in_envelope(event: Event) -> Envelope[Any]:
    return Envelope(
        event_id="5e1ec7ed5e1ec7ed5e1ec7ed5e1ec7ed",
        name=event.name,
        occurred_at=datetime(2026, 11, 22, 15, 38, 51, 250000, tzinfo=UTC),
        correlation_id="c0de0000c0de0000c0de0000c0de0000",
        customer_id=CUSTOMER,
        data=event,
    )


EXAMPLES: dict[str, Envelope[Any]] = {event.name: _in_envelope(event) for event in _EVENTS}
