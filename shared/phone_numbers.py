"""How telephone numbers and other parties of a call are written, the Dutch way.

Our own table for Dutch numbers: libphonenumber does not know all Dutch ranges (082, 066, 14xx, 0970)
and groups them differently. Foreign numbers are written as libphonenumber does.
"""

from __future__ import annotations

import re

import phonenumbers

from shared.words import gettext as _

ABSENT = "–"

# Geographic area codes of two digits after the 0 (Nummerplan telefoon- en ISDN-diensten) and the
# non-geographic ranges that are written alike. All other area codes have three.
SHORT_AREA = re.compile(r"1[035]|2[0346]|3[03568]|4[0356]|5[0358]|66|7[0-9]|8[24578]|91")
SERVICE = re.compile(r"(800|900|906|909)(\d+)")


def party(value: str | None) -> str:
    """A party of a row as people write it: ``085-000 16 11``, ``102``, ``112``, ``anoniem``.

    ``value`` is E.164, ``ext:201``, ``nl:112``, ``alpha:PostNL``, ``anon``, ``data`` or None.
    """
    if value is None or value == "data":
        return ABSENT
    if value == "anon":
        return _("anoniem")
    scheme, separator, rest = value.partition(":")
    if separator and scheme in ("ext", "nl", "alpha"):
        return rest
    if value.startswith("+31"):
        return dutch(value[3:])
    return foreign(value) if value.startswith("+") else value


def dutch(national: str) -> str:
    """A Dutch number, given without +31 or 0, with its 0 in groups."""
    service = SERVICE.fullmatch(national)
    if service:
        return f"0{service[1]}-{_service_groups(service[2])}"
    if national.startswith("14") and len(national) <= 5:
        return f"14 {national[2:]}"  # municipalities: 14 plus the area code, dialled without a 0 before it
    if national.startswith("6") and not national.startswith("66") and len(national) == 9:
        return f"06-{_groups(national[1:], (2, 2, 2, 2))}"
    if national.startswith("970"):
        return f"0970-{_groups(national[3:], (4, 4))}"
    if len(national) != 9:
        return f"0{national[:2]}-{national[2:]}"
    if SHORT_AREA.fullmatch(national[:2]):
        return f"0{national[:2]}-{_groups(national[2:], (3, 2, 2))}"
    return f"0{national[:3]}-{_groups(national[3:], (2, 2, 2))}"


def foreign(number: str) -> str:
    """An E.164 number of another country in that country's groups: ``+32 2 000 00 12``."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    # It drops what it takes for a trunk prefix (+1 1…); a number must never lose a digit.
    return shown if re.sub(r"\D", "", shown) == number[1:] else number


def _service_groups(digits: str) -> str:
    """Short service numbers are one group of four, long ones are 3-2-2."""
    return digits if len(digits) <= 4 else _groups(digits, (3, 2, 2))


def _groups(digits: str, sizes: tuple[int, ...]) -> str:
    """Digits cut in groups; what is left over stays with the last one."""
    parts, start = [], 0
    for size in sizes[:-1]:
        parts.append(digits[start : start + size])
        start += size
    parts.append(digits[start:])
    return " ".join(part for part in parts if part)
