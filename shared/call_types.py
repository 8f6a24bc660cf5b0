"""What people call the kinds of usage (gesprekstypen), by the code that rows carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.words import lazy_gettext as _l

LABELS: Mapping[str, Any] = {
    "internal": _l("Intern"),
    "national": _l("Nationaal"),
    "mobile": _l("Mobiel"),
    "international_eu": _l("Internationaal EU"),
    "international_world": _l("Internationaal buiten EU"),
    "forwarded": _l("Doorgeschakeld"),
    "incoming": _l("Inkomend"),
    "emergency": _l("Alarmnummer"),
    "service_0800": _l("Servicenummer 0800"),
    "service_0900": _l("Servicenummer 0900"),
    "service_0906": _l("Servicenummer 0906"),
    "service_0909": _l("Servicenummer 0909"),
    "service_14": _l("Servicenummer 14"),
    "service_18": _l("Servicenummer 18"),
    "data_national": _l("Data Nederland"),
    "data_eu": _l("Data EU"),
    "data_world": _l("Data buiten EU"),
    "sms": _l("Sms"),
    "sms_premium": _l("Premium-sms"),
    "other": _l("Overig"),
    "bundle_data": _l("Boven bundel data"),
    "bundle_voice": _l("Boven bundel bellen"),
    "bundle_sms": _l("Boven bundel sms"),
    "covered_data": _l("Binnen bundel data"),
    "covered_voice": _l("Binnen bundel bellen"),
    "covered_sms": _l("Binnen bundel sms"),
}


def label(code: str) -> str:
    """In the reader's language; a code of a later release shows as itself."""
    return str(LABELS.get(code, code))
