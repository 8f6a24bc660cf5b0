"""Why an event waits in quarantine, in the language of who reads it.

What is stored is English: a sentence for the carrier, in terms of its own message (docs/carriers.md), by
which cases are told apart as well. Whatever is not in the table is shown as it is.
"""

from __future__ import annotations

import re

from shared.words import gettext as _


def _l(text: str) -> str:
    """Marks a text for the catalogue; it is translated once its values are known."""
    return text


_NUMBER = r"(?P<number>.+?)"

_SENTENCES = (
    # whose it is and what it costs (usecases/price.py)
    (
        r"carrier says (?P<said>.+), but the message came in as (?P<came>.+)",
        _l("Het bericht noemt aanbieder %(said)s, maar kwam binnen als %(came)s."),
    ),
    (rf"{_NUMBER} belongs to nobody at (?P<at>\S+)", _l("%(number)s was op %(at)s van niemand.")),
    (r"there is no rate plan for (?P<day>\S+)", _l("Er is geen tariefplan dat op %(day)s geldt.")),
    (
        r"(?:(?P<plan>.+): )?no rate for (?P<kind>\w+) \w+ to (?P<to>\S+) at offset (?P<at>\d+)",
        _l("Tariefplan %(plan)s heeft geen tarief voor %(kind)s naar %(to)s, vanaf seconde %(at)s."),
    ),
    (
        r"revision (?P<revision>\d+) of this record came before with other content",
        _l("Versie %(revision)s van dit bericht is er al, met een andere inhoud."),
    ),
    # numbers (domain/numbers.py)
    (rf"{_NUMBER} cannot be charged: .+", _l("%(number)s kan niet betalen: het is geen volledig nummer.")),
    (rf"{_NUMBER} is no (?:ext|nl|alpha): party; .+", _l("%(number)s is geen nummer dat we kennen.")),
    (rf"{_NUMBER} holds no number; .+", _l("In %(number)s staat geen nummer.")),
    (rf"{_NUMBER} is no number because of (?P<odd>.+); .+", _l("%(number)s is geen nummer, door %(odd)s.")),
    (
        rf"{_NUMBER} has (?P<digits>\d+) digits; international numbers have 7 to 15",
        _l("%(number)s heeft %(digits)s cijfers; een internationaal nummer heeft er 7 tot 15."),
    ),
    (
        rf"{_NUMBER} begins with a code that no country has",
        _l("%(number)s begint met een code van geen land."),
    ),
    (
        rf"{_NUMBER} is no Dutch number; .+",
        _l("%(number)s is geen Nederlands nummer: na 0 of +31 komt 1 tot 9."),
    ),
    (
        rf"{_NUMBER} has (?P<digits>\d+) digits after the 0 or \+31; "
        r".+ begin with (?P<prefix>\d+) have (?P<n>.+)",
        _l("%(number)s heeft %(digits)s cijfers na 0 of +31; met %(prefix)s zijn dat er %(n)s."),
    ),
    (rf"{_NUMBER} has no country or area code; .+", _l("%(number)s heeft geen landnummer of netnummer.")),
    # the message (domain/usage.py, ingester/messages.py)
    (r"(?P<at>\S+) is before 2000", _l("%(at)s ligt voor het jaar 2000.")),
    (r"(?P<at>\S+) is more than 2 days in the future", _l("%(at)s ligt meer dan 2 dagen in de toekomst.")),
    (r"missing; .+", _l("Dit veld ontbreekt en is hier nodig.")),
    (r"Object missing required field `(?P<name>[^`]+)`", _l("Veld %(name)s ontbreekt.")),
    (r"Object contains unknown field `(?P<name>[^`]+)`", _l("Veld %(name)s kennen we niet.")),
    (r"does not belong to kind (?P<kind>\w+), .+", _l("Dit veld hoort niet bij de soort %(kind)s.")),
    (r"a data session has no receiver; .+", _l("Een datasessie heeft geen ontvanger.")),
    (r"the list is empty; .+", _l("De lijst met berichten is leeg.")),
    (
        r"holds (?P<n>\d+) events; .+ 1 to (?P<most>\d+)",
        _l("Er staan %(n)s berichten in; hoogstens %(most)s mag."),
    ),
    (
        r"after event (?P<n>\d+) the message is cut off .+",
        _l("Na bericht %(n)s houdt de tekst op, of er staat iets anders."),
    ),
    (r"the text is not UTF-8", _l("De tekst is geen UTF-8.")),
    (r"nested too deep", _l("De gegevens zijn te diep genest.")),
    (r"key (?P<name>.+) occurs more than once; .+", _l("Veld %(name)s staat er meer dan eens in.")),
    (
        r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`",
        _l("Hier hoort %(wanted)s, maar er staat %(got)s."),
    ),
    (r"Expected `(?P<wanted>[^`]+)` (?P<text>.+)", _l("Hier hoort %(wanted)s %(text)s.")),
    (r"Invalid enum value (?P<got>.+)", _l("De waarde %(got)s kennen we hier niet.")),
    (r"Invalid RFC3339 encoded datetime", _l("Dit is geen tijdstip zoals 2026-11-22T15:04:05+01:00.")),
    (r"(?:JSON is malformed|Input data was truncated)(?P<text>.*)", _l("De tekst is geen JSON%(text)s.")),
    (r"the message has (?P<size>\d+) bytes, .+", _l("Het bericht is met %(size)s bytes veel te groot.")),
    (
        r"what this event said was removed, .+",
        _l("De inhoud is verwijderd: dit bericht is ouder dan de bewaartermijn."),
    ),
)
_TABLE = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _SENTENCES)
_PATH = re.compile(r"\$(?:\.events\[(?P<index>\d+)\])?\.?(?P<field>[\w.\[\]]*): (?P<what>.*)", re.DOTALL)


def in_words(sentence: str) -> str:
    """A stored sentence in the reader's language."""
    bare = sentence.removesuffix(".")
    path = _PATH.fullmatch(bare)
    if path is None:
        return _known(bare) or sentence
    what = _known(path["what"]) or f"{path['what']}."
    if path["field"]:
        what = _("Veld %(field)s: %(what)s", field=path["field"], what=what)
    if path["index"]:
        what = _("Bericht %(number)s van de lijst. %(what)s", number=int(path["index"]) + 1, what=what)
    return what


def _known(bare: str) -> str | None:
    for pattern, words in _TABLE:
        found = pattern.fullmatch(bare)
        if found:
            return _(words, **{name: value or "" for name, value in found.groupdict().items()})
    return None
