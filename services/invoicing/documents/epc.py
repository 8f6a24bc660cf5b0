"""The QR code of a bank transfer (EPC069-12, version 002): a bank's app fills in the payment from it."""

from __future__ import annotations

import io
from decimal import Decimal

import segno

NAME_LENGTH = 70
TEXT_LENGTH = 140
HIGHEST = Decimal("999999999.99")


def epc_text(name: str, iban: str, amount: Decimal, text: str, bic: str = "") -> str:
    """What the code says; raises ValueError for an amount that cannot be transferred."""
    if not Decimal("0.01") <= amount <= HIGHEST:
        raise ValueError("an amount to transfer lies between 0.01 and 999,999,999.99")
    account = iban.replace(" ", "").upper()
    # BCD, version, UTF-8, SEPA credit transfer, then the fields in their fixed order; the purpose and the
    # structured reference stay empty.
    fields = ("BCD", "002", "1", "SCT", bic, name[:NAME_LENGTH], account, f"EUR{amount:.2f}", "", "")
    return "\n".join((*fields, text[:TEXT_LENGTH]))


def epc_qr(name: str, iban: str, amount: Decimal, text: str, bic: str = "") -> str:
    """The code as an SVG file: level M, no larger than version 13, as the EPC asks."""
    code = segno.make(epc_text(name, iban, amount, text, bic), error="m", micro=False, boost_error=False)
    out = io.BytesIO()
    code.save(out, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None)
    return out.getvalue().decode()
