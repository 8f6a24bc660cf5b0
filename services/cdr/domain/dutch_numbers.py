"""The Dutch number plan: which numbers exist, how long they are, and their call type.

Source: Nummerplan telefoon- en ISDN-diensten (BWBR0010198) with the M2M decree of 2011. This table is
our own because libphonenumber lacks 082 and 067, calls 0970 mobile, and accepts 0800 and 0900 numbers
of lengths that do not exist. Digits are "national significant": without the 0 or +31 in front.
"""

import re
from typing import NamedTuple

_ORDINARY = (9,)
_SERVICE = (7, 10)  # 0800-1234 and 0800-1234567


class Range(NamedTuple):
    """Numbers that begin alike: the lengths they may have and the call type for calls to them."""

    lengths: tuple[int, ...]
    call_type: str


RANGES: dict[str, Range] = {
    # geographic: 01 to 05 and 07
    **{digit: Range(_ORDINARY, "national") for digit in "123457"},
    # mobile 061-065 and 068; paging 066; 060, 067 and 069 are given to nobody
    **{prefix: Range(_ORDINARY, "mobile") for prefix in ("61", "62", "63", "64", "65", "68")},
    "6": Range(_ORDINARY, "other"),
    # 080-083, 086, 089 and 09 but for what follows: given to nobody; 082 virtual private networks
    "8": Range(_ORDINARY, "other"),
    "9": Range(_ORDINARY, "other"),
    # 085 and 091 independent of location, 088 companies
    **{prefix: Range(_ORDINARY, "national") for prefix in ("85", "88", "91")},
    # 084 and 087 personal assistants
    **{prefix: Range(_ORDINARY, "other") for prefix in ("84", "87")},
    "800": Range(_SERVICE, "service_0800"),
    "900": Range(_SERVICE, "service_0900"),
    "906": Range(_SERVICE, "service_0906"),
    "909": Range(_SERVICE, "service_0909"),
    # machines (M2M): 0970 and eight more; 0979 has no published length
    "970": Range((11,), "other"),
    "979": Range((9, 10, 11), "other"),
}

_SHORT = (
    (re.compile(r"11[23]|116\d{3}", re.ASCII), "emergency"),  # and helplines of social value
    (re.compile(r"14\d{2,4}", re.ASCII), "service_14"),  # 14 and an area code: the municipality
    (re.compile(r"18\d\d", re.ASCII), "service_18"),  # directory enquiries
    (re.compile(r"1[23]\d\d|144", re.ASCII), "other"),  # the network's own (1233: voicemail); animals
)


def find_range(national: str) -> tuple[str, Range] | None:
    """(the prefix, its range) for national significant digits; None when they begin with no range."""
    for length in (3, 2, 1):
        prefix = national[:length]
        if prefix in RANGES:
            return prefix, RANGES[prefix]
    return None


def named_from(party: str, kind: str) -> str:
    """The shortest beginning of a number by which a plan may price it; empty where any will do.

    A price for all of +31 is one for ordinary numbers. What has a class of its own (084, 0970, ranges
    given to nobody) costs something else, so a plan names it or it waits. An SMS costs the same to any
    number but 0979, of which nothing is published.
    """
    if not party.startswith("+31"):
        return ""
    prefix, known = find_range(party[3:]) or ("", None)
    if known is None or known.call_type != "other" or (kind == "sms" and prefix != "979"):
        return ""
    return f"+31{prefix}"


def short_type(digits: str) -> str | None:
    """The call type of a short number such as 112, 14020 or 1850; None when it is none."""
    return next((call_type for pattern, call_type in _SHORT if pattern.fullmatch(digits)), None)
