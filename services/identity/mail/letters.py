"""Letters as they are sent: text and HTML from one template per language (Jinja).

A template says what is told, with the pieces of ``parts.text.jinja`` or ``parts.html.jinja``; which of
the two makes the one form or the other. Values are escaped in HTML, and no value makes a header.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from textwrap import fill
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.dates import format_datetime as format_moment
from babel.numbers import format_currency, format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.identity.domain.links import PATH, Link
from services.identity.domain.mails import Queued
from shared.config import setting

FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("nl", "en")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WIDTH = 72
_UNSEEN = ("Cc", "Cf", "Zl", "Zp")
_LOCALES = {"nl": "nl_NL", "en": "en_GB"}
_CALLS = {
    "nl": {"international": "internationaal bellen buiten de EU", "sms_premium": "premium-sms"},
    "en": {"international": "international calls outside the EU", "sms_premium": "premium SMS"},
}
_LIMITS = {
    "nl": {
        "customer_total": "alle mobiele abonnementen samen",
        "total": "totaal per aansluiting",
        "data_bundle": "databundel",
        "sms_bundle": "sms-bundel",
        "national_data": "nationaal data, PAYGO en boven bundel",
        "group_data": "groepsbundel data",
        "group_voice": "groepsbundel voice",
    },
    "en": {
        "customer_total": "all mobile subscriptions together",
        "total": "total per connection",
        "data_bundle": "data bundle",
        "sms_bundle": "SMS bundle",
        "national_data": "national data, PAYGO and above the bundle",
        "group_data": "group bundle data",
        "group_voice": "group bundle voice",
    },
}
_UNITS = {"nl": {"minutes": "minuten", "messages": "sms"}, "en": {"minutes": "minutes", "messages": "SMS"}}
_DAYS = {"nl": "dd-MM-yyyy", "en": "d MMMM yyyy"}
_MOMENTS = {"nl": "dd-MM-yyyy 'om' HH:mm", "en": "d MMMM yyyy 'at' HH:mm"}


class Unwritable(Exception):
    """An address or a value cannot be in a mail, or a value is missing."""


@dataclass(frozen=True)
class Attachment:
    """A file as it goes with a letter."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letters:
    """``portal``: where a browser finds the portal; ``sender``: ``Name <address>``."""

    portal: str
    sender: str

    @classmethod
    def from_environment(cls) -> Letters:
        """Settings PORTAL_URL and MAIL_FROM."""
        portal = setting("PORTAL_URL", "http://127.0.0.1:8080")
        return cls(portal.rstrip("/"), setting("MAIL_FROM", "Tikker <tikker@localhost>"))

    def write(
        self, mail: Queued, link: Link | None = None, token: str = "", files: Sequence[Attachment] = ()
    ) -> EmailMessage:
        """The whole letter, the same at each try but for its link. Raises :class:`Unwritable`."""
        try:
            letter = self._write(mail, link, token)
            for file in files:
                main, _, sub = file.media_type.partition("/")
                letter.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
            return letter
        except Exception as problem:  # values come from other services, and fail in as many ways
            raise Unwritable(f"{type(problem).__name__}: {problem}") from problem

    def _write(self, mail: Queued, link: Link | None, token: str) -> EmailMessage:
        values = {**mail.parameters, "portal": self.portal, "language": mail.language}
        if link is not None:
            values |= {"link": self.portal + PATH.format(token=token), "valid_until": link.until}
        letter = EmailMessage(policy=SMTP)
        letter["From"] = self.sender
        letter["To"] = Address(addr_spec=mail.to)
        letter["Subject"] = _one_line(_render(mail, "text", values, only="subject"))
        letter["Date"] = format_datetime(mail.created_at)
        letter["Message-ID"] = f"<{mail.id}@{parseaddr(self.sender)[1].rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please
        letter.set_content(_render(mail, "text", values))
        letter.add_alternative(_render(mail, "html", values), subtype="html")
        letter["Content-Language"] = mail.language
        return letter


def _render(mail: Queued, form: str, values: Mapping[str, Any], only: str | None = None) -> str:
    """The letter in one form, or only a block of it."""
    template = ENVIRONMENTS[form].get_template(f"{mail.letter}.{mail.language}.jinja")
    if only is None:
        return template.render(values)
    context = template.new_context(dict(values))
    return "".join(template.blocks[only](context))


def _environment(form: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=form == "html",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"layout": f"layout.{form}.jinja", "parts": f"parts.{form}.jinja"}
    environment.filters |= {"wrapped": _wrapped}
    for language in LANGUAGES:
        environment.globals[language] = Formats(language)
    return environment


@dataclass(frozen=True)
class Formats:
    """How a language writes amounts and times; templates know them as ``nl`` and ``en``."""

    language: str

    def money(self, amount: str) -> str:
        """An exact amount in euro, rounded half up to cents."""
        cents = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return str(format_currency(cents, "EUR", locale=_LOCALES[self.language]))

    def number(self, number: int) -> str:
        """A whole number in groups of three."""
        return str(format_decimal(number, locale=_LOCALES[self.language]))

    def calls(self, call_class: str) -> str:
        """A class of calls that :class:`shared.events.FraudSuspected` names, within a sentence."""
        return _CALLS[self.language].get(call_class, call_class)

    def limit(self, code: str, bundle: str) -> str:
        """A limit of mobile within a sentence, with the bundle or module that it is about, a brand."""
        name = _LIMITS[self.language].get(code, "")
        return ", ".join(part for part in (bundle, name) if part) or code

    def quantity(self, amount: str, unit: str) -> str:
        """So many euro, MB, minutes or messages, rounded half up to cents or to whole ones."""
        if unit == "euro":
            return self.money(amount)
        whole = int(Decimal(amount).quantize(Decimal(1), ROUND_HALF_UP))
        return f"{self.number(whole)} {_UNITS[self.language].get(unit, unit)}"

    def day(self, day: str) -> str:
        """A day, given as ``2026-11-22``."""
        return str(format_date(date.fromisoformat(day), _DAYS[self.language], locale=self.language))

    def month(self, month: str) -> str:
        """A month in words, given as ``2026-11``."""
        return str(format_date(date.fromisoformat(f"{month}-01"), "MMMM yyyy", locale=self.language))

    def moment(self, moment: str | datetime) -> str:
        """A moment by the clock of Amsterdam, given as RFC 3339 or as an aware datetime."""
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        local = at.astimezone(AMSTERDAM)
        return str(format_moment(local, _MOMENTS[self.language], locale=self.language))


def _wrapped(text: str) -> str:
    """A paragraph in lines; a long link stays whole."""
    return fill(_one_line(text), WIDTH, break_long_words=False, break_on_hyphens=False)


def _one_line(text: str) -> str:
    """Without line ends, and without what else is not seen (no-break spaces stay)."""
    seen = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in text)
    return re.sub(" +", " ", seen).strip()


ENVIRONMENTS = {form: _environment(form) for form in ("text", "html")}
