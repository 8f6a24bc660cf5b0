"""The sample plan reads without an error and has a price for every number that exists."""

from decimal import Decimal

import phonenumbers
import pytest

from services.cdr.demo.make_rate_plan import TARGET, sample_plan
from services.cdr.domain.call_types import classify
from services.cdr.domain.countries import CODES, EU_ZONE, country_of
from services.cdr.domain.numbers import parse_party
from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.rating import NoRate, RatedUsage, Usage, rate
from tests.unit.cdr.builders import local

pytestmark = pytest.mark.feature("CDR-03", "CDR-04")

NOON = local("2026-11-20 12:00:00")


@pytest.fixture(scope="module")
def plan() -> RatePlan:
    parsed = parse_plan(TARGET.read_bytes())
    assert parsed.errors == ()
    assert parsed.plan is not None
    return parsed.plan


def usage(kind: str, receiver: str | None, quantity: int = 60, **more: str) -> Usage:
    direction, roaming = more.get("direction", "out"), more.get("roaming")
    party = parse_party(receiver, kind) if receiver else None
    call_type, _ = classify(kind, direction, "+31850001611", party, roaming)
    product = more.get("product", "telephony")
    return Usage(kind, direction, party, NOON, quantity, call_type, roaming, product)


def price(rated: RatedUsage) -> str:
    return f"{Decimal(rated.amount_micro).scaleb(-6):.4f}"


def test_the_file_is_what_the_script_makes(plan: RatePlan) -> None:
    made = {(entry.kind, entry.prefix, entry.priority): entry.tariff for entry in sample_plan().entries}
    assert {(entry.kind, entry.prefix, entry.priority): entry.tariff for entry in plan.entries} == made


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS - {"NL"}))
def test_every_country_has_a_price(plan: RatePlan, country: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        example = phonenumbers.example_number_for_type(country, kind)
        if example is None:
            continue
        number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        rated = rate(usage("voice", number), plan)
        assert rated.call_type == f"international_{'eu' if country_of(number) in EU_ZONE else 'world'}"
        assert rated.amount_micro > 0
        assert rate(usage("sms", number, 1), plan).amount_micro > 0


@pytest.mark.parametrize(
    ("kind", "dialled", "call_type", "cost"),
    [
        ("voice", "0850001611", "national", "0.0590"),
        ("voice", "0101234567", "national", "0.0590"),
        ("voice", "0612345678", "mobile", "0.1085"),
        ("voice", "0600123456", "mobile", "0.1085"),
        ("voice", "0661234567", "other", "0.1895"),
        ("voice", "0821234567", "other", "0.0590"),
        ("voice", "0841234567", "other", "0.2345"),
        ("voice", "097012345678", "other", "0.1085"),
        ("voice", "08000000", "service_0800", "0.0000"),
        ("voice", "09000000", "service_0900", "0.4895"),
        ("voice", "09008844", "service_0900", "0.1385"),
        ("voice", "09060000", "service_0906", "0.7833"),
        ("voice", "09090000", "service_0909", "0.7833"),
        ("voice", "14020", "service_14", "0.0590"),
        ("voice", "1888", "service_18", "1.1139"),
        ("voice", "112", "emergency", "0.0000"),
        ("voice", "116111", "emergency", "0.0000"),
        ("voice", "144", "other", "0.0590"),
        ("voice", "1233", "other", "0.0000"),
        ("voice", "201", "internal", "0.0000"),
        ("voice", "003222000012", "international_eu", "0.0805"),
        ("voice", "0032470000012", "international_eu", "0.1405"),
        ("voice", "+441632960000", "international_world", "0.0805"),
        ("voice", "+88161234567", "international_world", "6.6000"),
        ("sms", "0612345678", "sms", "3.4740"),
        ("sms", "3010", "sms_premium", "27.2700"),
    ],
)
def test_every_dutch_class_has_a_price(
    plan: RatePlan, kind: str, dialled: str, call_type: str, cost: str
) -> None:
    rated = rate(usage(kind, dialled), plan)
    assert (rated.call_type, price(rated)) == (call_type, cost)


@pytest.mark.parametrize("dialled", ["0979123456", "0671234567", "0691234567", "0801234567", "0921234567"])
def test_numbers_given_to_nobody_wait_for_a_rate(plan: RatePlan, dialled: str) -> None:
    with pytest.raises(NoRate):
        rate(usage("voice", dialled), plan)


def test_paid_services_have_a_maximum(plan: RatePlan) -> None:
    for dialled in ("09000000", "09060000", "09090000", "1888"):
        assert rate(usage("voice", dialled, 36_000), plan).amount_micro < 50_000_000


@pytest.mark.parametrize(
    ("what", "used", "cost"),
    [
        ("a mobile at home", usage("voice", "0612345678", product="mobile"), "0.0000"),
        ("a mobile to a service", usage("voice", "09000000", product="mobile"), "0.4895"),
        ("home from Belgium", usage("voice", "0850001611", product="mobile", roaming="BE"), "0.0000"),
        ("to Germany from Belgium", usage("voice", "+4930123456", product="mobile", roaming="BE"), "0.0000"),
        ("a service from Belgium", usage("voice", "09000000", product="mobile", roaming="BE"), "0.4895"),
        ("emergency from the USA", usage("voice", "112", product="mobile", roaming="US"), "0.0000"),
        ("home from the USA", usage("voice", "0850001611", product="mobile", roaming="US"), "1.6500"),
        (
            "called in the USA",
            usage("voice", "0612345678", product="mobile", roaming="US", direction="in"),
            "1.1000",
        ),
        ("called at home", usage("voice", "0612345678", direction="in"), "0.0000"),
        ("an own 0800", usage("voice", "08000000", direction="in"), "0.0450"),
        ("forwarded to a mobile", usage("voice", "0612345678", direction="forward"), "0.1085"),
        ("data at home", usage("data", None, 10**9, product="mobile"), "0.0000"),
        ("data in Norway", usage("data", None, 10**9, product="mobile", roaming="NO"), "0.0000"),
        ("data in Switzerland", usage("data", None, 10**6, product="mobile", roaming="CH"), "0.4000"),
        ("data in Brazil", usage("data", None, 10**6, product="mobile", roaming="BR"), "2.5000"),
        ("a text from France", usage("sms", "0612345678", 1, product="mobile", roaming="FR"), "0.0579"),
        ("a text from Peru", usage("sms", "0612345678", 1, product="mobile", roaming="PE"), "0.3500"),
    ],
)
def test_a_mobile_pays(plan: RatePlan, what: str, used: Usage, cost: str) -> None:
    assert price(rate(used, plan)) == cost, what


def test_prices_within_the_eu_keep_to_its_caps(plan: RatePlan) -> None:
    for code, country in CODES.items():
        if country in EU_ZONE - {"NL"}:
            entries = [
                e for e in plan.entries if e.prefix.startswith(f"+{code}") and country_of(e.prefix) == country
            ]
            assert entries
            limit = {"voice": 190_000_000_000, "sms": 60_000_000_000}
            assert all(entry.tariff.steps[0].rate <= limit[entry.kind] for entry in entries)


def test_every_country_code_of_libphonenumber_has_a_line(plan: RatePlan) -> None:
    prefixes = {entry.prefix for entry in plan.entries if entry.kind == "voice"}
    codes = {f"+{code}" for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE}
    assert codes - prefixes == {"+31"}  # whose numbers have a line per class
