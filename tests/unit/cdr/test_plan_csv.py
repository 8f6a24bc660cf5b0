"""Rate plans as files: what may stand in them, and the sentence for each mistake."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.plan_export import euros, format_plan
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.tariff import EURO, Entry, Step, Tariff, Window
from tests.unit.cdr.builders import MON_FRI, euro, hours, steps

pytestmark = pytest.mark.feature("CDR-03")

HEADER = (
    "soort;prefix;bestemming;gesprekstype;geldig van;geldig tot;dagen;van;tot;prioriteit;vanaf;"
    "starttarief;tarief;per;blok;minimum;maximum"
)

TOO_LONG = "Het blok '%s' is langer dan een dag, 1000 GB of 1000 stuks."


def line(**cells: str) -> str:
    known = {"prefix": "+31", "bestemming": "Nederland", "tarief": "0,05", **cells}
    return ";".join(known.get(name.replace(" ", "_"), "") for name in HEADER.split(";"))


def entries(*lines: str) -> tuple[Entry, ...]:
    parsed = parse_plan("\n".join([HEADER, *lines]).encode())
    assert parsed.errors == ()
    assert parsed.plan is not None
    return parsed.plan.entries


def mistakes(*lines: str) -> list[tuple[int, str | None, str]]:
    parsed = parse_plan("\n".join([HEADER, *lines]).encode())
    assert parsed.plan is None
    assert all(error.problem.endswith(".") and error.advice.endswith(".") for error in parsed.errors)
    return [(error.line, error.column, error.problem) for error in parsed.errors]


def test_a_full_line() -> None:
    (entry,) = entries(
        line(
            soort="gesprek",
            prefix="+3120",
            bestemming="Amsterdam",
            gesprekstype="national",
            geldig_van="01-11-2026",
            geldig_tot="2026-12-31",
            dagen="ma-vr",
            van="08:00",
            tot="19:00",
            prioriteit="10",
            starttarief="0,05",
            tarief="0,0833333",
            per="min",
            blok="60/6",
            minimum="0.10",
            maximum="1,00",
        )
    )
    assert entry == Entry(
        kind="voice",
        prefix="+3120",
        destination="Amsterdam",
        tariff=Tariff(
            steps((0, "0.0833333", 60, 60), (60, "0.0833333", 60, 6)), euro("0.05"), euro("0.1"), euro("1")
        ),
        call_type="national",
        valid_from=date(2026, 11, 1),
        valid_to=date(2026, 12, 31),
        window=hours(8, 19, MON_FRI),
        priority=10,
        line=2,
    )


def test_what_may_be_left_out() -> None:
    (entry,) = entries(line())
    assert entry == Entry("voice", "+31", "Nederland", Tariff(steps((0, "0.05", 60, 1))), line=2)
    (sms,) = entries(line(soort="sms"))
    assert sms.tariff == Tariff(steps((0, "0.05", 1, 1)))
    (data,) = entries(line(soort="data", prefix="data:eu", blok="10 kB"))
    assert data.tariff == Tariff(steps((0, "0.05", 10**6, 10_000)))


@pytest.mark.parametrize(
    "text",
    [
        "prefix;bestemming;tarief\n+31;Nederland;0,05",
        "prefix,bestemming,tarief\r\n+31,Nederland,0.05\r\n",
        'prefix,destination,rate\n+31,Nederland,"0,05"\n',
        "\ufeffTARIEF;Prefix ;Bestemming\n0.05; +31 ;Nederland\n\n;;\n",
        "kind,prefix,destination,rate,unit,increment\nvoice,31,Nederland,0.05,60,1",
        'prefix;bestemming;tarief\n"+31";"Nederland";"0,05";;',
    ],
)
def test_separators_decimals_order_and_language(text: str) -> None:
    parsed = parse_plan(text.encode())
    assert parsed.errors == ()
    assert parsed.plan is not None
    assert [(e.prefix, e.tariff.steps) for e in parsed.plan.entries] == [("+31", steps((0, "0.05", 60, 1)))]
    assert parsed.lines == 1


def test_a_block_of_a_day_is_none_too_long_and_what_was_stored_stays_readable() -> None:
    (entry,) = entries(line(blok="24 uur"))
    assert entry.tariff.steps[0].increment == 86_400
    data = "\n".join([HEADER, line(blok="99999999999999 uur")]).encode()
    assert parse_plan(data).plan is None
    assert parse_plan(data, stored=True).plan is not None


def test_lines_that_begin_later_are_steps() -> None:
    (entry,) = entries(
        line(vanaf="600", tarief="0,01"),
        line(starttarief="0,10", maximum="5"),
        line(vanaf="60", tarief="0", blok="30"),
    )
    assert entry.tariff == Tariff(
        steps((0, "0.05", 60, 1), (60, "0", 60, 30), (600, "0.01", 60, 1)), euro("0.1"), 0, euro("5")
    )


@pytest.mark.parametrize(
    ("written", "prefix"),
    [
        ("+316", "+316"),
        ("316", "+316"),
        ("06", "+316"),
        ("00316", "+316"),
        ("+", "+"),
        ("nl:112", "nl:112"),
        ("nl:", "nl:"),
        ("ext:", "ext:"),
        ("fwd:+31", "fwd:+31"),
        ("in:", "in:"),
        ("roam:BE:+32", "roam:BE:+32"),
        ("roam:world:in:", "roam:world:in:"),
        ("mob:+316", "mob:+316"),
        ("mob:fwd:", "mob:fwd:"),
    ],
)
def test_prefixes(written: str, prefix: str) -> None:
    assert entries(line(prefix=written))[0].prefix == prefix


@pytest.mark.parametrize(
    ("days", "weekdays", "holidays"),
    [
        ("ma-vr", "01234", False),
        ("za+zo", "56", False),
        ("za zo", "56", False),
        ("vr-ma", "0456", False),
        ("feestdag", "", True),
        ("zo/feestdagen", "6", True),
        ("Mon-Wed,holiday", "012", True),
    ],
)
def test_days(days: str, weekdays: str, holidays: bool) -> None:
    (entry,) = entries(line(dagen=days))
    assert entry.window == Window(frozenset(map(int, weekdays)), holidays)


def test_every_day_is_no_window() -> None:
    assert entries(line(dagen="ma-zo"))[0].window is None
    assert entries(line(van="00:00", tot="24:00"))[0].window is None
    assert entries(line(van="08:00"))[0].window == hours(8, 24)


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"soort": "fax"}, "soort", "De soort 'fax' bestaat niet."),
        ({"prefix": ""}, "prefix", "Het prefix ontbreekt."),
        ({"prefix": "+999"}, "prefix", "Geen land heeft een nummer dat met +999 begint."),
        ({"prefix": "112"}, "prefix", "'112' kan een kort nummer zijn of een landcode."),
        ({"prefix": "roam:XX:+31"}, "prefix", "'roam:XX:+31' is geen begin van een nummer."),
        ({"prefix": "Nederland"}, "prefix", "'Nederland' is geen begin van een nummer."),
        ({"prefix": "+31x"}, "prefix", "'+31x' is geen begin van een nummer."),
        ({"soort": "data"}, "prefix", "'+31' is geen zone voor data."),
        ({"soort": "data", "prefix": "data:XX"}, "prefix", "'data:XX' is geen zone voor data."),
        ({"bestemming": ""}, "bestemming", "De bestemming ontbreekt."),
        ({"bestemming": "=1+1"}, "bestemming", "Dit is een formule of de fout van een formule, geen waarde."),
        (
            {"bestemming": "@SUM(A1)"},
            "bestemming",
            "Dit is een formule of de fout van een formule, geen waarde.",
        ),
        ({"bestemming": "x" * 81}, "bestemming", "De bestemming is te lang of bevat onzichtbare tekens."),
        ({"bestemming": "a\u202eb"}, "bestemming", "De bestemming is te lang of bevat onzichtbare tekens."),
        ({"gesprekstype": "lokaal"}, "gesprekstype", "Het gesprekstype 'lokaal' bestaat niet."),
        ({"geldig_van": "31-02-2026"}, "geldig van", "'31-02-2026' is geen datum."),
        ({"geldig_van": "11/01/2026"}, "geldig van", "'11/01/2026' is geen datum."),
        (
            {"geldig_van": "2026-02-02", "geldig_tot": "2026-02-01"},
            *("geldig tot", "De laatste dag ligt voor de eerste."),
        ),
        ({"dagen": "maandag"}, "dagen", "'maandag' is geen dag."),
        ({"dagen": "+"}, "dagen", "'+' noemt geen dag."),
        ({"van": "25:00"}, "van", "'25:00' is geen tijd."),
        ({"tot": "8:60"}, "tot", "'8:60' is geen tijd."),
        ({"van": "22:00", "tot": "06:00"}, "tot", "De tijd tot ligt niet na de tijd van."),
        ({"prioriteit": "-1"}, "prioriteit", "'-1' is geen heel getal van 0 tot en met 1000."),
        ({"prioriteit": "1001"}, "prioriteit", "'1001' is geen heel getal van 0 tot en met 1000."),
        ({"vanaf": "x"}, "vanaf", "'x' is geen heel getal van 0 tot en met 100000000000000."),
        ({"tarief": ""}, "tarief", "Het tarief ontbreekt."),
        ({"tarief": "-0,05"}, "tarief", "Het bedrag -0,05 is negatief."),
        ({"tarief": "NaN"}, "tarief", "'NaN' is geen bedrag."),
        ({"tarief": "inf"}, "tarief", "'inf' is geen bedrag."),
        ({"tarief": "1e3"}, "tarief", "'1e3' is geen bedrag."),
        ({"tarief": "1.234,50"}, "tarief", "'1.234,50' is geen bedrag."),
        ({"tarief": "€ 1"}, "tarief", "'€ 1' is geen bedrag."),
        ({"tarief": "0,1234567890123"}, "tarief", "'0,1234567890123' is geen bedrag."),
        ({"tarief": "=A1"}, "tarief", "Dit is een formule of de fout van een formule, geen waarde."),
        ({"tarief": "\u0661"}, "tarief", "'\u0661' is geen bedrag."),
        ({"tarief": "9" * 400}, "tarief", f"'{'9' * 30}…' is geen bedrag."),
        ({"tarief": "100,01"}, "tarief", "Het tarief 100,01 is hoger dan 100 euro per minuut, MB of stuk."),
        (
            {"tarief": "2", "per": "sec"},
            "tarief",
            "Het tarief 2 is hoger dan 100 euro per minuut, MB of stuk.",
        ),
        ({"starttarief": "1000,01"}, "starttarief", "Het bedrag 1000,01 is hoger dan 1000 euro."),
        ({"per": "maand"}, "per", "'maand' is geen hoeveelheid."),
        ({"per": "7"}, "per", "Per '7' kan niet exact worden gerekend."),
        ({"per": "1 MB"}, "per", "'1 MB' is geen hoeveelheid."),
        ({"blok": "0"}, "blok", "'0' is geen hoeveelheid."),
        ({"blok": "60/"}, "blok", ""),
        ({"blok": "25 uur"}, "blok", TOO_LONG % "25 uur"),
        ({"blok": "60/1000000 uur"}, "blok", TOO_LONG % "60/1000000 uur"),
        ({"soort": "data", "prefix": "data:eu", "blok": "1001 GB"}, "blok", TOO_LONG % "1001 GB"),
        ({"soort": "sms", "blok": "1001"}, "blok", TOO_LONG % "1001"),
        ({"blok": "60/0"}, "blok", "'0' is geen hoeveelheid."),
        ({"blok": "1,5"}, "blok", "'1,5' is geen hoeveelheid."),
        (
            {"maximum": "1", "minimum": "2"},
            "maximum",
            "Het maximum is lager dan het minimum of het starttarief.",
        ),
        (
            {"maximum": "1", "starttarief": "2"},
            "maximum",
            "Het maximum is lager dan het minimum of het starttarief.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_column(cells: dict[str, str], column: str, problem: str) -> None:
    if cells.get("blok") == "60/":
        assert entries(line(**cells))[0].tariff.steps == steps((0, "0.05", 60, 60))
    else:
        assert mistakes(line(prefix="+49"), line(**cells)) == [(3, column, problem)]


@pytest.mark.parametrize(
    ("lines", "number", "problem"),
    [
        ([line(), line()], 3, "Deze regel zegt hetzelfde als regel 2, of spreekt die tegen."),
        ([line(), line(tarief="1")], 3, "Deze regel zegt hetzelfde als regel 2, of spreekt die tegen."),
        ([line(), line(prefix="31")], 3, "Deze regel zegt hetzelfde als regel 2, of spreekt die tegen."),
        ([line(), line(dagen="za")], 3, "Soms geldt deze regel samen met regel 2, met dezelfde prioriteit."),
        (
            [line(dagen="ma-vr", prioriteit="1"), line(dagen="feestdag", prioriteit="1")],
            3,
            "Soms geldt deze regel samen met regel 2, met dezelfde prioriteit.",
        ),
        ([line(vanaf="60")], 2, "Dit is een vervolgstap, maar de stap vanaf 0 ontbreekt."),
        (
            [line(blok="60/6"), line(vanaf="30")],
            3,
            "Het eerste blok van regel 2 loopt door tot of voorbij 30.",
        ),
        (
            [line(blok="60/6"), line(vanaf="60")],
            3,
            "Het eerste blok van regel 2 loopt door tot of voorbij 60.",
        ),
        (
            [line(), line(vanaf="60", bestemming="België")],
            3,
            "Dit is een stap van regel 2, met een andere bestemming of een ander type.",
        ),
        (
            [line(), line(vanaf="60", starttarief="1")],
            3,
            "Starttarief, minimum en maximum gelden per gesprek, niet per stap.",
        ),
        ([f"{line()};1"], 2, "De regel heeft 18 velden en de kop 17."),
    ],
)
def test_lines_that_contradict(lines: list[str], number: int, problem: str) -> None:
    assert [(at, text) for at, _, text in mistakes(*lines)] == [(number, problem)]


def test_every_mistake_of_a_file_is_told_in_order() -> None:
    found = mistakes(line(soort="fax", tarief="x"), line(prefix="+32"), line(prefix="+33", van="x", blok="y"))
    assert [(at, column) for at, column, _ in found] == [(2, "soort"), (2, "tarief"), (4, "van"), (4, "blok")]


def test_a_step_whose_first_line_is_wrong_is_no_second_mistake() -> None:
    assert [column for _, column, _ in mistakes(line(tarief="x"), line(vanaf="60"))] == ["tarief"]


@pytest.mark.parametrize(
    ("data", "number", "problem"),
    [
        (b"", 1, "Het bestand is leeg."),
        (b"\xef\xbb\xbf \r\n", 1, "Het bestand is leeg."),
        (b"prefix;bestemming;tarief\n", 1, "Er staat geen regel met een tarief in."),
        (b"prefix;bestemming\n+31;x\n", 1, "Deze kolom ontbreekt."),
        (b"prefix;bestemming;tarief;kleur\n", 1, "De kolom 'kleur' bestaat niet."),
        (b"prefix;bestemming;tarief;rate\n", 1, "De kolom 'rate' staat er twee keer."),
        (
            "prefix;bestemming;tarief\n+31;België;1".encode("latin1"),
            2,
            "De tekst is Windows-1252, geen UTF-8.",
        ),
        (
            "prefix;bestemming;tarief\n+31;x;1".encode("utf-16"),
            1,
            "De tekst is UTF-16 (in Excel: 'Unicode-tekst').",
        ),
        (
            "prefix;bestemming;tarief\n+31;x;1".encode("utf-16-le"),
            1,
            "De tekst is UTF-16 (in Excel: 'Unicode-tekst').",
        ),
        (b"PK\x03\x04\x14\x00", 1, "Dit is een Excel-bestand, geen CSV."),
        (b"\xd0\xcf\x11\xe0\xa1", 1, "Dit is een Excel-bestand, geen CSV."),
        (b"%PDF-1.7", 1, "Dit is een PDF, geen CSV."),
        (b"prefix;bestemming;tarief\n+31;x\0;1", 1, "Dit is geen tekstbestand."),
        (
            b'prefix;bestemming;tarief\n+31;"x;1\n',
            2,
            "Een aanhalingsteken is niet gesloten, of een veld is te lang.",
        ),
        (
            b"prefix;bestemming;tarief\n+31;" + b"x" * 200_000 + b";1\n",
            2,
            "Een aanhalingsteken is niet gesloten, of een veld is te lang.",
        ),
        (b"\x89PNG\r\n\x1a\n\0\0", 1, "Dit is geen tekstbestand."),
    ],
)
def test_files_that_are_none(data: bytes, number: int, problem: str) -> None:
    parsed = parse_plan(data)
    assert parsed.plan is None
    assert (parsed.errors[0].line, parsed.errors[0].problem) == (number, problem)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.cdr.domain.plan_table.MAX_LINES", 3)
    monkeypatch.setattr("services.cdr.domain.plan_csv.MAX_PER_PREFIX", 2)
    three = [line(prefix=f"+3{number}") for number in (0, 1, 2)]
    assert len(entries(*three)) == 3
    assert mistakes(*three, line(prefix="+33"))[0][:2] == (5, None)
    crowded = [line(prioriteit=str(number)) for number in range(3)]
    assert mistakes(*crowded) == [(4, None, "Het prefix +31 heeft meer dan 2 regels.")]
    monkeypatch.setattr("services.cdr.domain.plan_table.MAX_ERRORS", 2)
    assert len(mistakes(*(line(tarief="x") for _ in range(3)))) == 2
    monkeypatch.setattr("services.cdr.domain.plan_table.MAX_BYTES", 10)
    assert mistakes(line())[0][2].startswith("Het bestand is groter")


@given(st.binary(max_size=300))
def test_no_file_makes_it_raise(data: bytes) -> None:
    parsed = parse_plan(b"prefix;bestemming;tarief\n" + data)
    assert (parsed.plan is None) == bool(parsed.errors)


cells = st.sampled_from(
    ["", "0", "1", "+31", "ma-vr", "08:00", "60/6", "x", "-1", "01-01-2026", "sms", "data:eu", "NaN"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(cells, min_size=17, max_size=17), max_size=4))
def test_no_cells_make_it_raise(rows: list[list[str]]) -> None:
    parsed = parse_plan("\n".join([HEADER, *(";".join(row) for row in rows)]).encode())
    assert (parsed.plan is None) == bool(parsed.errors)


amounts = st.integers(0, EURO)
moments = st.none() | st.dates(date(2001, 1, 1), date(2099, 1, 1))
windows = st.none() | st.builds(
    lambda days, holidays, edges: Window(days, holidays, min(edges), max(edges)),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.booleans(),
    st.sets(st.integers(0, 86_400), min_size=2, max_size=2),
)


@st.composite
def plans(draw: st.DrawFn) -> RatePlan:
    made = []
    for priority in range(draw(st.integers(1, 4))):
        offsets = [0, *sorted(draw(st.sets(st.integers(1, 10**6), max_size=2)))]
        rows = tuple(
            Step(offset, draw(amounts), draw(st.sampled_from([60, 3600, 30])), draw(st.integers(1, 600)))
            for offset in offsets
        )
        tariff = Tariff(rows, draw(amounts), draw(amounts), draw(st.none() | st.just(2 * EURO)))
        dates = sorted(draw(st.tuples(moments, moments)), key=lambda day: day or date.min)
        valid_from, valid_to = dates if all(dates) else (dates[1], None)
        prefix = draw(st.sampled_from(["+31", "+3161", "nl:112", "mob:fwd:+32", "roam:BE:in:"]))
        made.append(
            Entry(
                "voice",
                prefix,
                "België; \"x\" 'é'",
                tariff,
                None,
                valid_from,
                valid_to,
                draw(windows),
                priority,
            )
        )
    return RatePlan(tuple(made))


def without_line(entry: Entry) -> tuple[object, ...]:
    window = None if entry.window == Window(frozenset(range(7))) else entry.window
    return (
        entry.prefix,
        entry.destination,
        entry.tariff,
        entry.valid_from,
        entry.valid_to,
        window,
        entry.priority,
    )


@settings(max_examples=100, deadline=None)
@given(plans())
def test_a_plan_that_is_written_reads_the_same(plan: RatePlan) -> None:
    parsed = parse_plan(format_plan(plan).encode())
    assert parsed.errors == ()
    assert parsed.plan is not None
    assert [without_line(entry) for entry in parsed.plan.entries] == [
        without_line(entry) for entry in plan.entries
    ]


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0,00"), (EURO, "1,00"), (EURO // 8, "0,125"), (1, "0,000000000001"), (1234 * EURO, "1234,00")],
)
def test_amounts_are_written_exactly(amount: int, text: str) -> None:
    assert euros(amount) == text
