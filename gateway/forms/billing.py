"""Forms of staff about billing. Fields are named as invoicing's arguments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Range, Regexp
from werkzeug.datastructures import MultiDict

from gateway.formatters import day_short, number
from gateway.forms.companies import reason
from gateway.forms.fields import Amount, Choice, Day
from gateway.forms.form import chosen
from gateway.forms.people import LONGEST_EMAIL, Sheet, line
from gateway.models.billing import CHARGE_KINDS, METHODS, PER, PROFILES, VAT_RATES, Account, Issuer, Product
from gateway.models.invoices import Invoice
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

PICK = _l("Kies uit de lijst.")
LAST_NUMBER = 10**9
PERIOD = Regexp(r"\d{4}-\d{2}\Z", error=_l("Kies een maand uit de lijst."))


def pick(codes: Any, key: str, label: Any, preset: str) -> Choice:
    return Choice(
        chosen(codes), PICK, data_key=key, load_default=preset, metadata={"label": label, "needed": True}
    )


def tick(key: str, label: Any) -> fields.Boolean:
    return fields.Boolean(data_key=key, load_default=False, metadata={"label": label})


def a_day(key: str, label: Any, missing: Any = None) -> Day:
    if missing:
        return Day(
            data_key=key, required=True, error_messages={"required": missing}, metadata={"label": label}
        )
    return Day(data_key=key, load_default=None, metadata={"label": label})


def an_amount(key: str, label: Any, missing: Any = None) -> Amount:
    if missing:
        words = {"required": missing}
        return Amount(data_key=key, required=True, error_messages=words, metadata={"label": label})
    return Amount(data_key=key, load_default=None, metadata={"label": label})


def a_number(key: str, label: Any, most: int, preset: int) -> fields.Integer:
    error = _l("Kies 0 tot en met {max}.")
    return fields.Integer(
        data_key=key,
        load_default=preset,
        validate=Range(0, most, error=error),
        error_messages={"invalid": _l("Vul een heel getal in.")},
        metadata={"label": label, "needed": True},
    )


def in_group(field: Any) -> Any:
    """Not called optional by itself: the page says when it may stay empty, or it holds something already."""
    field.metadata = {**field.metadata, "needed": True}
    return field


def revision() -> fields.Integer:
    """Of what was on the page; not shown."""
    return fields.Integer(data_key="revisie", load_default=0)


class ProductForm(Sheet):
    """Something with a price."""

    code = line("code", _l("Code"), 60, missing=_l("Vul een code in, bijvoorbeeld voip-basis."))
    description = line(
        "omschrijving", _l("Omschrijving op de factuur"), 120, missing=_l("Vul een omschrijving in.")
    )
    price = an_amount("prijs", _l("Prijs € (excl. BTW)"), _l("Vul een prijs in, bijvoorbeeld 12,50."))
    per = pick(PER, "per", _l("Per"), "month")
    vat = pick(VAT_RATES, "btw", _l("BTW"), "standard")
    retired = tick("vervallen", _l("Niet meer te kiezen"))
    revision = revision()


def product_shown(product: Product) -> dict[str, Any]:
    return {
        "code": product.code,
        "description": product.description,
        "price": _amount(product.price),
        "per": product.per,
        "vat": product.vat,
        "retired": "1" if product.retired else "",
        "revision": str(product.revision),
    }


SELLER = ("name", "street", "house_number", "postcode", "city", "kvk", "vat_number", "iban", "bic")
CONTACT = ("email", "phone", "website", "accent", "creditor_id")


class IssuerForm(Sheet):
    """Who sends invoices. Fields of the letterhead are named ``seller.<field>``, as invoicing names them."""

    class Meta:
        unknown = "exclude"
        include = {
            "seller.name": line("naam", _l("Naam"), 70, missing=_l("Vul een naam in.")),
            "seller.street": line("straat", _l("Straat"), 80, missing=_l("Vul een straat in.")),
            "seller.house_number": line(
                "huisnummer", _l("Huisnummer"), 20, missing=_l("Vul een huisnummer in.")
            ),
            "seller.postcode": line("postcode", _l("Postcode"), 12, missing=_l("Vul een postcode in.")),
            "seller.city": line("plaats", _l("Plaats"), 60, missing=_l("Vul een plaats in.")),
            "seller.kvk": in_group(line("kvk", _l("KvK-nummer"), 8)),
            "seller.vat_number": in_group(line("btw_id", _l("BTW-nummer"), 14)),
            "seller.iban": in_group(line("iban", _l("IBAN"), 42)),
            "seller.bic": line("bic", _l("BIC"), 11),
            "seller.email": line("email", _l("E-mailadres"), LONGEST_EMAIL),
            "seller.phone": line("telefoon", _l("Telefoon"), 30),
            "seller.website": line("website", _l("Website"), 120),
            "seller.accent": fields.String(
                data_key="kleur",
                load_default="#0b5cad",
                validate=Regexp(r"#[0-9a-fA-F]{6}\Z", error=_l("Schrijf een kleur als #0b5cad.")),
                metadata={"label": _l("Kleur"), "needed": True},
            ),
            "seller.creditor_id": line("incassant", _l("Incassant-ID"), 35),
        }

    partner_id = in_group(line("partner", _l("Partner"), 32))
    series = in_group(line("reeks", _l("Reeks van facturen"), 6))
    credit_series = in_group(line("creditreeks", _l("Reeks van creditnota’s"), 6))
    is_default = tick("standaard", _l("Standaard voor klanten zonder eigen afzender"))
    revision = revision()


def issuer_asked(values: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """The letterhead, and the rest."""
    return dict(values["seller"]), {name: value for name, value in values.items() if name != "seller"}


def issuer_shown(issuer: Issuer) -> dict[str, Any]:
    seller = {f"seller.{name}": getattr(issuer.seller, name) for name in (*SELLER, *CONTACT)}
    return seller | {
        "partner_id": issuer.partner_id or "",
        "series": issuer.series,
        "credit_series": issuer.credit_series,
        "is_default": "1" if issuer.is_default else "",
        "revision": str(issuer.revision),
    }


class AccountForm(Sheet):
    """How a customer is billed."""

    issuer_id = in_group(line("afzender", _l("Afzender"), 32))
    profile = pick(PROFILES, "profiel", _l("E-factuur volgens"), "nlcius")
    reverse_charge = tick("verlegd", _l("BTW verlegd: de klant verkoopt zelf telecom"))
    itemised = tick("gespecificeerd", _l("Alle gesprekken als bijlage bij de factuur"))
    masked = tick("ingekort", _l("Nummers van anderen in die bijlage inkorten"))
    pays_by = pick(METHODS, "betaalwijze", _l("Betaalwijze"), "transfer")
    days = a_number("dagen", _l("Betaaltermijn in dagen"), 120, 14)
    iban = in_group(line("iban", _l("IBAN van de klant"), 42))
    mandate_id = in_group(line("machtiging", _l("Kenmerk van de machtiging"), 35))
    mandate_signed_on = in_group(a_day("getekend", _l("Machtiging getekend op")))
    attention = in_group(line("tav", _l("Ter attentie van"), 70))
    reference = in_group(line("kenmerk", _l("Kenmerk van de klant"), 60))
    bills_from = in_group(a_day("vanaf", _l("Factureren vanaf")))
    prices = in_group(
        fields.String(data_key="prijzen", load_default="", metadata={"label": _l("Eigen prijzen")})
    )
    revision = revision()


def account_asked(values: Any) -> dict[str, Any]:
    """As invoicing takes it. Raises :class:`ValidationError` for a price that cannot be read."""
    return {**values, "issuer_id": values["issuer_id"] or None, "prices": _prices(values["prices"])}


def account_shown(account: Account) -> dict[str, Any]:
    def days(day: Any) -> str:
        return day_short(day) if day else ""

    def ticked(value: bool) -> str:
        return "1" if value else ""

    return {
        "issuer_id": account.issuer_id or "",
        "attention": account.attention,
        "reference": account.reference,
        "pays_by": account.pays_by,
        "days": str(account.days),
        "iban": account.iban,
        "mandate_id": account.mandate_id,
        "mandate_signed_on": days(account.mandate_signed_on),
        "profile": account.profile,
        "bills_from": days(account.bills_from),
        "prices": "\n".join(f"{code} {_amount(price)}" for code, price in account.prices.items()),
        "reverse_charge": ticked(account.reverse_charge),
        "itemised": ticked(account.itemised),
        "masked": ticked(account.masked),
        "revision": str(account.revision),
    }


def _prices(text: str) -> dict[str, Decimal]:
    """``mobile:basis 12,50``, one product a line."""
    found = {}
    for row in filter(str.strip, text.splitlines()):
        code, _space, price = row.strip().rpartition(" ")
        if not code:
            raise ValidationError(
                _("Schrijf per regel een produkt en een prijs, zoals voip-basis 12,50."), "prices"
            )
        found[code.strip()] = Amount().deserialize(price)
    return found


def _amount(price: Decimal) -> str:
    """As one types it: at least two decimals."""
    digits = -int(price.normalize().as_tuple().exponent)
    return number(price, min(6, max(2, digits)))


class ChargeForm(Sheet):
    """What goes on a customer's invoices."""

    kind = pick(CHARGE_KINDS, "soort", _l("Soort"), "recurring")
    product = line("produkt", _l("Produkt"), 60)
    description = line("omschrijving", _l("Omschrijving"), 120)
    quantity = an_amount("aantal", _l("Aantal"))
    price = an_amount("prijs", _l("Prijs of bedrag €"))
    percentage = an_amount("percentage", _l("Of korting in %%"))
    starts = a_day("begin", _l("Eerste dag"), _l("Vul een dag in, bijvoorbeeld 01-12-2026."))
    ends = a_day("einde", _l("Laatste dag"))
    vat = Choice(chosen(VAT_RATES), PICK, data_key="btw", load_default=None, metadata={"label": _l("BTW")})


