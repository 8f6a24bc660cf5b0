"""A new token for a program (ID-13)."""

from __future__ import annotations

from gateway.forms.fields import Day
from gateway.forms.people import RolesForm, line
from gateway.words import lazy_gettext as _l

LONGEST_NAME = 60


class TokenForm(RolesForm):
    """What it is for, what it may do and until when; ``roles`` are those that it gets."""

    name = line("naam", _l("Waarvoor is het"), LONGEST_NAME, missing=_l("Schrijf waarvoor het token is."))
    expires_on = Day(
        data_key="tot",
        required=True,
        error_messages={"required": _l("Kies tot en met welke dag het werkt.")},
        metadata={"label": _l("Werkt tot en met")},
    )
