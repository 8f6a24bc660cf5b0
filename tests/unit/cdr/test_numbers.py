"""The Dutch number plan and the world: what is written, what it is stored as, what type of call it is."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cdr.domain.call_types import CALL_TYPES, classify
from services.cdr.domain.countries import CODES, NO_COUNTRY, country_of, zone_of
from services.cdr.domain.numbers import NumberError, national, parse_charged, parse_party, spellings

pytestmark = pytest.mark.feature("CDR-04")


@pytest.mark.parametrize(
    ("dialled", "stored", "call_type"),
    [
        ("0101234567", "+31101234567", "national"),
        ("0201234567", "+31201234567", "national"),
        ("0301234567", "+31301234567", "national"),
        ("0401234567", "+31401234567", "national"),
        ("0501234567", "+31501234567", "national"),
        ("0701234567", "+31701234567", "national"),
        ("0348123456", "+31348123456", "national"),
        ("0612345678", "+31612345678", "mobile"),
        ("0621234567", "+31621234567", "mobile"),
        ("0631234567", "+31631234567", "mobile"),
        ("0641234567", "+31641234567", "mobile"),
        ("0651234567", "+31651234567", "mobile"),
        ("0681234567", "+31681234567", "mobile"),
        ("0601234567", "+31601234567", "other"),  # given to nobody
        ("0661234567", "+31661234567", "other"),  # paging
        ("0671234567", "+31671234567", "other"),  # given to nobody
        ("0691234567", "+31691234567", "other"),  # given to nobody
        ("097012345678", "+3197012345678", "other"),  # machines: 11 digits after the 0
        ("0979123456", "+31979123456", "other"),  # no source for it
        ("0850001611", "+31850001611", "national"),
        ("0911234567", "+31911234567", "national"),
        ("0880001611", "+31880001611", "national"),
        ("0841234567", "+31841234567", "other"),  # personal assistant
        ("0871234567", "+31871234567", "other"),
        ("0821234567", "+31821234567", "other"),  # virtual private network
        ("08001234", "+318001234", "service_0800"),
        ("08001234567", "+318001234567", "service_0800"),
        ("09001234", "+319001234", "service_0900"),
        ("09001234567", "+319001234567", "service_0900"),
        ("09061234", "+319061234", "service_0906"),
        ("09061234567", "+319061234567", "service_0906"),
        ("09091234", "+319091234", "service_0909"),
        ("09091234567", "+319091234567", "service_0909"),
        ("1410", "nl:1410", "service_14"),
        ("14020", "nl:14020", "service_14"),
        ("140348", "nl:140348", "service_14"),
        ("1850", "nl:1850", "service_18"),
        ("1888", "nl:1888", "service_18"),
        ("112", "nl:112", "emergency"),
        ("113", "nl:113", "emergency"),
        ("116111", "nl:116111", "emergency"),
        ("144", "nl:144", "other"),
        ("1233", "nl:1233", "other"),
        ("1200", "nl:1200", "other"),
        ("201", "ext:201", "internal"),
        ("911", "ext:911", "internal"),
        ("anonymous", "anon", "other"),
        ("+3222000012", "+3222000012", "international_eu"),
        ("+32470000012", "+32470000012", "international_eu"),  # a mobile abroad is abroad
        ("+3545000000", "+3545000000", "international_eu"),  # Iceland
        ("+4232000000", "+4232000000", "international_eu"),  # Liechtenstein
        ("+4721000000", "+4721000000", "international_eu"),  # Norway
        ("+35818000000", "+35818000000", "international_eu"),  # Åland
        ("+262262000000", "+262262000000", "international_eu"),  # Réunion
        ("+590590270000", "+590590270000", "international_world"),  # Saint-Barthélemy left the EU
        ("+441632960000", "+441632960000", "international_world"),
        ("+447700900000", "+447700900000", "international_world"),  # Jersey, or the UK
        ("+41310000000", "+41310000000", "international_world"),
        ("+35020000000", "+35020000000", "international_world"),  # Gibraltar
        ("+298200000", "+298200000", "international_world"),  # the Faroes
        ("+5997170000", "+5997170000", "international_world"),  # Bonaire
        ("+12025550123", "+12025550123", "international_world"),
        ("+80012345678", "+80012345678", "international_world"),
        ("+88161234567", "+88161234567", "international_world"),
    ],
)
def test_each_range_has_its_type(dialled: str, stored: str, call_type: str) -> None:
    party = parse_party(dialled)
    assert party == stored
    assert classify("voice", "out", "ext:201", party, None)[0] == call_type


@pytest.mark.parametrize(
    "written",
    [
        "+31612345678",
        "0612345678",
        "0031612345678",
        "31612345678",
        "+31 6 12 34 56 78",
        "06-12345678",
        "06 12 34 56 78",
        "(06) 12345678",
        "+31(0)612345678",
        "+31 (0)6 12.34.56.78",
        "+310612345678",
        "00310612345678",
        "06\u00a012345678",
        " +31612345678 ",
        "tel:+31-6-12345678",
        "tel:+31612345678;phone-context=example",
        "sip:0612345678@sip.example",
        "SIPS:+31612345678@sip.example;user=phone",
    ],
)
def test_spellings_of_one_number(written: str) -> None:
    assert parse_party(written) == "+31612345678"


@pytest.mark.parametrize(
    ("written", "kind", "stored"),
    [
        ("3010", "sms", "nl:3010"),
        ("3010", "voice", "ext:3010"),
        ("PostNL", "sms", "alpha:PostNL"),
        ("H&M 24-7", "sms", "alpha:H&M 24-7"),
        ("alpha:PostNL", "voice", "alpha:PostNL"),
        ("ext:201", "voice", "ext:201"),
        ("nl:112", "voice", "nl:112"),
        ("+3114020", "voice", "nl:14020"),
        ("0031112", "voice", "nl:112"),
        ("anon", "voice", "anon"),
        ("Anonymous", "sms", "anon"),
        ("sip:anonymous@anonymous.invalid", "voice", "anon"),
        ("sip:201@pbx.example", "voice", "ext:201"),
        ("withheld", "voice", "anon"),
    ],
)
def test_parties_that_are_no_full_number(written: str, kind: str, stored: str) -> None:
    assert parse_party(written, kind) == stored


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "holds no number"),
        (" ", "holds no number"),
        ("+", "holds no number"),
        ("-", "holds no number"),
        ("0", "no Dutch number"),
        ("00", "has 0 digits; international numbers have 7 to 15"),
        ("+31", "no Dutch number"),
        ("06", "has 1 digits after the 0 or +31; Dutch numbers that begin with 06 have 9"),
        ("061234567", "has 8 digits"),
        ("06123456789", "has 10 digits"),
        ("0970123456", "Dutch numbers that begin with 0970 have 11"),
        ("0800123456", "Dutch numbers that begin with 0800 have 7 or 10"),
        ("080012345", "Dutch numbers that begin with 0800 have 7 or 10"),
        ("1234567", "has no country or area code"),
        ("612345678", "has no country or area code"),
        ("32470000012", "has no country or area code"),
        ("+999123456", "a code that no country has"),
        ("+3212", "has 4 digits"),
        ("+1234567890123456", "has 16 digits"),
        ("06123456**", "because of '*'"),
        ("06123x5678", "because of 'x'"),
        ("PostNL", "because of 'P'"),
        ("+31612345678\n", "because of '\\n'"),
        ("+31612345678\x00", "because of '\\x00'"),
        ("+3161234567\u0668", "because of '\\u0668'"),
        ("\uff0b31612345678", "because of '\\uff0b'"),
        ("=1+1", "because of '='"),
        ("'; drop table", "because of"),
        ("++31612345678", "because of '+'"),
        ("ext:0201", "does not begin with 0"),
        ("ext:112", "no short number"),
        ("ext:14020", "no short number"),
        ("0112", "has 3 digits"),  # not an emergency: a number that was cut off
        ("0113", "has 3 digits"),
        ("0116123", "has 6 digits"),
        ("+310112", "has 3 digits"),
        ("014020", "has 5 digits"),
        ("01850", "has 4 digits"),
        ("ext:", "2 to 6 digits"),
        ("nl:12345678", "3 to 6 digits"),
        ("alpha:", "1 to 11"),
        ("alpha:0612", "at least one letter"),
        ("alpha:=HYPERLINK", "1 to 11"),
        ("9" * 80, "has no country or area code"),
    ],
)
def test_what_is_no_party_is_refused_with_a_reason(written: str, says: str) -> None:
    with pytest.raises(NumberError) as refused:
        parse_party(written)
    assert says in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("written", ["201", "112", "anon", "alpha:PostNL", "06"])
def test_only_full_numbers_can_be_charged(written: str) -> None:
    with pytest.raises(NumberError):
        parse_charged(written)
    assert parse_charged("085 000 1611") == "+31850001611"


@given(st.text(max_size=30), st.sampled_from(["voice", "sms", "data"]))
def test_any_text_is_a_party_or_refused(text: str, kind: str) -> None:
    try:
        party = parse_party(text, kind)
    except NumberError:
        return
    assert party.isascii() and party.isprintable()
    assert parse_party(party, kind) == party


dutch = st.one_of(
    st.from_regex(r"\+31(?:[123457][0-9]|6[1-8]|8[24578]|91)[0-9]{7}", fullmatch=True),
    st.from_regex(r"\+31(?:800|900|906|909)(?:[0-9]{4}|[0-9]{7})", fullmatch=True),
    st.from_regex(r"\+31970[0-9]{8}", fullmatch=True),
)
foreign = st.builds(
    lambda code, rest: f"+{code}{rest}",
    st.sampled_from(sorted(code for code in CODES if len(code) <= 3 and code != "31")),
    st.text("0123456789", min_size=6, max_size=12),
)


@given(dutch | foreign)
def test_what_is_dialled_is_read_back(number: str) -> None:
    assert parse_party(national(number)) == parse_party(number) == number


@pytest.mark.parametrize(
    ("party", "dialled"),
    [("+31612345678", "0612345678"), ("+3222000012", "003222000012"), ("nl:112", "112"), ("ext:201", "201")],
)
def test_as_dialled_in_the_netherlands(party: str, dialled: str) -> None:
    assert national(party) == dialled


@pytest.mark.feature("CDR-05")
@pytest.mark.parametrize(
    ("part", "looked_for"),
    [
        ("0612", ("0612", "+31612")),
        ("06-12", ("0612", "+31612")),
        ("+31612", ("+31612",)),
        ("+31 (0)612", ("+31612",)),
        ("+310612", ("+31612",)),
        ("0031612", ("0031612", "+31612")),
        ("0032", ("0032", "+32")),
        ("0", ("0", "+31")),
        ("1611", ("1611",)),
        ("201", ("201",)),
        ("", ()),
        (" - ", ()),
    ],
)
def test_a_part_of_a_number_in_both_spellings(part: str, looked_for: tuple[str, ...]) -> None:
    assert spellings(part) == looked_for


@pytest.mark.parametrize("part", ["abc", "06%", "$where", "1" * 21, "\u0660\u0666", "+3+1", "06\n12"])
def test_a_part_is_digits_only(part: str) -> None:
    with pytest.raises(NumberError, match="no part of a number"):
        spellings(part)


@given(dutch, st.data())
def test_each_part_of_either_spelling_finds_the_number(number: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([number, national(number), number[1:]]))
    begin = data.draw(st.integers(0, len(text) - 1))
    part = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    assert any(spelling in number for spelling in spellings(part))


@pytest.mark.parametrize(
    ("kind", "direction", "sender", "receiver", "roaming", "expected"),
    [
        ("voice", "in", "+3222000012", "+31850001611", None, ("incoming", "BE")),
        ("voice", "in", "anon", "+31850001611", None, ("incoming", None)),
        ("voice", "forward", "anon", "+31612345678", None, ("forwarded", "NL")),
        ("voice", "forward", "anon", "+12025550123", None, ("forwarded", "US")),
        ("voice", "out", "+31612345678", "+31850001611", "BE", ("national", "NL")),
        ("voice", "out", "+31612345678", "+14165550123", None, ("international_world", "CA")),
        ("voice", "out", "+31612345678", "+870773000000", None, ("international_world", NO_COUNTRY)),
        ("voice", "out", "ext:201", "ext:202", None, ("internal", None)),
        ("sms", "out", "+31612345678", "+31687654321", None, ("sms", "NL")),
        ("sms", "out", "+31612345678", "+12025550123", None, ("sms", "US")),
        ("sms", "out", "+31612345678", "nl:3010", None, ("sms_premium", "NL")),
        ("sms", "out", "+31612345678", "+319090000", None, ("sms_premium", "NL")),
        ("sms", "out", "+31612345678", "nl:1233", None, ("sms", "NL")),
        ("sms", "in", "alpha:PostNL", "+31612345678", None, ("incoming", None)),
        ("data", "out", None, None, None, ("data_national", "NL")),
        ("data", "out", None, None, "NL", ("data_national", "NL")),
        ("data", "out", None, None, "NO", ("data_eu", "NO")),
        ("data", "out", None, None, "GB", ("data_world", "GB")),
        ("data", "out", None, None, "CH", ("data_world", "CH")),
        ("data", "out", None, None, "ZZ", ("data_world", "ZZ")),
    ],
)
def test_the_type_goes_by_kind_direction_and_country(
    kind: str, direction: str, sender: str, receiver: str, roaming: str, expected: tuple[str, str | None]
) -> None:
    assert classify(kind, direction, sender, receiver, roaming) == expected
    assert expected[0] in CALL_TYPES


@given(st.text(max_size=12), st.text(max_size=12), st.sampled_from(["voice", "sms", "data"]))
def test_every_party_has_a_type(sender: str, receiver: str, kind: str) -> None:
    assert classify(kind, "out", sender, receiver, None)[0] in CALL_TYPES


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_our_table_of_countries_is_libphonenumbers(country: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        example = phonenumbers.example_number_for_type(country, kind)
        if example is None or phonenumbers.region_code_for_number(example) != country:
            continue
        number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        assert country_of(number) == country
        assert zone_of(country) in ("eu", "world")
