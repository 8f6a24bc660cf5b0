"""Forms of logging in in two steps."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length

from gateway.forms.people import Sheet, line, secret
from gateway.words import lazy_gettext as _l

LONGEST_CODE = 40
MISSING_CODE = _l("Vul de code in die de app nu toont, of een herstelcode.")


class AppCodeForm(Sheet):
    """A code of the authenticator app. After an error it is not shown again: another one is due."""

    code = fields.String(
        required=True,
        validate=Length(max=LONGEST_CODE, error=_l("Vul de code in die de app nu toont.")),
        error_messages={"required": _l("Vul de code in die de app nu toont.")},
        metadata={"label": _l("Code van 6 cijfers"), "exact": True},
    )


class RecoveryCodeForm(Sheet):
    """A recovery code instead."""

    code = line("code", _l("Herstelcode"), LONGEST_CODE, missing=_l("Vul een van uw herstelcodes in."))


class ConfirmedForm(Sheet):
    """One's own password and a code, before what the password alone must not do. Neither is shown again."""

    password = secret("wachtwoord", _l("Uw wachtwoord"), missing=_l("Vul uw wachtwoord in."))
    code = fields.String(
        required=True,
        validate=Length(max=LONGEST_CODE, error=MISSING_CODE),
        error_messages={"required": MISSING_CODE},
        metadata={"label": _l("Code van de app, of een herstelcode"), "exact": True},
    )


class ReasonForm(Sheet):
    """Why somebody's second step is taken away, for the log."""

    reason = line("reden", _l("Reden"), 500)
