"""Parties of a call: from what a carrier or a user writes into one notation, and back.

Our notation: E.164 "+31612345678", "ext:201" (an extension), "nl:112" (a short number), "alpha:PostNL"
(a sender by name, SMS only), "anon". Everything is ASCII; equal parties are equal strings.
"""

import re
from functools import lru_cache

from services.cdr.domain.countries import country_of
from services.cdr.domain.dutch_numbers import find_range, short_type

ANONYMOUS = "anon"

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_EXTENSION = re.compile(r"[1-9][0-9]{1,5}")
_SHORT_CODE = re.compile(r"[1-9][0-9]{2,5}")  # what an SMS may go to: 3010, 4422
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 ._&-]{0,10}")  # GSM 03.40: 11 characters
_WITHHELD = frozenset({"anon", "anonymous", "anoniem", "withheld", "restricted", "private"})
_ADDRESS = re.compile(r"(?:sips?|tel):([^@;?]*)(?:[@;?].*)?", re.IGNORECASE)
_TRUNK_ZERO = re.compile(r"(?<=.)\(0\)")
_SEPARATORS = str.maketrans("", "", " .-/()\u00a0\u202f")
_FILTER = re.compile(r"\+?[0-9]+")


class NumberError(ValueError):
    """A party that cannot be understood; the text is a sentence for the carrier."""


@lru_cache(maxsize=30_000)
def parse_party(text: str, kind: str = "voice") -> str:
    """A party in our notation. `kind` matters to short digits and names: SMS has short codes and
    senders by name, calls have extensions. Raises NumberError."""
    if _E164.fullmatch(text):
        return _international(text[1:], text)
    own = _own_notation(text)
    if own is not None:
        return own
    address = _ADDRESS.fullmatch(text.strip(" "))
    user = address[1] if address else text.strip(" ")
    if user.lower() in _WITHHELD:
        return ANONYMOUS
    if kind == "sms" and _NAME.fullmatch(user):
        return f"alpha:{user}"
    digits = _digits(user, text)
    if digits.startswith("+"):
        return _international(digits[1:], text)
    if digits.startswith("00"):
        return _international(digits[2:], text)
    return _subscriber(digits[1:], text) if digits.startswith("0") else _bare(digits, text, kind)


def parse_charged(text: str) -> str:
    """The number that pays: an international number, else NumberError."""
    party = parse_party(text)
    if not party.startswith("+"):
        raise NumberError(f"{_shown(text)} cannot be charged: send the full number, such as +31850001611")
    return party


def _own_notation(text: str) -> str | None:
    scheme, colon, rest = text.partition(":")
    if not colon or scheme not in ("ext", "nl", "alpha"):
        return None
    allowed = {
        "ext": _EXTENSION.fullmatch(rest) and not short_type(rest),
        "nl": short_type(rest) or _SHORT_CODE.fullmatch(rest),
        "alpha": _NAME.fullmatch(rest),
    }
    if not allowed[scheme]:
        raise NumberError(f"{_shown(text)} is no {scheme}: party; {_EXPECTED[scheme]}")
    return text


_EXPECTED = {
    "ext": "an extension has 2 to 6 digits, does not begin with 0 and is no short number such as 112",
    "nl": "a short number has 3 to 6 digits, such as nl:112",
    "alpha": "a name has 1 to 11 letters, digits or . _ & - and at least one letter",
}


def _digits(text: str, sent: str) -> str:
    """Digits with at most a + in front; what people put between digits is left out."""
    digits = _TRUNK_ZERO.sub("", text).translate(_SEPARATORS)
    if not digits or digits == "+":
        raise NumberError(f"{_shown(sent)} holds no number; send anon for a caller who is withheld")
    odd = next((character for character in digits.removeprefix("+") if character not in "0123456789"), None)
    if odd is not None:
        raise NumberError(f"{_shown(sent)} is no number because of {odd!a}; send it as +31612345678")
    return digits


def _international(digits: str, sent: str) -> str:
    """`digits` begin with a country code."""
    if digits.startswith("310"):
        return _subscriber(digits[3:], sent)
    if digits.startswith("31"):
        return _dutch(digits[2:], sent)
    if not 7 <= len(digits) <= 15:
        raise NumberError(f"{_shown(sent)} has {len(digits)} digits; international numbers have 7 to 15")
    if country_of(f"+{digits}") is None:
        raise NumberError(f"{_shown(sent)} begins with a code that no country has")
    return f"+{digits}"


def _dutch(national: str, sent: str) -> str:
    """`national` are the digits after +31; some switches send 112 as +31112."""
    return f"nl:{national}" if short_type(national) else _subscriber(national, sent)


def _subscriber(national: str, sent: str) -> str:
    """`national` are the digits after a 0, with which no short number begins: 0113 is the beginning of a
    number in Goes, and must not pass for a call to 113."""
    found = find_range(national)
    if found is None:
        raise NumberError(f"{_shown(sent)} is no Dutch number; after the 0 or +31 comes 1 to 9")
    prefix, known = found
    if len(national) not in known.lengths:
        lengths = " or ".join(map(str, known.lengths))
        raise NumberError(
            f"{_shown(sent)} has {len(national)} digits after the 0 or +31;"
            f" Dutch numbers that begin with 0{prefix} have {lengths}"
        )
    return f"+31{national}"


def _bare(digits: str, sent: str, kind: str) -> str:
    """Digits with neither 0, 00 nor + in front."""
    if short_type(digits) or (kind == "sms" and _SHORT_CODE.fullmatch(digits)):
        return f"nl:{digits}"
    if _EXTENSION.fullmatch(digits):
        return f"ext:{digits}"
    if digits.startswith("31") and len(digits) >= 9:
        return _dutch(digits[2:], sent)
    raise NumberError(f"{_shown(sent)} has no country or area code; send it as +31612345678 or 0612345678")


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:40] + "...")


def national(party: str) -> str:
    """A party as dialled in the Netherlands: 0612345678, 003222000012, 112, 201; names as they are."""
    if party.startswith("+31"):
        return f"0{party[3:]}"
    if party.startswith("+"):
        return f"00{party[1:]}"
    return party.partition(":")[2] or party


def spellings(part: str) -> tuple[str, ...]:
    """The texts of which one must occur in a stored party for a part of a number to match.

    "0612" occurs in a number as it stands, or at its beginning in the Dutch spelling: ("0612", "+31612").
    Empty for an empty part. Raises NumberError for anything but digits (a + in front and separators
    between them may be).
    """
    text = part.strip()
    digits = _TRUNK_ZERO.sub("", text).translate(_SEPARATORS)
    if not digits:
        return ()
    if len(digits) > 20 or not (_FILTER.fullmatch(digits) or digits == "+"):
        raise NumberError(f"{_shown(part)} is no part of a number; type digits, such as 0612")
    if digits.startswith("+310"):
        return (f"+31{digits[4:]}",)
    if digits.startswith("00"):
        return digits, f"+{digits[2:]}"
    return (digits, f"+31{digits[1:]}") if digits.startswith("0") else (digits,)
