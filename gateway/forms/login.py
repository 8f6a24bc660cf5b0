"""The login form."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields
from marshmallow.validate import Length

from gateway.words import lazy_gettext as _l

LONGEST_USERNAME = 100
LONGEST_PASSWORD = 128


class LoginForm(Schema):
    """*Gebruikersnaam*, *Wachtwoord*, *Onthouden?* and the page to go to afterwards."""

    class Meta:
        unknown = EXCLUDE

    username = fields.String(
        data_key="gebruikersnaam",
        required=True,
        validate=Length(max=LONGEST_USERNAME, error=_l("Een gebruikersnaam is hooguit 100 tekens lang.")),
        error_messages={"required": _l("Vul uw gebruikersnaam in.")},
        metadata={"label": _l("Gebruikersnaam")},
    )
    password = fields.String(
        data_key="wachtwoord",
        required=True,
        validate=Length(max=LONGEST_PASSWORD, error=_l("Een wachtwoord is hooguit 128 tekens lang.")),
        error_messages={"required": _l("Vul uw wachtwoord in.")},
        metadata={"label": _l("Wachtwoord"), "exact": True},
    )
    remember = fields.Boolean(data_key="onthouden", load_default=False, metadata={"label": _l("Onthouden?")})
