"""What changed, field by field: machine names and values of the log in the words of the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gateway.access import ROLE_NAMES
from gateway.formatters import ABSENT, day_short, euros, local, number
from gateway.models.billing import METHODS, PROFILES, VAT_RATES
from gateway.models.invoices import STATUSES
from gateway.models.rights import GENDERS, REGISTRATIONS
from gateway.phone_numbers import party
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

FIELDS: dict[str, Any] = {
    "username": _l("Gebruikersnaam"),
    "email": _l("E-mail adres"),
    "title": _l("Titulatuur"),
    "initials": _l("Initialen"),
    "first_name": _l("Voornaam"),
    "infix": _l("Tussenvoegsel"),
    "last_name": _l("Achternaam"),
    "gender": _l("Geslacht"),
    "roles": _l("Rollen"),
    "registrations": _l("E-mailberichten"),
    "language": _l("Taal"),
    "theme": _l("Weergave"),
    "blocked": _l("Geblokkeerd"),
    "invited_at": _l("Welkom e-mail"),
    "password": _l("Wachtwoord"),
    "wait_seconds": _l("Wachttijd (seconden)"),
    "state": _l("Stand"),
    "template": _l("Soort"),
    "tries": _l("Pogingen"),
    "name": _l("Naam"),
    "kind": _l("Soort"),
    "products": _l("Produkten"),
    "kvk": _l("KvK-nummer"),
    "vat_number": _l("BTW-nummer"),
    "address": _l("Adres"),
    "invoice_address": _l("Factuuradres"),
    "contact": _l("Contactpersoon"),
    "phone": _l("Telefoon"),
    "street": _l("Straat"),
    "house_number": _l("Huisnummer"),
    "postcode": _l("Postcode"),
    "city": _l("Plaats"),
    "country": _l("Land"),
    "number": _l("Nummer"),
    "numbers": _l("Nummers"),
    "first": _l("Eerste nummer"),
    "last": _l("Laatste nummer"),
    "source": _l("Herkomst"),
    "valid_from": _l("Vanaf"),
    "valid_to": _l("Tot"),
    "product": _l("Produkt"),
    "label": _l("Omschrijving"),
    "sim_number": _l("SIM-nummer"),
    "active_from": _l("Begint op"),
    "ended_at": _l("Eindigt op"),
    "rows": _l("Gesprekken"),
    "amount": _l("Bedrag (€ excl. BTW)"),
    "plan": _l("Tariefplan"),
    "lines": _l("Regels"),
    "precision": _l("Decimalen"),
    "limit": _l("Limiet (€)"),
    "period": _l("Periode"),
    "second_step": _l("Inloggen in twee stappen"),
    "begins_with": _l("Begint met"),
    "expires_at": _l("Verloopt op"),
    "parent": _l("ICT-partner"),
    "block": _l("Blokkeren bij misbruik"),
    "calls_abroad": _l("Internationale gesprekken tegelijk"),
    "months": _l("Maanden"),
    "events": _l("Berichten"),
    "reason": _l("Reden"),
    "corrections": _l("Verbeterde gesprekken"),
    "difference": _l("Verschil (€ excl. BTW)"),
    "scope": _l("Bereik"),
    "from": _l("Vanaf"),
    "to": _l("Tot en met"),
    "carrier": _l("Aanbieder"),
    "case": _l("Nummer"),
    "selection": _l("Selectie"),
    "delivery": _l("Bezorging"),
    "sort": _l("Volgorde"),
    "day": _l("Dag"),
    "usual": _l("Gebruikelijk (€)"),
    "minutes": _l("Minuten"),
    "duty": _l("Verplicht"),
    "on": _l("Ingeschakeld"),
    "file": _l("Bestand"),
    "of": _l("Voor"),
    "prefix": _l("Prefix of gesprekstype"),
    "margin": _l("Marge"),
    "rate": _l("Eigen tarief"),
    "per": _l("Per"),
    "increment": _l("Blok"),
    "connect_fee": _l("Starttarief"),
    "description": _l("Omschrijving"),
    "quantity": _l("Aantal"),
    "price": _l("Prijs (€)"),
    "prices": _l("Eigen prijzen"),
    "vat": _l("BTW"),
    "retired": _l("Niet meer te kiezen"),
    "starts": _l("Vanaf"),
    "ends": _l("Tot en met"),
    "percentage": _l("Korting (%%)"),
    "seller": _l("Afzender"),
    "iban": _l("IBAN"),
    "bic": _l("BIC"),
    "website": _l("Website"),
    "accent": _l("Kleur"),
    "creditor_id": _l("Incassant-ID"),
    "series": _l("Reeks van facturen"),
    "credit_series": _l("Reeks van creditnota’s"),
    "pays_by": _l("Betaalwijze"),
    "days": _l("Betaaltermijn in dagen"),
    "mandate_id": _l("Kenmerk van de machtiging"),
    "mandate_signed_on": _l("Machtiging getekend op"),
    "reverse_charge": _l("BTW verlegd"),
    "profile": _l("E-factuur volgens"),
    "reference": _l("Kenmerk van de klant"),
    "attention": _l("Ter attentie van"),
    "itemised": _l("Gesprekken als bijlage"),
    "masked": _l("Nummers ingekort"),
    "bills_from": _l("Factureren vanaf"),
    "issued_on": _l("Factuurdatum"),
    "collect_on": _l("Incasseren op"),
    "status": _l("Status"),
    "paid_on": _l("Betaald op"),
    "total": _l("Totaal (€)"),
    "invoices": _l("Facturen"),
    "revision": _l("Versie"),
    "model": _l("Merk en model"),
    "mac": _l("MAC-adres"),
    "colleagues": _l("Collega’s onder de toetsen"),
    "enabled": _l("Ingeschakeld"),
    "modules": _l("Modules"),
    "module": _l("Module"),
    "value": _l("Waarde"),
    "cost": _l("Kosten (€)"),
    "customer_total": _l("Totaal per klant (€)"),
    "national_data": _l("Nationaal data – PAYGO en boven bundel (€)"),
    "mobiel_bellen_eu": _l("Mobiel Bellen EU (minuten)"),
    "mobiel_internet_eu": _l("Mobiel Internet EU (MB)"),
    "mobiel_internet_wereld": _l("Mobiel Internet Wereld (MB)"),
    "zakelijk_mobiel_naar_eu": _l("Zakelijk Mobiel naar EU (minuten)"),
    "zakelijk_mobiel_buiten_eu": _l("Zakelijk Mobiel naar buiten EU (minuten)"),
    "answer": _l("Antwoord van het netwerk"),
}

PRODUCTS = {"voip": _l("Telefoonlijnen"), "pbx": _l("Telefooncentrale"), "mobile": _l("Mobiel")}
CODES: dict[str, Mapping[str, Any]] = {
    "roles": ROLE_NAMES,
    "registrations": REGISTRATIONS,
    "gender": GENDERS,
    "products": PRODUCTS,
    "language": {"nl": "Nederlands", "en": "English"},
    "theme": {"light": _l("Licht"), "dark": _l("Donker"), "system": _l("Als het apparaat")},
    "state": {"queued": _l("wacht"), "sent": _l("verstuurd"), "failed": _l("mislukt")},
    "vat": VAT_RATES,
    "pays_by": METHODS,
    "profile": PROFILES,
    "status": STATUSES,
    "value": {"default": _l("default van de ICT-partner")},
}
NUMBERS = frozenset({"number", "numbers", "first", "last"})
AMOUNTS = frozenset(
    {"amount", "difference", "usual", "limit", "price", "total", "cost", "customer_total", "national_data"}
)
COUNTS = frozenset({"rows", "corrections", "events"})
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True)
class Difference:
    """A field in words; None on one side where it was not there."""

    label: str
    before: str | None
    after: str | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every field that one of them names; empty ones of something new say nothing."""
    names = dict.fromkeys([*before, *after])
    found = [
        Difference(
            str(FIELDS.get(name, name)),
            shown(name, before[name]) if name in before else None,
            shown(name, after[name]) if name in after else None,
        )
        for name in names
    ]
    return [one for one in found if (one.before or ABSENT) != (one.after or ABSENT)]


def shown(name: str, value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, Mapping):
        parts = ((FIELDS.get(key, key), shown(key, inner)) for key, inner in value.items())
        return ", ".join(f"{label}: {words}" for label, words in parts if words != ABSENT) or ABSENT
    if isinstance(value, list):
        return "; ".join(shown(name, inner) for inner in value) or ABSENT
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool):
        return _("Ja") if value else _("Nee")
    text = str(CODES.get(name, {}).get(str(value), value))
    return _written(name, text)


def _written(name: str, text: str) -> str:
    if name in NUMBERS and _E164.fullmatch(text):
        return party(text)
    try:
        if name in AMOUNTS:
            return _amount(Decimal(text))
        if name in COUNTS:
            return number(int(text))
        if _MOMENT.fullmatch(text):
            here = local(datetime.fromisoformat(text))
            return f"{day_short(here.date())} {here:%H:%M}"
        return day_short(date.fromisoformat(text)) if _DAY.fullmatch(text) else text
    except (ValueError, ArithmeticError):
        return text


def _amount(value: Decimal) -> str:
    """As exact as it is, with two decimals at least."""
    return euros(value, max(2, -int(value.normalize().as_tuple().exponent)))
