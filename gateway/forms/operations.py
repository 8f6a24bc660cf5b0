"""Forms of the pages about what runs and what went wrong."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Range, Regexp

from gateway.forms.fields import Choice
from gateway.forms.form import chosen
from gateway.forms.people import Sheet, line
from gateway.models.operations import MAIL_STATES
from gateway.words import lazy_gettext as _l

MOST_AT_ONCE = 500


class MailSearchForm(Sheet):
    """Which mails, and where the page begins."""

    state = Choice(
        chosen(MAIL_STATES),
        _l("Kies uit de lijst."),
        data_key="staat",
        load_default="failed",
        metadata={"label": _l("Stand")},
    )
    after = fields.String(
        data_key="na",
        load_default="",
        validate=Regexp(r"[0-9a-f]{24}\Z", error=_l("Deze bladzijde bestaat niet.")),
    )


class RetryForm(Sheet):
    """Which queue, and how many of its messages were waiting when the page was made."""

    queue = line("wachtrij", _l("Wachtrij"), 200, missing=_l("Kies een wachtrij."))
    limit = fields.Integer(
        data_key="aantal",
        load_default=MOST_AT_ONCE,
        validate=Range(1, MOST_AT_ONCE, error=_l("Kies 1 tot en met 500.")),
        metadata={"label": _l("Aantal")},
    )
