"""Calls by the customer's own people: TEL-01, TEL-02, PBX-01, PBX-04, PBX-06, and how numbers are read."""

from __future__ import annotations

import pytest

from services.pbx.domain.config import Company, OutgoingBlocks, PbxUser, ShownNumber
from services.pbx.domain.routing.classes import OutClass, normalise, out_class
from services.pbx.domain.routing.values import Direction, Transfer
from tests.unit.pbx.plans import COMPANY, ends, inside, line, outside, pbx, rung, told, user

ALL = OutgoingBlocks(international=True, mobile=True, service_0900=True, service_0906=True, service_0909=True)
NAMELESS = PbxUser(id="nameless", username="nameless")

NOTATIONS = {
    "0612345678": "+31612345678",
    "06-12 34 56 78": "+31612345678",
    "+31 (0)6 12345678": "+31612345678",
    "0031612345678": "+31612345678",
    "00310612345678": "+31612345678",
    "00319000000": "+319000000",
    "003222000012": "+3222000012",
    "201": "ext:201",
    "ext:201": "ext:201",
    "112": "nl:112",
    "+31112": "nl:112",
    "0031112": "nl:112",
    "14020": "nl:14020",
    "1850": "nl:1850",
    "1233": "nl:1233",
    "anoniem": "anon",
    "": "unavailable",
    "hallo": "",
    "12345678": "",
    "+0031900": "",
    "٠٦١٢٣٤٥٦٧٨": "",
}


@pytest.mark.feature("PBX-11")
@pytest.mark.parametrize(("text", "number"), NOTATIONS.items())
def test_a_number_is_read_in_any_notation(text: str, number: str) -> None:
    assert normalise(text) == number


CLASSES = {
    "112": OutClass.EMERGENCY,
    "113": OutClass.EMERGENCY,
    "116000": OutClass.EMERGENCY,
    "003222000012": OutClass.INTERNATIONAL,
    "+1 202 555 0100": OutClass.INTERNATIONAL,
    "0612345678": OutClass.MOBILE,
    "0031612345678": OutClass.MOBILE,
    "0661234567": OutClass.OTHER,
    "0900-0000": OutClass.SERVICE_0900,
    "0031900 1234567": OutClass.SERVICE_0900,
    "+31 (0)900 0000": OutClass.SERVICE_0900,
    "0900-00001": OutClass.SERVICE_0900,
    "0906-0000": OutClass.SERVICE_0906,
    "0031909-0000": OutClass.SERVICE_0909,
    "0900-8844": OutClass.OTHER,
    "00319008844": OutClass.OTHER,
    "0800-0000": OutClass.OTHER,
    "020-1234567": OutClass.OTHER,
    "085-0001600": OutClass.OTHER,
    "14020": OutClass.OTHER,
}


@pytest.mark.feature("TEL-01", "PBX-04")
@pytest.mark.parametrize(("text", "kind"), CLASSES.items())
def test_a_number_is_classed_after_it_was_read(text: str, kind: OutClass) -> None:
    assert out_class(normalise(text)) is kind


BLOCKS = {
    "international": ("003222000012", "internationale nummers"),
    "mobile": ("0612345678", "mobiele nummers"),
    "service_0900": ("0031900-0000", "zakelijke service nummers (0900)"),
    "service_0906": ("0906-0000", "erotische nummers (0906)"),
    "service_0909": ("0909-0000", "entertainment nummers (0909)"),
}


@pytest.mark.feature("TEL-01", "PBX-04")
@pytest.mark.parametrize(("block", "number", "name"), [(key, *value) for key, value in BLOCKS.items()])
@pytest.mark.parametrize("caller", ["ext:201", "+31850001620"])
def test_a_blocked_class_cannot_be_called(block: str, number: str, name: str, caller: str) -> None:
    config = pbx(user("201"), line(), outgoing=OutgoingBlocks(**{block: True}))
    refused = inside(config, caller, number)
    assert refused.code == 403 and name in told(refused)
    others = {key: inside(config, caller, value[0]).code for key, value in BLOCKS.items() if key != block}
    assert set(others.values()) == {200}


@pytest.mark.feature("TEL-01", "PBX-04", "PBX-11")
@pytest.mark.parametrize("number", ["112", "0031112", "+31112", "113", "116000"])
@pytest.mark.parametrize("caller", ["ext:201", "user:nameless", "+31850001620", "nobody", ""])
def test_emergency_is_never_refused(number: str, caller: str) -> None:
    config = pbx(user("201"), NAMELESS, line(), outgoing=ALL, company=Company())
    assert ends(inside(config, caller, number)) == f"to {normalise(number)}"


