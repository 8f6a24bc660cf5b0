"""What */stijl* shows: fictional values, in Dutch only, since nobody but builders reads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields

from gateway import charts
from gateway.forms.filled import Filled
from gateway.forms.form import Form
from shared.errors import Unavailable

FIRST, LAST, TODAY = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 22)
COSTS = (
    "1.7 22.1 24.2 31.04 19.35 27.1 4.2 2.95 25.3 29.12 21 18 33.2 5.1 1.9 24 46.21 28.3 22.2 17.1 6.2 3.29"
)
BEFORE = "24 21 19 28 16 4 3 26 24 29 18 27 5 0 21 26 33 22 19 4 2 23 25 30 19 21 3 2 27 29"


class Device(Schema):
    """Two fields that are wrong, and one that is not."""

    mac = fields.String(data_key="mac", required=True, metadata={"label": "MAC-adres"})
    secret = fields.String(
        data_key="toestelwachtwoord", metadata={"label": "Toestelconfiguratie wachtwoord", "exact": True}
    )
    room = fields.String(data_key="ruimte", load_default="", metadata={"label": "Ruimte"})
    kind = fields.String(data_key="soort", required=True, metadata={"label": "Soort toestel"})


def everything() -> dict[str, Any]:
    """The values of the template, by name."""
    return {
        "bars": by_day(),
        "added": added(),
        "nothing": charts.bars("Gesprekken per dag", "november", [], charts.CALLS),
        "kinds": kinds(),
        "spark": charts.sparkline([3, 5, 4, 8, 6, 9, 7], "Zeven dagen: van 3 naar 7 gesprekken"),
        "bundles": bundles(),
        "rows": [charts.Bundle(966, 500, "MB", used_up=True), charts.Bundle(620, 500, "MB", used_up=False)],
        "work": charts.Progress(412, 1180, seconds=97),
        "started": charts.Progress(0, None),
        "steps": STEPS,
        "ways": WAYS,
        "wrong": wrong(),
        "blank": Form.blank(Device()),
        "error": Unavailable(),
    }


def by_day() -> charts.Chart:
    """A month that runs, beside the month before."""
    limit = charts.Limit(Decimal(60), "limiet per dag € 60")
    before = charts.Line("oktober", _amounts(BEFORE))
    return charts.bars("Kosten per dag (€)", "november", _november(), charts.EUROS, before, limit)


def added() -> charts.Chart:
    """The same, added up."""
    return charts.added_up(
        "Kosten opgeteld (€)",
        "november",
        _november(),
        charts.EUROS,
        before=charts.Line("oktober", _amounts(BEFORE)),
        expected=charts.Line("verwachting", [Decimal("18.5")] * 8),
        limit=charts.Limit(Decimal(600), "waarschuwingslimiet € 600"),
    )


def kinds() -> charts.Shares:
    """Seven kinds, of which two are Overig."""
    costs = {
        "Mobiel": "132.10",
        "Internationaal buiten de Europese Unie": "117.04",
        "Nationaal": "89.15",
        "Servicenummers": "34.60",
        "Data en sms": "23.85",
        "Doorgeschakeld": "11.02",
        "Intern": "5.10",
    }
    found = [charts.Share(name, Decimal(value), "#aandelen") for name, value in costs.items()]
    return charts.shares("Kosten per gesprekstype", found, charts.EUROS)


def bundles() -> dict[str, charts.Bundle]:
    """Above, inside, above one's share while the group has left, unlimited."""
    return {
        "Zakelijk Mobiel Bundel - Data": charts.Bundle(1003, 1000, "MB"),
        "Zakelijk Mobiel Bundel - Voice": charts.Bundle(39, 300, "Min"),
        "Boven het eigen deel": charts.Bundle(620, 500, "MB", used_up=False),
        "Mobiel Onbeperkt": charts.Bundle(4120, None, "MB"),
    }


def wrong() -> Form:
    """A form that was sent with errors."""
    filled = Filled({"mac": ["00:15:65:AB:CD"], "ruimte": ["Balie"]}, {})
    mac = "Dit zijn 10 tekens, het moeten er 12 zijn. U vindt het adres op het label onder het toestel."
    errors = {"mac": [mac], "toestelwachtwoord": ["Vul een wachtwoord in."]}
    return Form(Device(), filled.with_errors(errors), "0" * 32)


def _november() -> list[charts.Point]:
    values = {FIRST.replace(day=number): value for number, value in enumerate(_amounts(COSTS), start=1)}
    return charts.days(FIRST, LAST, values, TODAY)


def _amounts(words: str) -> list[Decimal]:
    return [Decimal(word) for word in words.split()]


STEPS = (
    {
        "title": "085-000 16 00 gebeld",
        "reason": "Hoort bij keuzemenu Hoofdmenu.",
        "at": "0 s",
        "state": "done",
    },
    {"title": "Jan Jansen (211) gaat over", "reason": "4 keer, 20 seconden.", "at": "11 s", "state": "done"},
    {
        "title": "Kees van de Heuvel overgeslagen",
        "reason": "Toestel is niet aangemeld.",
        "at": "31 s",
        "state": "skipped",
    },
    {"title": "Receptie (209) gaat over", "reason": "Wachttijd is om.", "at": "51 s", "state": "end"},
)
WAYS = (
    {
        "value": "circular",
        "label": "Circulair",
        "sentence": "Begint na het lid dat het vorige gesprek kreeg.",
    },
    {"value": "fixed", "label": "Vaste volgorde", "sentence": "Begint altijd bovenaan de ledenlijst."},
    {"value": "all", "label": "Simultaan", "sentence": "Alle toestellen gaan tegelijk over."},
    {"value": "uniform", "label": "Uniform", "sentence": "Wie het langst niets kreeg, eerst."},
)
