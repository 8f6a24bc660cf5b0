"""*Instellingen*: the limit that warns (manual, chapter 8.1) and the watch over fraud."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from gateway.formatters import number
from gateway.forms.fields import Amount, Choice
from gateway.forms.people import Sheet, line
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

HIGHEST_LIMIT = Decimal(1_000_000)
LONGEST_REASON = 500
WATCHES = {"waarschuw": "warn", "blokkeer": "block"}


class LimitForm(Sheet):
    """*VoIP limieten*. Empty or 0 is no limit: None."""

    limit = Amount(
        data_key="limiet",
        load_default=None,
        metadata={"label": _l("Waarschuwingslimiet € ex. BTW"), "needed": True},
    )

    @validates_schema
    def check_limit(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Not negative, in whole cents, and an amount that can be reached."""
        limit = data["limit"]
        if limit is None:
            return
        if limit < 0:
            raise _wrong(_("Een limiet is 0 of meer. Laat het veld leeg voor geen limiet."))
        if limit != limit.quantize(Decimal("0.01")):
            raise _wrong(_("Gebruik hooguit twee cijfers achter de komma, bijvoorbeeld 250,00."))
        if limit > HIGHEST_LIMIT:
            raise _wrong(_("Een limiet is hooguit € %(most)s.", most=number(HIGHEST_LIMIT)))

    @post_load
    def nothing_is_no_limit(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """The manual: no value and the value 0 both set no limit."""
        return {**data, "limit": data["limit"] or None}


class WatchForm(Sheet):
    """*Fraudebewaking*: what an alert does."""

    watch = Choice(
        WATCHES,
        _l("Kies of we alleen waarschuwen of ook blokkeren."),
        data_key="bewaking",
        required=True,
        error_messages={"required": _l("Kies of we alleen waarschuwen of ook blokkeren.")},
        metadata={"label": _l("Bij verdacht belgedrag")},
    )


class LiftForm(Sheet):
    """*Hef blokkade op*, with why: it stands in the log."""

    reason = line(
        "reden",
        _l("Reden"),
        LONGEST_REASON,
        missing=_l("Vul in waarom dit gebruik klopt of wat u hebt gedaan."),
    )


def _wrong(sentence: str) -> ValidationError:
    return ValidationError({"limiet": [sentence]})
