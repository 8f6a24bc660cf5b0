"""Fields that the forms of *Telefoon* and *Telefooncentrale* share, and those for all of the telephony.

A checkbox that is not ticked is not sent: its value is then False. What only pbx can know (a number that is
somebody else's, a schedule that is gone) it says itself, beside the field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length, Range

from gateway.forms.fields import NUMBER_FILLING, Choice
from gateway.forms.form import Form
from gateway.forms.people import Sheet, line
from gateway.models.pbx_settings import Company, OutgoingBlocks
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

MOST_RINGS = 20
DESTINATION = re.compile(r"\+?[0-9]{2,16}")

SHOWN_NUMBERS = {"bedrijf": "company", "persoonlijk": "personal"}


class Telephone(fields.String):
    """A number or an extension as people type it, without what they write between the digits. Whether it
    can be called, pbx says."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        digits = NUMBER_FILLING.sub("", str(value))
        if not digits:
            return ""
        if not DESTINATION.fullmatch(digits):
            raise ValidationError(
                _("Vul een telefoonnummer of extensie in, bijvoorbeeld 085-000 16 11 of 102.")
            )
        return digits


def telephone(key: str, label: Any) -> Telephone:
    """A destination that may be empty."""
    return Telephone(data_key=key, load_default="", metadata={"label": label, "needed": True})


def tick(key: str, label: Any) -> fields.Boolean:
    """A checkbox."""
    return fields.Boolean(data_key=key, load_default=False, metadata={"label": label, "needed": True})


def rings(key: str, label: Any, standard: int = 5) -> fields.Integer:
    """How often a phone rings."""
    sentence = _l("Vul een aantal keer in van 1 tot en met %(most)s.", most=MOST_RINGS)
    return fields.Integer(
        data_key=key,
        load_default=standard,
        validate=Range(1, MOST_RINGS, error=sentence),
        error_messages={"invalid": sentence},
        metadata={"label": label, "needed": True},
    )


def ticked(value: bool) -> str:
    """A checkbox as a form shows it."""
    return "1" if value else ""


class DisplayForm(Sheet):
    """*Weergave*."""

    name = line("bedrijfsnaam", _l("Bedrijfsnaam"))
    number = fields.String(
        data_key="bedrijfsnummer",
        load_default=None,
        validate=Length(max=20, error=_l("Kies een van uw nummers.")),
        metadata={"label": _l("Bedrijfsnummer"), "needed": True},
    )
    show_name = tick("toon-naam", _l("Toon bedrijfsnaam"))
    shown_number = Choice(
        SHOWN_NUMBERS,
        _l("Kies welk nummer anderen zien."),
        data_key="nummerweergave",
        load_default="company",
        metadata={"label": _l("Nummerweergave"), "needed": True},
    )

    @classmethod
    def of(cls, company: Company) -> Form:
        """What stands now."""
        shown = "persoonlijk" if company.shown_number == "personal" else "bedrijf"
        return Form.blank(
            cls(),
            name=company.name,
            number=company.number or "",
            show_name=ticked(company.show_name),
            shown_number=shown,
        )


BLOCKS: Mapping[str, Any] = {
    "international": _l("Blokkeer internationale nummers"),
    "mobile": _l("Blokkeer mobiele nummers"),
    "service_0900": _l("Blokkeer zakelijke service nummers (0900)"),
    "service_0906": _l("Blokkeer erotische nummers (0906)"),
    "service_0909": _l("Blokkeer entertainment nummers (0909)"),
}
"""*Blokkeren uitgaand bellen*, in the manual's order."""


class OutgoingForm(Sheet):
    """The five classes of numbers that can be blocked."""

    international = tick("internationaal", BLOCKS["international"])
    mobile = tick("mobiel", BLOCKS["mobile"])
    service_0900 = tick("0900", BLOCKS["service_0900"])
    service_0906 = tick("0906", BLOCKS["service_0906"])
    service_0909 = tick("0909", BLOCKS["service_0909"])

    @classmethod
    def of(cls, blocks: OutgoingBlocks) -> Form:
        return Form.blank(cls(), **{name: ticked(getattr(blocks, name)) for name in BLOCKS})