@pytest.mark.feature("PBX-04")
@pytest.mark.parametrize("number", ["0900-8844", "0800-0000", "020-1234567", "14020", "144"])
def test_the_police_and_free_and_ordinary_numbers_pass_all_blocks(number: str) -> None:
    assert inside(pbx(user("201"), outgoing=ALL), "ext:201", number).code == 200


@pytest.mark.feature("PBX-01")
@pytest.mark.parametrize("called", ["0201234567", "202"])
def test_without_a_company_number_nobody_calls(called: str) -> None:
    config = pbx(user("201"), user("202"), company=Company())
    found = inside(config, "ext:201", called)
    assert found.code == 403 and "Zonder bedrijfsnummer kan niemand bellen" in told(found)


def test_a_line_needs_no_company_number() -> None:
    assert ends(inside(pbx(line(), company=Company()), "line:line", "0201234567")) == "to +31201234567"


@pytest.mark.feature("PBX-06")
def test_a_user_without_number_or_extension_cannot_call() -> None:
    found = inside(pbx(NAMELESS), "user:nameless", "0201234567")
    assert found.code == 403 and "zonder telefoonnummer en zonder extensie" in told(found)


def test_who_is_not_of_the_customer_cannot_call_through_it() -> None:
    assert inside(pbx(user("201")), "+31600000012", "0201234567").code == 403


PERSONAL = "+31850001601"
SHOWN = {
    "the company's number is the preset": (Company(number=COMPANY), {"number": PERSONAL}, COMPANY, "U201"),
    "personal": (
        Company(number=COMPANY, shown_number=ShownNumber.PERSONAL), {"number": PERSONAL}, PERSONAL, "U201",
    ),
    "personal, without a number of one's own": (
        Company(number=COMPANY, shown_number=ShownNumber.PERSONAL), {}, COMPANY, "U201",
    ),
    "the company's name": (
        Company(number=COMPANY, name="Bakkerij Voorbeeld B.V.", show_name=True), {}, COMPANY,
        "Bakkerij Voorbeeld B.V.",
    ),
    "hidden": (Company(number=COMPANY), {"hide_number": True}, "anon", ""),
}  # fmt: skip


@pytest.mark.feature("PBX-01", "PBX-06")
@pytest.mark.parametrize(("company", "values", "shown", "name"), SHOWN.values(), ids=SHOWN.keys())
def test_what_the_other_sees(company: Company, values: dict[str, object], shown: str, name: str) -> None:
    step = inside(pbx(user("201", **values), company=company), "ext:201", "0201234567").steps[-1]
    assert isinstance(step, Transfer) and (step.shown, step.name) == (shown, name)


@pytest.mark.feature("TEL-02")
@pytest.mark.parametrize(("hide", "shown"), [(False, "+31850001620"), (True, "anon")])
def test_a_line_shows_its_number_unless_it_is_hidden(hide: bool, shown: str) -> None:
    step = inside(pbx(line(hide_number=hide)), "line:line", "0201234567").steps[-1]
    assert isinstance(step, Transfer) and step.shown == shown


def test_112_sees_the_number_of_who_hides_it() -> None:
    step = inside(pbx(line(hide_number=True)), "line:line", "112").steps[-1]
    assert isinstance(step, Transfer) and step.shown == "+31850001620"


@pytest.mark.feature("PBX-11")
@pytest.mark.parametrize("called", ["202", "ext:202", "0850001602", "+31850001602"])
def test_colleagues_are_called_by_extension_and_by_number(called: str) -> None:
    config = pbx(user("201"), user("202", number="+31850001602"))
    assert rung(inside(config, "ext:201", called)) == [("202", 60)]


@pytest.mark.parametrize(
    ("called", "direction"), [("333", Direction.OUT), ("hallo", Direction.OUT), ("0850001999", Direction.IN)]
)
def test_what_does_not_exist_is_answered_404(called: str, direction: Direction) -> None:
    config = pbx(user("201"))
    found = inside(config, "ext:201", called) if direction is Direction.OUT else outside(config, called)
    assert found.code == 404


def test_an_extension_cannot_be_called_from_outside() -> None:
    assert outside(pbx(user("201")), "ext:201").code == 404


def test_the_caller_stays_seen_when_a_call_is_forwarded_outside() -> None:
    from tests.unit.pbx.plans import CALLER, forwards

    config = pbx(user("201", number=PERSONAL, forwards=forwards(always="0201234567")))
    step = outside(config, PERSONAL).steps[-1]
    assert isinstance(step, Transfer) and (step.shown, step.on_behalf) == (CALLER, PERSONAL)
