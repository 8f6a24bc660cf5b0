"""The form in which somebody who is signed in shows again that it is them."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length

from gateway.forms.people import Sheet, secret
from gateway.forms.second_step import LONGEST_CODE
from gateway.words import lazy_gettext as _l

PASSWORD, CODE, BACK = "bevestig-wachtwoord", "bevestig-code", "bevestig-terug"
"""Names of no field of another form: they travel together with those of the form that has to wait."""


class ConfirmForm(Sheet):
    """The password, and a code from who has a second step: identity knows who has."""

    password = secret(PASSWORD, _l("Uw wachtwoord"), missing=_l("Vul uw wachtwoord in."))
    code = fields.String(
        data_key=CODE,
        load_default="",
        validate=Length(max=LONGEST_CODE, error=_l("Dit mogen hooguit {max} tekens zijn.")),
        metadata={"label": _l("Code van uw app, of een herstelcode"), "exact": True, "needed": True},
    )
