"""Mobile numbers."""

from __future__ import annotations

import re

from shared.words import gettext

# 06 (066 is not mobile) and 097 of the Dutch number plan; the service pbx refuses exactly these.
_MOBILE = re.compile(r"\+31(6(?!6)[0-9]{8}|97[0-9]{9})", re.ASCII)


def mobile_number(text: str) -> str:
    """The E.164 form of ``06-00 12 34 56``; raises ValueError with a Dutch sentence for anything else."""
    digits = re.sub(r"[\s-]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = "+31" + digits[1:]
    if not _MOBILE.fullmatch(digits):
        raise ValueError(
            gettext("Dit is geen mobiel nummer. Schrijf het als 06-00 12 34 56 of +31600123456.")
        )
    return digits


def shown(number: str) -> str:
    """As people in the Netherlands write it: ``06-00 12 34 56``; 097 numbers in one piece."""
    local = "0" + number.removeprefix("+31")
    if not local.startswith("06"):
        return local
    return f"{local[:2]}-{local[2:4]} {local[4:6]} {local[6:8]} {local[8:]}"
