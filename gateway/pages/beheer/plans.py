"""*Tarieven*: plans and versions, the lines of one, what differs between two, and who has a plan."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.access import staff
from gateway.forms.filled import Filled, read
from gateway.forms.form import Form, submit
from gateway.forms.plans import LONGEST_VERSION, CompareForm, GiveForm, LinesForm, StandardForm
from gateway.forms.terms import words as term_words
from gateway.models import plan_csv
from gateway.models.part import Part
from gateway.models.plans import CHANGES, Plan, PlanVersion, by_name
from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Invalid, NotFound

pages = Blueprint("beheer_plans", __name__, url_prefix="/beheer/tarieven")

Page = tuple[str, int, dict[str, str]]
EVERYONE = "default"
"""In the place of a customer's ID: everyone without a plan of their own."""
WRONG_INPUT = 422
LONGEST_ID = 64


@pages.get("")
@staff()
def listing() -> str:
    """All plans with their versions, and uploads that wait to be saved."""
    found = Part.ask(lambda: by_name(parts().plans.versions(acting())))
    drafts = Part.ask(lambda: parts().plans.drafts(acting()))
    return render_template("beheer/plans.html", found=found, drafts=drafts, today=parts().today())


@pages.get("/voorbeeld.csv")
@staff()
def template() -> Response:
    """A file to begin with."""
    return _attached(Response(parts().plans.template(acting())), _("voorbeeld-tarieven.csv"))


@pages.get("/versie")
@staff()
def version() -> tuple[str, int]:
    """The lines of one, and which of them count for a number."""
    name = _named("versie")
    plan, shown = _plan_of(name)
    filled = read(LinesForm(), request.args)
    found = None
    if not filled.errors:
        query, after = filled.values["query"], filled.values["after"]
        found = Part.ask(lambda: parts().plans.lines(acting(), name, query, after))
    html = render_template("beheer/plan_version.html", plan=plan, version=shown, filled=filled, found=found)
    return html, WRONG_INPUT if filled.errors else 200


@pages.get("/versie.csv")
@staff()
def download() -> Response:
    """The file that a version was imported from."""
    name = _named("versie")
    pieces = parts().plans.file(acting(), name)
    # The first piece is here before the answer begins: what goes wrong with it is still a page.
    return _attached(Response(stream_with_context(chain([next(pieces)], pieces))), f"tarieven {name}.csv")


@pages.get("/vergelijk")
@staff()
def compare() -> tuple[str, int]:
    """What differs between two versions."""
    plans = by_name(parts().plans.versions(acting()))
    before, after = _two(plans)
    filled, found = read(CompareForm(), request.args), None
    if before and after and not filled.errors:
        search = dict(filled.values)
        found = Part.ask(lambda: parts().plans.compare(acting(), before, after, **search))
    html = render_template(
        "beheer/plan_compare.html",
        plans=plans,
        before=before,
        after=after,
        filled=filled,
        found=found,
        changes=CHANGES,
    )
    return html, WRONG_INPUT if filled.errors else 200


@pages.get("/vergelijk.csv")
@staff()
def compare_download() -> Response:
    """All differences that the page's filters find."""
    before, after, filled = _named("voor"), _named("na_versie"), _filled()
    search = {name: filled.values[name] for name in ("query", "change")}
    rows = parts().plans.differences(acting(), before, after, **search)
    response = Response(stream_with_context(plan_csv.chunks(chain(_first(rows), rows), before, after)))
    return _attached(response, f"verschil {before} - {after}.csv")


@pages.get("/plan")
@staff()
def plan() -> Page:
    """Who has a plan."""
    return _plan_page(Form.blank(GiveForm()), Form.blank(StandardForm()))


@pages.post("/plan/klant")
@staff()
def give() -> AnyResponse | Page:
    """Give the plan to a customer; the terms they have stay."""
    name = _named("plan")

    def work(form: Form) -> AnyResponse:
        found = parts().companies.companies(acting(), number=form.values["number"]).rows
        if not found:
            raise Invalid(fields={"number": [_("Er is geen klant met dit nummer. Zoek hem bij Klanten.")]})
        parts().plans.assign(acting(), form.command, found[0].id, name, form.values["reason"])
        toast(
            _("%(name)s heeft nu %(plan)s", name=found[0].name, plan=name),
            _("Wat al geboekt is, houdt zijn bedrag."),
        )
        return redirect(url_for("beheer_plans.plan", plan=name), 303)

    outcome = submit(GiveForm(), work)
    return _plan_page(outcome, Form.blank(StandardForm())) if isinstance(outcome, Form) else outcome


@pages.post("/plan/standaard")
@staff()
def make_standard() -> AnyResponse | Page:
    """Make it the plan of everyone without another."""
    name = _named("plan")

    def work(form: Form) -> AnyResponse:
        parts().plans.assign(acting(), form.command, EVERYONE, name, form.values["reason"])
        toast(_("%(plan)s is nu het standaardplan", plan=name))
        return redirect(url_for("beheer_plans.plan", plan=name), 303)

    outcome = submit(StandardForm(), work)
    return _plan_page(Form.blank(GiveForm()), outcome) if isinstance(outcome, Form) else outcome


def _plan_page(giving: Form, standard: Form) -> Page:
    name = _named("plan")
    found = next((one for one in by_name(parts().plans.versions(acting())) if one.name == name), None)
    if found is None:
        raise NotFound(_("Er is geen tariefplan dat %(plan)s heet.", plan=name))
    customers = parts().plans.customers(acting(), name, request.args.get("na", "")[:LONGEST_ID])
    html = render_template(
        "beheer/plan.html",
        plan=found,
        customers=customers,
        names=parts().companies.names(acting(), [row.customer_id for row in customers.rows]),
        term_words=term_words,
        giving=giving,
        standard=standard,
    )
    return html, max(giving.status, standard.status), giving.headers | standard.headers


def _named(name: str) -> str:
    """A plan or version in the address. NotFound when none is named."""
    found = request.args.get(name, "").strip()[:LONGEST_VERSION]
    if not found:
        raise NotFound()
    return found


def _plan_of(version: str) -> tuple[Plan, PlanVersion]:
    for one in by_name(parts().plans.versions(acting())):
        for found in one.versions:
            if found.version == version:
                return one, found
    raise NotFound(_("Er is geen tariefversie die %(version)s heet.", version=version))


def _two(plans: Iterable[Plan]) -> tuple[str, str]:
    """The versions that the address names; without, the last two of the first plan that has two."""
    before, after = (request.args.get(name, "")[:LONGEST_VERSION] for name in ("voor", "na_versie"))
    if not before and not after:
        several = next((plan for plan in plans if len(plan.versions) > 1), None)
        if several:
            return several.versions[1].version, several.versions[0].version
    return before, after


def _filled() -> Filled:
    filled = read(CompareForm(), request.args)
    if filled.errors:
        raise Invalid(next(iter(filled.errors.values()))[0])
    return filled


def _first(rows: Any) -> list[Any]:
    """The first one, fetched now, so that a refusal is a page and not a file that breaks off."""
    return [one for one in (next(rows, None),) if one is not None]


def _attached(response: Response, name: str) -> Response:
    safe = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in " .-_") else "_" for letter in name
    )
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response
