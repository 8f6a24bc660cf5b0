"""Makes the sample plan rate_plan_2026.csv: every country, every class of Dutch number.

Run `python -m services.cdr.demo.make_rate_plan` to write it again, after a new libphonenumber for instance.
The prices are made up; only their proportions are those of the market.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from babel import Locale

from services.cdr.demo.zones import MOBILE_PREFIXES, NETWORKS, ZONES, Prices, zone_number
from services.cdr.domain.countries import CODES, EU_ZONE, NO_COUNTRY
from services.cdr.domain.plan_export import format_plan
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.tariff import EURO, Entry, Step, Tariff, Window

TARGET = Path(__file__).with_name("rate_plan_2026.csv")

NL_FEE, NL_PEAK, NL_OFF_PEAK = "0.0395", "0.0195", "0.0125"
PEAK = Window(frozenset(range(5)), False, 8 * 3600, 19 * 3600)
HOLIDAY = Window(frozenset(), True)

GEOGRAPHIC = tuple("+31" + digit for digit in "123457")
OF_THE_COMPANY = ("+3185", "+3188", "+3191")
DUTCH_MOBILE = tuple("+316" + digit for digit in "123458")


def euros(text: str) -> int:
    return int(Decimal(text) * EURO)


def per_minute(rate: str, fee: str = "0", most: str | None = None, increment: int = 1) -> Tariff:
    steps = (Step(0, euros(rate), 60, increment),)
    return Tariff(steps, euros(fee), maximum=None if most is None else euros(most))


def per_piece(rate: str) -> Tariff:
    return Tariff((Step(0, euros(rate), 1, 1),))


def per_megabyte(rate: str) -> Tariff:
    return Tariff((Step(0, euros(rate), 10**6, 10_000),))


@dataclass(frozen=True)
class Service:
    """A class of Dutch numbers with one price; `most` caps the call where the law asks for it."""

    prefix: str
    name: str
    rate: str
    fee: str = "0"
    most: str | None = None
    increment: int = 1

    def tariff(self) -> Tariff:
        return per_minute(self.rate, self.fee, self.most, self.increment)


SERVICES = (
    Service("+3160", "Nederland mobiel, voorbeeldnummers", "0.0690", NL_FEE),
    Service("+3166", "Semafoon (066)", "0.1500", NL_FEE),
    Service("+3182", "Besloten netten (082)", NL_PEAK, NL_FEE),
    Service("+3184", "Persoonlijke assistent (084)", "0.1950", NL_FEE, "10.00"),
    Service("+3187", "Persoonlijke assistent (087)", "0.1950", NL_FEE, "10.00"),
    Service("+31970", "Machines en data (0970)", "0.0690", NL_FEE),
    Service("+31800", "0800, gratis", "0"),
    Service("+31900", "0900, gewoon tarief", "0.0990", NL_FEE, "20.00"),
    Service("+319000", "0900, hoog tarief", "0.4500", NL_FEE, "33.0579", 60),
    Service("+31906", "0906, erotiek", "0.7438", NL_FEE, "49.5868", 60),
    Service("+31909", "0909, spel en vermaak", "0.7438", NL_FEE, "49.5868", 60),
    Service("nl:14", "Gemeenten (14xxx)", NL_PEAK, NL_FEE),
    Service("nl:18", "Abonnee-informatie (18xx)", "1.0744", NL_FEE, "33.0579", 60),
    Service("nl:112", "Alarmnummer 112", "0"),
    Service("nl:113", "Zelfmoordpreventie (113)", "0"),
    Service("nl:116", "Hulplijnen (116xxx)", "0"),
    Service("nl:144", "Dieren in nood (144)", NL_PEAK, NL_FEE),
    Service("nl:12", "Diensten van het netwerk", NL_PEAK, NL_FEE),
    Service("nl:13", "Diensten van het netwerk", NL_PEAK, NL_FEE),
    Service("nl:1233", "Voicemail", "0"),
)


def at_home() -> Iterator[Entry]:
    yield Entry("voice", "ext:", "Intern", per_minute("0"))
    yield Entry("voice", "in:", "Inkomend", per_minute("0"))
    yield Entry("voice", "in:+31800", "Inkomend op uw 0800-nummer", per_minute("0.0450"))
    for prefix in GEOGRAPHIC + OF_THE_COMPANY:
        name = f"Nederland ({_dialled(prefix)})" if prefix in OF_THE_COMPANY else "Nederland vast"
        yield Entry("voice", prefix, name, per_minute(NL_OFF_PEAK, NL_FEE))
        yield Entry("voice", prefix, f"{name}, piek", per_minute(NL_PEAK, NL_FEE), window=PEAK, priority=10)
        feast = per_minute(NL_OFF_PEAK, NL_FEE)
        yield Entry("voice", prefix, f"{name}, feestdag", feast, window=HOLIDAY, priority=20)
    for prefix in DUTCH_MOBILE:
        yield Entry("voice", prefix, "Nederland mobiel", per_minute("0.0690", NL_FEE))
    for service in SERVICES:
        yield Entry("voice", service.prefix, service.name, service.tariff(), _call_type(service.prefix))
        if service.prefix == "+3160":
            yield Entry("voice", "fwd:+3160", service.name, service.tariff(), "forwarded")


def _dialled(prefix: str) -> str:
    return "0" + prefix.removeprefix("+31")


def _call_type(prefix: str) -> str | None:
    """Numbers 06-00 are given to nobody; demonstrations call them, and mean mobiles."""
    return "mobile" if prefix.endswith("+3160") else None


def abroad() -> Iterator[Entry]:
    names = Locale("nl").territories
    for code, country in sorted(CODES.items()):
        if country == "NL":
            continue
        if country == NO_COUNTRY:
            name, rate = NETWORKS[code]
            yield Entry("voice", f"+{code}", name, per_minute(rate, "0.1000", increment=60))
            continue
        prices: Prices = ZONES[zone_number(country)]
        yield Entry("voice", f"+{code}", names[country], per_minute(prices.fixed, prices.fee))
        for prefix in MOBILE_PREFIXES.get(country, "").split() if CODES.get(code[:-1]) != country else ():
            mobile = per_minute(prices.mobile, prices.fee)
            yield Entry("voice", f"+{code}{prefix}", f"{names[country]} mobiel", mobile)


def _codes_of_the_eu() -> list[str]:
    """Of the EU zone, without those that begin with another one: their price is the same."""
    codes = [code for code, country in CODES.items() if country in EU_ZONE]
    return sorted(code for code in codes if not any(code.startswith(c) and code != c for c in codes))


def of_a_mobile() -> Iterator[Entry]:
    """What a bundle holds costs nothing by itself; use above it is charged by the month."""
    for prefix in GEOGRAPHIC + OF_THE_COMPANY + DUTCH_MOBILE + ("+3160",):
        yield Entry("voice", f"mob:{prefix}", "Nederland, in de bundel", per_minute("0"), _call_type(prefix))
    for code in _codes_of_the_eu():
        yield Entry("voice", f"roam:eu:+{code}", "Bellen binnen de EU, in de bundel", per_minute("0"))
    for service in SERVICES:
        if not service.prefix.startswith("+3160"):
            yield Entry("voice", f"roam:eu:{service.prefix}", service.name, service.tariff())
    yield Entry("voice", "roam:eu:+3160", "Bellen binnen de EU, in de bundel", per_minute("0"), "mobile")
    world = per_minute("1.6500", increment=60)
    yield Entry("voice", "roam:world:+3160", "Vanuit de rest van de wereld", world, "mobile")
    yield Entry("voice", "roam:eu:+", "Vanuit de EU naar daarbuiten", per_minute("0.7500", increment=30))
    yield Entry("voice", "roam:world:+", "Vanuit de rest van de wereld", per_minute("1.6500", increment=60))
    yield Entry("voice", "roam:world:nl:", "Vanuit de rest van de wereld", per_minute("1.6500", increment=60))
    yield Entry("voice", "roam:world:nl:112", "Alarmnummer 112", per_minute("0"))
    yield Entry("voice", "roam:eu:in:", "Gebeld worden in de EU", per_minute("0"))
    yield Entry("voice", "roam:world:in:", "Gebeld worden buiten de EU", per_minute("1.1000", increment=60))
    yield Entry("data", "data:national", "Data in Nederland, in de bundel", per_megabyte("0"))
    yield Entry("data", "data:eu", "Data in de EU, in de bundel", per_megabyte("0"))
    yield Entry("data", "data:world", "Data in de rest van de wereld", per_megabyte("2.5000"))
    for country in ("GB", "CH", "US"):
        name = f"Data in {Locale('nl').territories[country]}"
        yield Entry("data", f"data:{country}", name, per_megabyte("0.4000"))


def messages() -> Iterator[Entry]:
    yield Entry("sms", "+", "Sms naar het buitenland", per_piece("0.1200"))
    for code in _codes_of_the_eu():
        yield Entry(
            "sms", f"+{code}", "Sms in de EU" if code != "31" else "Sms in Nederland", per_piece("0.0579")
        )
    for prefix in ("+31900", "+31906", "+31909"):
        yield Entry("sms", prefix, f"Sms naar {_dialled(prefix)}", per_piece("1.2397"))
    yield Entry("sms", "nl:", "Sms-dienst", per_piece("0.4545"))
    yield Entry("sms", "nl:1", "Sms naar het netwerk", per_piece("0"))
    yield Entry("sms", "in:", "Ontvangen sms", per_piece("0"))
    for zone, name, rate in (("eu", "de EU", "0.0579"), ("world", "de rest van de wereld", "0.3500")):
        yield Entry("sms", f"roam:{zone}:+", f"Sms vanuit {name}", per_piece(rate))
        yield Entry("sms", f"roam:{zone}:nl:", f"Sms-dienst vanuit {name}", per_piece("0.4545"))
        yield Entry("sms", f"roam:{zone}:in:", f"Ontvangen sms in {name}", per_piece("0"))


def sample_plan() -> RatePlan:
    return RatePlan(
        (*at_home(), *abroad(), *of_a_mobile(), *messages()), precision=4, version="Voorbeeld 2026"
    )


if __name__ == "__main__":
    TARGET.write_text(format_plan(sample_plan()), encoding="utf-8-sig", newline="")
