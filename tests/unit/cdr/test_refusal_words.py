"""Why an event waits, as staff read it; what is stored is the sentence for the carrier."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.cdr.domain.numbers import NumberError, parse_charged, parse_party
from services.cdr.domain.refusal import FORGOTTEN
from services.cdr.domain.usage import BadEvent, decode
from services.cdr.refusal_words import in_words

pytestmark = pytest.mark.feature("CDR-02")

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GOOD = '"record": "r", "kind": "voice", "charged": "+31850001611", "to": "112", "from": "+31850001611"'
STARTED = GOOD + ', "start": "2026-11-22T10:00:00Z"'


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (
            "carrier says 'mobi', but the message came in as 'vasco'.",
            "Het bericht noemt aanbieder 'mobi', maar kwam binnen als 'vasco'.",
        ),
        (
            "+31850009999 belongs to nobody at 2026-11-22T10:00:00+00:00.",
            "+31850009999 was op 2026-11-22T10:00:00+00:00 van niemand.",
        ),
        (
            "default 2026-01-01: no rate for voice out to +31979123456 at offset 0.",
            "Tariefplan default 2026-01-01 heeft geen tarief voor voice naar +31979123456, vanaf seconde 0.",
        ),
        (
            "revision 2 of this record came before with other content.",
            "Versie 2 van dit bericht is er al, met een andere inhoud.",
        ),
        (FORGOTTEN, "De inhoud is verwijderd: dit bericht is ouder dan de bewaartermijn."),
        ("KeyError: 'what'", "KeyError: 'what'"),
    ],
)
def test_a_stored_sentence_is_shown_in_dutch(stored: str, shown: str) -> None:
    assert in_words(stored) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("{" + GOOD + "}", "Veld start ontbreekt."),
        ('{"events": [{' + GOOD + "}]}", "Bericht 1 van de lijst. Veld start ontbreekt."),
        ("{" + STARTED + ', "duration": -1}', "Veld duration: Hier hoort int >= 0."),
        ("{" + STARTED + "}", "Veld duration: Dit veld ontbreekt en is hier nodig."),
        ('{"events": []}', "Veld events: De lijst met berichten is leeg."),
        ('{"pin": 1, "duration": 1, ' + STARTED + "}", "Veld pin kennen we niet."),
    ],
)
def test_what_is_wrong_with_a_message_is_said_with_its_place(body: str, shown: str) -> None:
    (bad,) = decode(body.encode(), NOW)
    assert isinstance(bad, BadEvent)
    assert in_words(bad.reason) == shown


@pytest.mark.parametrize(
    "text", ["0123", "+999123456789", "085", "+31", "abc", "+3185000", "ext:0", "12345678", "+3100", "+49"]
)
def test_every_objection_to_a_number_has_words(text: str) -> None:
    for parse in (parse_party, parse_charged):
        try:
            parse(text)
        except NumberError as problem:
            assert in_words(str(problem)) != str(problem)
