"""What our letters say, in each language and form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.links import Link, Purpose
from services.identity.domain.mails import LINKS, NOTIFICATIONS, Letter, Queued, State
from services.identity.mail.letters import FOLDER, LANGUAGES, Attachment, Formats, Letters, Unwritable

LETTERS = Letters("https://portaal.example.nl", "Tikker <tikker@example.nl>")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOKEN = "T" * 43
EVERYBODY = {"name": "Nora de Wit", "username": "nora"}
VALUES: dict[Letter, dict[str, Any]] = {
    Letter.VOIP_HIGH_USAGE: {"period": "2026-11", "limit": "250", "amount": "250.014999"},
    Letter.MOBILE_HIGH_USAGE: {
        "period": "2026-11",
        "number": "06-00 12 34 56",
        "label": "Bus & fiets",
        "limit": "data_bundle",
        "bundle": "",
        "unit": "MB",
        "value": "1000.000",
        "used": "812.5",
        "percentage": 80,
    },
    Letter.INVOICE: {"number": "2026-0001", "date": "2026-12-01", "period": "2026-11", "total": "1234.5"},
    Letter.SIM_BLOCK_CONFIRMATION: {
        "number": "06-00 12 34 56",
        "blocked": True,
        "at": "2026-11-22T15:38:51Z",
    },
    Letter.SIM_BLOCK_FAILED: {
        "number": "06-00 12 34 56",
        "blocked": True,
        "at": "2026-11-22T15:38:51Z",
        "refused": True,
        "reason": "Kaart onbekend.",
    },
    Letter.USAGE_EXPORT: {
        "from": "2026-11-01",
        "to": "2026-11-30",
        "rows": 12345,
        "attached": True,
        "path": "/exports/" + "e" * 32,
        "expires_at": "2026-11-29T11:00:00Z",
    },
    Letter.VOICEMAIL: {
        "name": "Nora de Wit",
        "owner": "Nora de Wit (211)",
        "caller": "06-00 12 34 56",
        "at": "2026-11-22T15:38:51Z",
        "seconds": 42,
    },
    Letter.FRAUD_SUSPECTED: {
        "call_class": "international",
        "day": "2026-11-22",
        "amount": "187.43",
        "usual": "12.5",
        "minutes": 1312,
        "blocked": True,
    },
    Letter.CALLS_ABROAD_FULL: {"most": 5, "at": "2026-11-22T02:38:51Z"},
}
OUR_OWN: dict[Letter, dict[str, Any]] = {Letter.SECOND_STEP: {"what": "recovery_used", "left": 7}}
every_letter = pytest.mark.parametrize("letter", Letter)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def write(letter: Letter, language: str = "nl", to: str = "nora@example.nl", **values: Any) -> EmailMessage:
    mail = Queued(
        letter=letter,
        to=to,
        user_id="a" * 32,
        customer_id="c" * 32,
        language=language,
        parameters=EVERYBODY | (VALUES | OUR_OWN).get(letter, {}) | values,
        id="6741e0ab9f1c2d3e4f5a6b7c",
        state=State.QUEUED,
        tries=1,
        created_at=NOON,
        correlation_id="test",
    )
    if letter not in LINKS:
        return LETTERS.write(mail)
    link = Link(
        key="k",
        purpose=LINKS[letter],
        customer_id="c" * 32,
        user_id="a" * 32,
        email=to,
        password_epoch=1,
        until=NOON,
    )
    return LETTERS.write(mail, link, TOKEN)


def form(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@every_letter
@every_language
def test_each_letter_is_written_in_each_language_as_text_and_html(letter: Letter, language: str) -> None:
    mail = write(letter, language)
    text, html = form(mail, "plain"), form(mail, "html")
    greeting = "Beste Nora de Wit," if language == "nl" else "Dear Nora de Wit,"
    assert greeting in text
    assert greeting in html
    assert mail["Content-Language"] == language
    assert f'<html lang="{language}">' in html
    assert mail["Subject"] in html.replace("&amp;", "&")
    assert not re.search(r"\n\n\n|[ \t]\n(?!Tikker)", text)
    assert max(len(line) for line in text.splitlines() if TOKEN not in line) <= 72


@every_letter
def test_what_the_two_forms_tell_is_the_same(letter: Letter) -> None:
    mail = write(letter)
    html = form(mail, "html").partition("</head>")[2]
    plain_html = re.sub(r"<[^>]+>", " ", html).replace("&amp;", "&").replace("&#39;", "'")
    words = re.findall(r"\w+", form(mail, "plain").partition("-- ")[0].replace("https", " "))
    missing = [word for word in words if word not in plain_html and word not in html]
    assert missing == []


@pytest.mark.feature("ID-02")
@pytest.mark.parametrize("letter", LINKS)
@every_language
def test_a_link_leads_to_our_own_portal_and_says_until_when(letter: Letter, language: str) -> None:
    mail = write(letter, language)
    address = f"https://portaal.example.nl/wachtwoord/{TOKEN}"
    assert address in form(mail, "plain").splitlines()
    assert f'href="{address}"' in form(mail, "html")
    until = "22-11-2026 om 13:00 uur" if language == "nl" else "22 November 2026 at 13:00 (Amsterdam time)"
    assert until in " ".join(form(mail, "plain").split())
    assert TOKEN not in str(mail["Subject"])


@pytest.mark.feature("ID-06")
def test_letters_that_services_ask_for_name_all_that_they_need() -> None:
    assert {letter: set(values) for letter, values in VALUES.items()} == NOTIFICATIONS
    for letter, needed in NOTIFICATIONS.items():
        for name in needed:
            with pytest.raises(Unwritable, match="Undefined|isoformat|undefined"):
                LETTERS.write(_without(letter, name))


def _without(letter: Letter, name: str) -> Queued:
    values = {key: value for key, value in (EVERYBODY | VALUES[letter]).items() if key != name}
    return Queued(
        letter=letter,
        to="nora@example.nl",
        user_id="a" * 32,
        customer_id=None,
        parameters=values,
        id="6741e0ab9f1c2d3e4f5a6b7c",
        state=State.QUEUED,
        tries=1,
        created_at=NOON,
        correlation_id="test",
    )


def test_there_is_no_template_but_those_of_our_letters() -> None:
    names = {path.name for path in FOLDER.iterdir()}
    pieces = {f"{piece}.{kind}.jinja" for piece in ("layout", "parts") for kind in ("text", "html")}
    assert names == pieces | {f"{letter}.{language}.jinja" for letter in Letter for language in LANGUAGES}


INJECTIONS = (
    "",
    "<b>",
    "</p><script>",
    '"><img src=x',
    "\r\nBcc: ben@example.nl\r\n",
    "{{ link }}",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
)


@given(st.sampled_from(INJECTIONS), st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_no_value_makes_a_header_or_html(injection: str, text: str, language: str) -> None:
    value = injection + text
    plain = write(Letter.INVOICE, language)
    try:
        mail = write(Letter.INVOICE, language, number=value, name=value)
    except Unwritable:
        assert any(0xD800 <= ord(character) <= 0xDFFF for character in value)
        return
    assert mail.keys() == plain.keys()
    assert len(str(mail["Subject"]).splitlines()) == 1
    tags = re.findall(r"</?\w+", form(mail, "html"))
    assert tags == re.findall(r"</?\w+", form(plain, "html"))


@pytest.mark.parametrize(
    "to", ["", "nora", "a@b.nl\r\nBcc: c@d.nl", "a@b.nl, c@d.nl", "a@b.nl\x00", "@", "<a@b.nl>"]
)
def test_only_one_plain_address_is_written_to(to: str) -> None:
    with pytest.raises(Unwritable):
        write(Letter.PASSWORD_CHANGED, to=to)


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("nl", "1234.5", "€ 1.234,50"),
        ("nl", "0.125", "€ 0,13"),
        ("nl", "2.675", "€ 2,68"),
        ("en", "1234.5", "€1,234.50"),
    ],
)
def test_amounts_are_rounded_half_up_and_written_as_people_do(language: str, amount: str, shown: str) -> None:
    assert Formats(language).money(amount) == shown.replace(" ", "\N{NO-BREAK SPACE}")


def test_days_and_moments_go_by_the_clock_of_amsterdam() -> None:
    dutch, english = Formats("nl"), Formats("en")
    assert dutch.moment("2026-12-31T23:30:00Z") == "01-01-2027 om 00:30"
    assert english.moment("2026-07-01T12:00:00+00:00") == "1 July 2026 at 14:00"
    assert (dutch.day("2026-12-01"), english.day("2026-12-01")) == ("01-12-2026", "1 December 2026")
    assert (dutch.month("2026-11"), english.month("2026-11")) == ("november 2026", "November 2026")


def test_a_purpose_has_one_letter() -> None:
    assert sorted(LINKS.values()) == sorted(Purpose)


@pytest.mark.feature("ID-09")
@every_language
@pytest.mark.parametrize("what", ["on", "off", "reset", "codes", "recovery_used"])
def test_each_change_of_the_second_step_is_told_in_words_of_its_own(language: str, what: str) -> None:
    others = {"on", "off", "reset", "codes", "recovery_used"} - {what}
    mail = write(Letter.SECOND_STEP, language, what=what)
    assert "nora" in form(mail, "plain")
    assert all(
        str(mail["Subject"]) != str(write(Letter.SECOND_STEP, language, what=other)["Subject"])
        for other in others
    )


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.mark.feature("CDR-07")
def test_an_export_is_attached_or_fetched_by_its_link() -> None:
    small = plain(write(Letter.USAGE_EXPORT))
    assert "zitten bij dit bericht" in small and "Regels: 12.345" in small
    large = plain(write(Letter.USAGE_EXPORT, attached=False))
    assert "te groot" in large and "https://portaal.example.nl/exports/" + "e" * 32 in large
    assert "tot 29-11-2026 om 12:00 uur" in large
    assert "Lines: 12,345" in plain(write(Letter.USAGE_EXPORT, "en"))


@pytest.mark.feature("CDR-11")
def test_a_fraud_alert_says_whether_anything_is_blocked() -> None:
    blocked = write(Letter.FRAUD_SUSPECTED)
    assert blocked["Subject"] == "Ongewoon verbruik: internationaal bellen buiten de EU"
    assert "Alarmnummers werken altijd" in plain(blocked)
    assert "Er is niets geblokkeerd" in plain(write(Letter.FRAUD_SUSPECTED, blocked=False))
    assert "more use of 0900 than" in plain(write(Letter.FRAUD_SUSPECTED, "en", call_class="0900"))


@pytest.mark.feature("CDR-11")
def test_a_refused_call_abroad_says_how_many_there_were_and_what_to_do() -> None:
    letter = write(Letter.CALLS_ABROAD_FULL)
    assert letter["Subject"] == "Internationaal gesprek geweigerd: er waren er al 5"
    assert "Op 22-11-2026 om 03:38 uur" in plain(letter)
    assert "wijzig de wachtwoorden van de toestellen" in plain(letter)


@pytest.mark.feature("CDR-07")
def test_an_attachment_comes_out_as_it_went_in() -> None:
    mail = Queued(
        letter=Letter.USAGE_EXPORT,
        to="nora@example.nl",
        user_id="a" * 32,
        customer_id="c" * 32,
        parameters=EVERYBODY | VALUES[Letter.USAGE_EXPORT],
        id="6741e0ab9f1c2d3e4f5a6b7c",
        state=State.QUEUED,
        tries=1,
        created_at=NOON,
        correlation_id="test",
    )
    file = Attachment("gespreksdetails-2026-11.zip", "application/zip", bytes(range(256)) * 9)
    letter = LETTERS.write(mail, files=[file])
    [attached] = letter.iter_attachments()
    assert attached.get_filename() == file.name and attached.get_content_type() == "application/zip"
    assert attached.get_content() == file.content
    assert "zitten bij dit bericht" in plain(letter)