class EndForm(Sheet):
    """The last day of a charge; nothing for one that is not billed yet."""

    ends = a_day("laatste", _l("Laatste dag"))


class RunForm(Sheet):
    """Which month, for whom, and the date on the invoices."""

    period = fields.String(
        data_key="periode",
        required=True,
        validate=PERIOD,
        error_messages={"required": _l("Kies een maand uit de lijst.")},
        metadata={"label": _l("Factuurperiode")},
    )
    issued_on = a_day("datum", _l("Factuurdatum"))
    number = fields.Integer(
        data_key="klant",
        load_default=None,
        validate=Range(1, LAST_NUMBER, error=_l("Dit klantnummer bestaat niet.")),
        error_messages={"invalid": _l("Vul een klantnummer in: alleen cijfers.")},
        metadata={"label": _l("Klantnummer")},
    )
    accept_unrated = tick("zonder_tarief", _l("Gesprekken zonder tarief mogen op een latere factuur"))
    mail = tick("mailen", _l("Mail de facturen"))


class CollectForm(Sheet):
    """The day on which the bank collects."""

    collect_on = a_day("incasso", _l("Incasseren op"), _l("Vul een dag in, bijvoorbeeld 30-11-2026."))


class PaidForm(Sheet):
    """The day on which an invoice was paid."""

    on = a_day("betaald", _l("Betaald op"), _l("Vul een dag in, bijvoorbeeld 30-11-2026."))


class CreditForm(Sheet):
    """Which part of an invoice is given back, and why."""

    what = pick({"alles": "", "regels": ""}, "wat", _l("Wat"), "alles")
    reason = reason(needed=True)


def credited_lines(sent: MultiDict[str, str], invoice: Invoice) -> list[dict[str, Any]]:
    """The lines that are ticked, each with its amount or all that is left. Raises ValidationError."""
    places = [int(place) for place in sent.getlist("regel") if place.isdecimal()]
    if not places:
        raise ValidationError(_("Kies ten minste één regel."), "lines")
    found: list[dict[str, Any]] = []
    for place in places:
        typed = sent.get(f"bedrag_{place}", "").strip()
        net = Amount().deserialize(typed) if typed else None
        if place < len(invoice.invoice.lines):
            found.append({"line": place, "net": None if net is None else f"{net:f}"})
    return found
