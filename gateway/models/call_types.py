"""The call types (gesprekstypen) by their code: what they are called and which sign they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.words import lazy_gettext as _l


@dataclass(frozen=True)
class CallType:
    """``label`` is translated when shown; ``icon`` names a symbol of icons.svg."""

    code: str
    label: Any
    icon: str


TELEPHONY = (
    CallType("internal", _l("Intern"), "arrow-left-right"),
    CallType("national", _l("Nationaal"), "telephone"),
    CallType("mobile", _l("Mobiel"), "phone"),
    CallType("international_eu", _l("Internationaal EU"), "globe2"),
    CallType("international_world", _l("Internationaal buiten EU"), "globe2"),
    CallType("forwarded", _l("Doorgeschakeld"), "signpost"),
    CallType("incoming", _l("Inkomend"), "telephone-inbound"),
    CallType("emergency", _l("Alarmnummer"), "life-preserver"),
)
SERVICE = (
    CallType("service_0800", _l("Servicenummer 0800"), "hash"),
    CallType("service_0900", _l("Servicenummer 0900"), "hash"),
    CallType("service_0906", _l("Servicenummer 0906"), "hash"),
    CallType("service_0909", _l("Servicenummer 0909"), "hash"),
    CallType("service_14", _l("Servicenummer 14"), "hash"),
    CallType("service_18", _l("Servicenummer 18"), "hash"),
)
DATA_AND_SMS = (
    CallType("data_national", _l("Data Nederland"), "reception-4"),
    CallType("data_eu", _l("Data EU"), "reception-4"),
    CallType("data_world", _l("Data buiten EU"), "reception-4"),
    CallType("sms", _l("Sms"), "chat-left-text"),
    CallType("sms_premium", _l("Premium-sms"), "chat-left-text"),
    CallType("other", _l("Overig"), "three-dots"),
)
GROUPS = (
    (_l("Gesprekken"), TELEPHONY),
    (_l("Servicenummers"), SERVICE),
    (_l("Data, sms en overig"), DATA_AND_SMS),
)
BY_CODE = {call_type.code: call_type for _, group in GROUPS for call_type in group}


def call_type(code: str | None) -> CallType:
    """The type of this code; a code of a later release shows as itself."""
    known = BY_CODE.get(code or "")
    return known or CallType(code or "", code or "–", "three-dots")
