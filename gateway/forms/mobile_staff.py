"""Forms of staff about mobile subscriptions. Fields are named as mobile's arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields

from gateway.forms.fields import Amount, Choice
from gateway.forms.mobile import Euros, Whole
from gateway.forms.people import Sheet, line, several
from gateway.forms.telephony_staff import a_day
from gateway.models.mobile import SCALES
from gateway.models.mobile_staff import Catalogue, Default
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

MONTH = re.compile(r"(0?[1-9]|1[0-2])-(20\d\d)", re.ASCII)
NOT_IN_LIST = _l("Kies uit de lijst.")


def _sim(needed: bool = False) -> fields.String:
    missing = _l("Vul het SIM-nummer in.") if needed else None
    return line("sim", _l("SIM nummer"), 30, missing)


def _puk() -> fields.String:
    return line("puk", _l("PUK code"), 12)


def new_form(catalogue: Catalogue) -> Schema:
    """A new subscription; its products and modules are mobile's."""
    codes = {one: one for one in catalogue.product_names}
    modules = {one: one for one in catalogue.module_names}
    return Sheet.from_dict(
        {
            "product": _one_of(codes, "product", _l("Product")),
            "number": line("nummer", _l("Mobiel nummer"), 30, _l("Vul het nummer in.")),
            "active_from": a_day("vanaf", _l("Datum actief"), _l("Vul de eerste dag in.")),
            "sim_number": _sim(),
            "puk": _puk(),
            "label": line("label", _l("Label eindklant"), 40),
            "modules": several("module", _l("Modules"), modules, NOT_IN_LIST),
        }
    )()


class SimForm(Sheet):
    """Another card, at once."""

    sim_number = _sim(needed=True)
    puk = _puk()


class NumberForm(Sheet):
    """Another number from a day on."""

    number = line("nummer", _l("Mobiel nummer"), 30, _l("Vul het nummer in."))
    valid_from = a_day("vanaf", _l("Vanaf"), _l("Vul de eerste dag in."))


class EndForm(Sheet):
    """The first day on which it is no more."""

    ended_at = a_day("einde", _l("Eerste dag zonder"), _l("Vul de eerste dag zonder dit abonnement in."))


def product_form(catalogue: Catalogue) -> Schema:
    codes = {one: one for one in catalogue.product_names}
    return Sheet.from_dict(
        {
            "product": _one_of(codes, "product", _l("Product")),
            "valid_from": a_day("vanaf", _l("Vanaf"), _l("Vul de eerste dag in.")),
        }
    )()


def module_form(catalogue: Catalogue) -> Schema:
    """A module, on or off from a day."""
    codes = {one: one for one in catalogue.module_names}
    return Sheet.from_dict(
        {
            "module": _one_of(codes, "module", _l("Module")),
            "day": a_day("dag", _l("Vanaf"), _l("Vul de dag in.")),
        }
    )()


def blocks_form(catalogue: Catalogue) -> Schema:
    codes = {one.code: one.code for one in catalogue.blocks}
    return Sheet.from_dict({"codes": several("blokkering", _l("Blokkeringsopties"), codes, NOT_IN_LIST)})()


class Month(fields.Field[str]):
    """``12-2026``; becomes ``2026-12``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found = MONTH.fullmatch(str(value))
        if not found:
            raise ValidationError(_("Schrijf de maand als 12-2026."))
        return f"{found[2]}-{int(found[1]):02}"


class Rate(Amount):
    """A price above the bundle: 0 or more, six decimals at most; as text for mobile."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        amount = super()._deserialize(value, attr, data, **kwargs)
        if amount < 0:
            raise ValidationError(_("Een bedrag is 0 of meer."))
        return f"{amount:f}"


def terms_form(catalogue: Catalogue) -> Schema:
    """What was agreed on, from a month on: per bundle a volume and a price above it; empty: the product's."""
    needed = {"required": _l("Vul de maand in.")}
    made: dict[str, Any] = {
        "month": Month(
            data_key="maand", required=True, error_messages=needed, metadata=_label(_l("Vanaf maand"))
        ),
        "block_cost": Euros(
            data_key="kosten_blok", load_default=None, metadata=_label(_l("SIM-kaart blokkeren €"))
        ),
        "unblock_cost": Euros(
            data_key="kosten_deblok", load_default=None, metadata=_label(_l("SIM-kaart deblokkeren €"))
        ),
    }
    for code, (name, bundle) in catalogue.bundles.items():
        title = f"{name} {bundle.kind_name}"
        made[_field("volume", code)] = Whole(
            data_key=f"omvang:{code}", load_default=None, metadata=_label(f"{title} ({bundle.unit})")
        )
        made[_field("rate", code)] = Rate(
            data_key=f"prijs:{code}", load_default=None, metadata=_label(f"{title} €")
        )
    return Sheet.from_dict(made)()


def agreed(values: Mapping[str, Any], catalogue: Catalogue) -> list[dict[str, Any]]:
    """The bundles of a filled form, as mobile takes them."""
    found = []
    for code, (_name, bundle) in catalogue.bundles.items():
        volume, rate = values[_field("volume", code)], values[_field("rate", code)]
        if volume is not None or rate is not None:
            size = None if volume is None else int(Decimal(volume) * SCALES[bundle.kind])
            found.append({"bundle": code, "volume": size, "rate": rate})
    return found


def defaults_form(limits: tuple[Default, ...]) -> Schema:
    """A default per limit; empty is none."""
    made = {
        one.code: (Euros if one.unit == "euro" else Whole)(
            data_key=one.code, load_default=None, metadata=_label(one.name)
        )
        for one in limits
    }
    return Sheet.from_dict(made)()  # type: ignore[arg-type]


def first_of_next_month(today: date) -> str:
    """``12-2026``: what terms begin with."""
    return f"{today.month % 12 + 1}-{today.year + today.month // 12}"


def _one_of(codes: Mapping[str, str], key: str, label: Any) -> Choice:
    needed = {"required": NOT_IN_LIST}
    return Choice(
        codes, NOT_IN_LIST, data_key=key, required=True, metadata=_label(label), error_messages=needed
    )


def _field(what: str, code: str) -> str:
    """A name without points, which marshmallow takes for a path."""
    return f"{what}_{code.replace('.', '_')}"


def _label(words: Any) -> dict[str, Any]:
    return {"label": words}
