"""*Logboek*: who changed what, for a company's user managers and for staff (ID-10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for

from gateway.access import customers, staff
from gateway.forms.audit import LogForm, search_of
from gateway.forms.filled import Filled, read
from gateway.models import audit_csv
from gateway.models.audit import AuditEntry, LogSearch
from gateway.models.audit_words import WHAT, What
from gateway.models.companies import Company
from gateway.models.part import Part
from gateway.pages.acting import acting, viewer
from gateway.pages.whose import Whose
from gateway.parts import parts
from gateway.words import gettext as _
from shared.errors import Invalid

pages = Blueprint("audit", __name__, url_prefix="/gebruikers")
console_pages = Blueprint("beheer_audit", __name__, url_prefix="/beheer")
manager = customers(role="user_management")
console = staff(partners=True)

WRONG_INPUT = 422


@dataclass(frozen=True)
class Log:
    """Whose log it is: ``company`` is None for one's own, and for the operator the house as a whole."""

    area: str
    company: Company | None = None

    def url(self, page: str = "listing", **values: Any) -> str:
        """The address of a page of this log."""
        whose: dict[str, Any] = {"customer_id": self.company.id} if self.company else {}
        return url_for(f"{self.area}.{page}", **whose, **values)

    @property
    def whose(self) -> Whose | None:
        """Whose users' pages it stands beside; None for the house."""
        return Whose(self.company) if self.company or not self.of_staff else None

    @property
    def customer_id(self) -> str | None:
        return self.company.id if self.company else None

    @property
    def of_staff(self) -> bool:
        return self.area == console_pages.name

    @property
    def subtitle(self) -> str:
        """Whose, and what is in it."""
        if self.company:
            return _("Wat er bij %(name)s is gewijzigd, en door wie.", name=self.company.name)
        if self.of_staff and viewer().scope == "operator":
            return _("Wat er is gewijzigd dat van geen klant is, en door wie.")
        return _("Wat er in uw bedrijf is gewijzigd, en door wie.")

    @property
    def choices(self) -> dict[str, What]:
        """What one can look for in it."""
        return {name: what for name, what in WHAT.items() if self.of_staff or not what.staff}


OWN = Log("audit")


@pages.get("/logboek")
@manager
def listing() -> tuple[str, int]:
    """One's own company's, newest first."""
    return _page(OWN)


@pages.get("/logboek.csv")
@manager
def download() -> Response:
    """All that the filters of the page find."""
    return _file(OWN)


@console_pages.get("/logboek", defaults={"customer_id": None}, endpoint="listing")
@console_pages.get("/klanten/<id:customer_id>/logboek", endpoint="listing")
@console
def staff_listing(customer_id: str | None) -> tuple[str, int]:
    """A customer's, or of the house (for partners: of their own company)."""
    return _page(_of(customer_id))


@console_pages.get("/logboek.csv", defaults={"customer_id": None}, endpoint="download")
@console_pages.get("/klanten/<id:customer_id>/logboek.csv", endpoint="download")
@console
def staff_download(customer_id: str | None) -> Response:
    """All that the filters of the page find."""
    return _file(_of(customer_id))


def _of(customer_id: str | None) -> Log:
    company = parts().companies.company(acting(), customer_id) if customer_id else None
    return Log(console_pages.name, company)


def _page(log: Log) -> tuple[str, int]:
    filled = read(LogForm(), request.args)
    search, found = LogSearch(), None
    if not filled.errors:
        search = search_of(filled)
        found = Part.ask(lambda: parts().audit.page(acting(), search, log.customer_id))
    html = render_template("pages/audit.html", log=log, filled=filled, search=search, found=found)
    return html, WRONG_INPUT if filled.errors else 200


def _file(log: Log) -> Response:
    search = _asked()
    entries = parts().audit.every(acting(), search, log.customer_id)
    response = Response(stream_with_context(audit_csv.chunks(_begun(entries))))
    day = f"{parts().today():%Y-%m-%d}"
    name = f"logboek-{log.company.number}-{day}.csv" if log.company else f"logboek-{day}.csv"
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked() -> LogSearch:
    filled: Filled = read(LogForm(), request.args)
    if filled.errors:
        raise Invalid(next(iter(filled.errors.values()))[0])
    return search_of(filled)


def _begun(entries: Iterator[AuditEntry]) -> Iterator[AuditEntry]:
    """With the first one fetched now, so that a refusal is a page and not a file that breaks off."""
    return chain(list(islice(entries, 1)), entries)
