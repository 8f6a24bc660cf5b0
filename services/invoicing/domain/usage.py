"""Usage on the invoice: what cdr's statement of a month says, as lines that add up to it to the cent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from services.invoicing.domain import periods
from services.invoicing.domain.invoice import CallRow, Group, Line, NumberTotal, VatRate
from shared.call_types import label
from shared.money import micro_from_decimal, shown_cents
from shared.words import gettext as _
from shared.words import lazy_gettext as _l
from shared.words import ngettext

PRODUCTS = {"telephony": _l("Telefonie"), "mobile": _l("Mobiel")}


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """``duration`` in seconds, ``volume`` in bytes, ``amount`` in euro ex VAT with six decimals."""

    calls: int
    duration: int
    volume: int
    messages: int
    amount: Decimal


class TypeSums(Sums, frozen=True, kw_only=True):
    """Usage of one product and call type."""

    product: str
    type: str


class NumberSums(Sums, frozen=True, kw_only=True):
    """Usage of one number."""

    number: str
    product: str


class BundleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle's month: what use above it costs, less what the usage within it was booked for (``covered``):
    that is the ``amount``. With ``difference`` of a month that was closed before."""

    month: str
    kind: Literal["data", "voice", "sms"]
    label: str
    used: int
    allowance: int
    over: int
    amount: Decimal
    difference: bool
    covered: Decimal = Decimal(0)
    group: str = ""
    module: str = ""
    subscription_id: str = ""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's month as cdr answers it; immutable once its state is closed. The amounts of ``own_usage``
    (started in the month), ``late_usage`` (started before it: late rows, and what corrections of closed
    months come to) and ``lines`` add up to ``amount`` exactly. A cdr of the release before tells ``usage``
    alone, of both together."""

    period: str
    state: Literal["open", "closed"]
    rows: int
    amount: Decimal
    unrated: int
    usage: tuple[TypeSums, ...]
    numbers: tuple[NumberSums, ...]
    lines: tuple[BundleLine, ...]
    own_usage: tuple[TypeSums, ...] | None = None
    late_usage: tuple[TypeSums, ...] = ()


class StatementRow(msgspec.Struct, frozen=True, kw_only=True):
    """One booked row; ``calls`` is -1 where it takes another back."""

    start: dt.datetime
    calls: int
    type: str
    product: str
    sender: str | None
    receiver: str | None
    duration: int
    volume: int
    messages: int
    amount: Decimal


class _Part(msgspec.Struct, frozen=True):
    """A line to be, with its exact amount."""

    group: Group
    description: str
    detail: str
    amount: Decimal


def lines(statement: Statement, rate: VatRate) -> list[Line]:
    """One line per product and call type, then what came late of earlier months, then what was used above
    bundles and what was used within them, which takes back what the lines of usage hold of it.

    Cents are those of :func:`shared.money.shown_cents`, so the lines add up to what Totalen shows.
    """
    own = statement.usage if statement.own_usage is None else statement.own_usage
    parts = [
        *(_Part("usage", _named(each), _measure(each), each.amount) for each in own),
        *(_late_part(each) for each in statement.late_usage),
        *(part for each in statement.lines for part in _bundle_parts(each)),
    ]
    parts = [each for each in parts if each.amount or each.detail]
    _total, cents = shown_cents([micro_from_decimal(each.amount) for each in parts])
    span = (periods.first_day(statement.period), periods.last_day(statement.period))
    return [_line(each, amount, rate, span) for each, amount in zip(parts, cents, strict=True)]


def _line(each: _Part, cents: int, rate: VatRate, span: tuple[dt.date, dt.date]) -> Line:
    net = Decimal(cents).scaleb(-2)
    return Line(
        group=each.group,
        description=each.description,
        quantity=Decimal(-1 if net < 0 else 1),
        unit="piece",
        unit_price=abs(net),
        net=net,
        vat=rate,
        from_=span[0],
        to=span[1],
        detail=each.detail,
    )


def _late_part(late: TypeSums) -> _Part:
    named = _("Nagekomen of gecorrigeerd van eerdere maanden: %(what)s", what=_named(late))
    return _Part("usage", named, _measure(late), late.amount)


def _bundle_parts(each: BundleLine) -> Iterator[_Part]:
    """Above and within apart: one costs, the other takes back. A correction can turn either around."""
    detail = _(
        "%(used)s van %(allowance)s", used=_size(each, each.used), allowance=_size(each, each.allowance)
    )
    amounts = {f"bundle_{each.kind}": each.amount + each.covered, f"covered_{each.kind}": -each.covered}
    for code, amount in amounts.items():
        if amount:
            named = f"{label(code)}, {each.label}" if each.label else label(code)
            if each.difference:
                named = _("Correctie %(month)s: %(what)s", month=periods.named(each.month), what=named)
            yield _Part("bundle", named, detail, amount)


def _size(each: BundleLine, amount: int) -> str:
    if each.kind == "data":
        return megabytes(amount)
    return minutes(amount) if each.kind == "voice" else thousands(amount)


def _named(sums: TypeSums) -> str:
    return f"{PRODUCTS.get(sums.product, sums.product)}: {label(sums.type)}"


def _measure(sums: Sums) -> str:
    """What was used, in the words of who reads it; empty when nothing was. Corrections can add up to less
    than nothing, which says nothing to a reader."""
    parts = []
    if sums.messages > 0:
        parts.append(ngettext("%(num)s bericht", "%(num)s berichten", sums.messages))
    elif sums.volume > 0:
        parts.append(megabytes(sums.volume))
    elif sums.calls > 0:
        count = ngettext("%(count)s gesprek", "%(count)s gesprekken", sums.calls, count=thousands(sums.calls))
        parts.append(count)
    if sums.duration > 0:
        parts.append(hours(sums.duration))
    return ", ".join(parts)


def thousands(number: int) -> str:
    """1.234"""
    return f"{number:,}".replace(",", ".")


def megabytes(volume: int) -> str:
    """Of 1,000,000 bytes, whole ones, half up."""
    return f"{thousands((volume + 500_000) // 1_000_000)} MB"


def minutes(seconds: int) -> str:
    """Whole ones, half up."""
    return f"{thousands((seconds + 30) // 60)} min"


def hours(seconds: int) -> str:
    """3 u 12 min, 12 min 5 s."""
    hour, rest = divmod(abs(seconds), 3600)
    minute, second = divmod(rest, 60)
    sign = "-" if seconds < 0 else ""
    if hour:
        return f"{sign}{thousands(hour)} u {minute} min"
    return f"{sign}{minute} min {second} s" if minute else f"{sign}{second} s"


def number_totals(numbers: Sequence[NumberSums], labels: dict[str, str]) -> tuple[NumberTotal, ...]:
    """The appendix; cents add up to the sum of all of them."""
    _total, cents = shown_cents([micro_from_decimal(each.amount) for each in numbers])
    return tuple(
        NumberTotal(
            number=each.number,
            product=each.product,
            label=labels.get(each.number, ""),
            calls=each.calls,
            duration=each.duration,
            volume=each.volume,
            messages=each.messages,
            net=Decimal(amount).scaleb(-2),
        )
        for each, amount in zip(numbers, cents, strict=True)
    )


def call_row(row: StatementRow) -> CallRow:
    """A row of the itemised appendix, at exactly what was booked. Parties stay as they are stored; masking is
    the document's work."""
    return CallRow(
        start=row.start,
        sender=row.sender or "",
        receiver=row.receiver or "",
        type=row.type,
        duration=row.duration,
        volume=row.volume,
        messages=row.messages,
        net=row.amount,
    )
