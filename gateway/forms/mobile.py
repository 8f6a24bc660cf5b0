"""Forms of *Mobiel*. Fields are named as mobile's arguments."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Range

from gateway.forms.fields import Amount
from gateway.forms.people import Sheet, line
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

LONGEST_QUERY = 40
LONGEST_LABEL = 40
DEFAULT = "default"
WHOLE = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+|[0-9]{1,9}", re.ASCII)
MOST = Decimal("1000000")


class Euros(Amount):
    """An amount as mobile takes it, ``100.00``; whole cents, 0 or more."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        amount = super()._deserialize(value, attr, data, **kwargs)
        if amount < 0:
            raise ValidationError(_("Een limiet is 0 of meer. Laat het veld leeg voor geen limiet."))
        if amount > MOST:
            raise ValidationError(_("Een limiet is hooguit € %(most)s.", most="1.000.000"))
        if amount != amount.quantize(Decimal("0.01")):
            raise ValidationError(_("Gebruik hooguit twee cijfers achter de komma, bijvoorbeeld 250,00."))
        return f"{amount:.2f}"


class Whole(fields.Field[str]):
    """Whole minutes or MB, ``1.250`` or ``1250``; which multiples there are is for mobile to say."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(value).replace("\u00a0", "").replace(" ", "")
        if not WHOLE.fullmatch(text):
            raise ValidationError(_("Schrijf een heel getal, bijvoorbeeld 250 of 1.250."))
        return text.replace(".", "")


class ListForm(Sheet):
    """*Zoek* in the list, *Toon opgeheven abonnementen*, and where a page begins."""

    query = line("zoek", _l("Nummer, SIM of label"), LONGEST_QUERY)
    ended = fields.Boolean(
        data_key="opgeheven", load_default=False, metadata={"label": _l("Toon opgeheven abonnementen")}
    )
    after = fields.String(data_key="na", load_default=None)


class CustomerLimitForm(Sheet):
    """*Totaal per klant*; empty is no warning."""

    amount = Euros(data_key="limiet", load_default=None, metadata={"label": _l("Totaal per klant")})


class EuroLimitForm(Sheet):
    """A limit of a subscription, in euro."""

    value = Euros(data_key="waarde", load_default=None, metadata={"label": _l("Waarschuw bij")})


class WholeLimitForm(Sheet):
    """A limit of a subscription, in minutes or MB."""

    value = Whole(data_key="waarde", load_default=None, metadata={"label": _l("Waarschuw bij")})


class LabelForm(Sheet):
    """*Label eindklant*; ``revision`` is that of the subscription as it was shown."""

    label = line("label", _l("Label eindklant"), LONGEST_LABEL)
    revision = fields.Integer(data_key="versie", load_default=1, validate=Range(min=1))
