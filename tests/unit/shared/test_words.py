"""Translation: every text that users read has an English one, and none is outside its reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from cli import catalogue
from cli.state import REPOSITORY
from shared import words
from shared.words import gettext, lazy_gettext, ngettext, speaking
from tests.support import dutch

pytestmark = pytest.mark.feature("GW-01")

BUILDERS_ONLY = {"gateway/pages/style_samples.py"}


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogue.marked()


def test_every_text_has_a_translation(texts: Catalog) -> None:
    missing = catalogue.untranslated(catalogue.merged(texts, catalogue.translated()))
    assert missing == [], "./tikker words lists them; translate them in shared/locale/en.po"


def test_every_translation_is_of_a_text_that_is_still_there(texts: Catalog) -> None:
    known = {message.id for message in catalogue.entries(texts)}
    assert [m.id for m in catalogue.entries(catalogue.translated()) if m.id not in known] == []


def test_translations_have_the_places_of_their_texts() -> None:
    assert catalogue.misplaced(catalogue.translated()) == []


@pytest.mark.parametrize("wrong", ["%(name)s", "%(number)s 50%", "", "%(number)s %(more)s"])
def test_a_wrong_place_is_found(wrong: str) -> None:
    catalog = Catalog("en")
    catalog.add("%(number)s van u", wrong)
    assert bool(catalogue.misplaced(catalog)) is (wrong != "")
    assert bool(catalogue.untranslated(catalog)) is (wrong == "")


def templates() -> list[Path]:
    return [path for path in catalogue.files() if path.suffix == ".html"]


def sources() -> list[Path]:
    return [path for path in catalogue.files() if path.suffix == ".py" and "gateway" in path.parts]


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    assert list(dutch.in_template(path.read_text("utf-8"))) == []


def test_the_portals_code_has_no_dutch_of_its_own() -> None:
    found = {}
    for path in sources():
        place = path.relative_to(REPOSITORY).as_posix()
        if place not in BUILDERS_ONLY:
            found[place] = list(dutch.in_python(path.read_text("utf-8")))
    assert {place: lines for place, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hallo</p>",
        "<p>{{ x }} gesprekken</p>",
        '<a title="Sluit">{{ _("Sluit") }}</a>',
        '{{ "Vul uw naam in en ga dan naar de lijst" }}',
        "{% if x %}<b>Niets</b>{% endif %}",
    ],
)
def test_dutch_in_a_template_is_found(template: str) -> None:
    assert list(dutch.in_template(template))


def test_dutch_in_code_is_found_and_marked_dutch_is_not() -> None:
    assert list(dutch.in_python('raise X("Dit is niet van u.")')) == [(1, "Dit is niet van u.")]
    assert list(dutch.in_python('raise X(_("Dit is niet van u."))')) == []
    assert list(dutch.in_python('"""Dit is niet van u."""')) == []


def test_a_text_reads_in_the_readers_language_and_only_within_the_block() -> None:
    with speaking("en"):
        assert gettext("Uitloggen") == "Sign out"
        with speaking("xx"):
            assert gettext("Uitloggen") == "Uitloggen"
    assert gettext("Uitloggen") == "Uitloggen"


def test_a_text_in_a_table_is_translated_when_it_is_shown() -> None:
    later = lazy_gettext("%(n)s minuten", n=3)
    assert str(later) == "3 minuten"
    with speaking("en"):
        assert str(later) == "3 minutes"


def test_one_and_more() -> None:
    with speaking("en"):
        assert ngettext("%(num)s bericht", "%(num)s berichten", 1) == "1 message"
        assert ngettext("%(num)s bericht", "%(num)s berichten", 2) == "2 messages"


def test_a_text_without_a_translation_stays_dutch() -> None:
    with speaking("en"):
        assert gettext("Deze zin staat in geen enkele lijst.") == "Deze zin staat in geen enkele lijst."
        assert words.catalogue("en").get("Deze zin staat in geen enkele lijst.") is None


def test_a_value_may_have_the_name_of_our_own_argument() -> None:
    assert gettext("%(text)s, %(one)s", text=1, one=2) == "1, 2"
