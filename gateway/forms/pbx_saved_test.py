"""A tried call that is kept as a test: the same fields, with a name and what should happen."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length

from gateway.forms.pbx_test import TestForm
from gateway.forms.people import line
from gateway.words import lazy_gettext as _l

LONGEST_NAME = 60
LONGEST_TOKEN = 100


class SavedTestForm(TestForm):
    """``expect``: one of the tokens of what the call comes past; ``id``: the test that it replaces."""

    __test__ = False  # pytest takes the name for a test's

    name = line("naam", _l("Naam van de test"), LONGEST_NAME, _l("Geef de test een naam."))
    expect = line("verwacht", _l("Wat moet er gebeuren?"), LONGEST_TOKEN, _l("Kies wat er moet gebeuren."))
    id = fields.String(data_key="vaste-test", load_default="", validate=Length(max=32))
