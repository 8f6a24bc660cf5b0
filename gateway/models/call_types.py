"""The call types (gesprekstypen) by their code: what they are called and which sign they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.words import lazy_gettext as _l
from shared.call_types import LABELS


@dataclass(frozen=True)
class CallType:
    """``label`` is translated when shown; ``icon`` names a symbol of icons.svg. ``has_calls``: whether there
    are calls to be shown of it."""

    code: str
    label: Any
    icon: str
    has_calls: bool = True


TELEPHONY = (
    CallType("internal", LABELS["internal"], "arrow-left-right"),
    CallType("national", LABELS["national"], "telephone"),
    CallType("mobile", LABELS["mobile"], "phone"),
    CallType("international_eu", LABELS["international_eu"], "globe2"),
    CallType("international_world", LABELS["international_world"], "globe2"),
    CallType("forwarded", LABELS["forwarded"], "signpost"),
    CallType("incoming", LABELS["incoming"], "telephone-inbound"),
    CallType("emergency", LABELS["emergency"], "life-preserver"),
)
SERVICE = (
    CallType("service_0800", LABELS["service_0800"], "hash"),
    CallType("service_0900", LABELS["service_0900"], "hash"),
    CallType("service_0906", LABELS["service_0906"], "hash"),
    CallType("service_0909", LABELS["service_0909"], "hash"),
    CallType("service_14", LABELS["service_14"], "hash"),
    CallType("service_18", LABELS["service_18"], "hash"),
)
DATA_AND_SMS = (
    CallType("data_national", LABELS["data_national"], "reception-4"),
    CallType("data_eu", LABELS["data_eu"], "reception-4"),
    CallType("data_world", LABELS["data_world"], "reception-4"),
    CallType("sms", LABELS["sms"], "chat-left-text"),
    CallType("sms_premium", LABELS["sms_premium"], "chat-left-text"),
    CallType("other", LABELS["other"], "three-dots"),
)
GROUPS = (
    (_l("Gesprekken"), TELEPHONY),
    (_l("Servicenummers"), SERVICE),
    (_l("Data, sms en overig"), DATA_AND_SMS),
)
BY_CODE = {call_type.code: call_type for _, group in GROUPS for call_type in group}
"""Those that one can filter on."""

BUNDLES = {
    code: CallType(code, LABELS[code], "reception-4", has_calls=False)
    for code in LABELS
    if code.startswith(("bundle_", "covered_"))
}
"""What is used above a bundle, and what a bundle takes back of rows: an amount of a period, of no call."""


def call_type(code: str | None) -> CallType:
    """The type of this code; a code of a later release shows as itself."""
    known = BY_CODE.get(code or "") or BUNDLES.get(code or "")
    return known or CallType(code or "", code or "–", "three-dots")
