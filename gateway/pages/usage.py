"""*Gespreksdetails*: the pages Totalen and Details, and the download of what Details shows."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import customers
from gateway.forms.filled import Filled, read
from gateway.forms.usage import FIELD_OF_SELECTION, TOTALS_BY, DetailsForm, TotalsForm, selection_of
from gateway.models import usage_csv
from gateway.models.part import Part
from gateway.models.search import Search
from gateway.models.selection import NEWEST, Place
from gateway.models.usage import Details, Totals
from gateway.pages.acting import acting
from gateway.pages.usage_advice import Advice, advise
from gateway.pages.usage_charts import UsageCharts, charts_of
from gateway.parts import parts
from shared.errors import Invalid

pages = Blueprint("usage", __name__, url_prefix="/gespreksdetails")

WRONG_INPUT = 422


@pages.get("")
@customers()
def area() -> Response:
    """The tab opens with the totals."""
    return redirect(url_for("usage.totals"), 303)


@pages.get("/totalen")
@customers()
def totals() -> tuple[str, int]:
    """What was used and what it costs, in total or by type and number."""
    filled = read(TotalsForm(), request.args)
    if filled.errors:
        return _totals_page(Search.of(filled, parts().cdr.periods(acting()), parts().today()))
    selection = selection_of(filled)
    answered = parts().cdr.totals(acting(), selection, filled.values["by"])
    found = answered.found
    search = Search.of(_told(filled, found), answered.periods, parts().today(), selection)
    nothing = found.value is not None and found.value.empty
    advice = advise(parts().cdr, acting(), selection) if nothing else None
    charts = charts_of(answered, selection, filled.values["by"], parts().today())
    return _totals_page(search, found, filled.values["by"], advice, charts)


@pages.get("/details")
@customers()
def details() -> tuple[str, int]:
    """The calls one by one, newest first."""
    filled = read(DetailsForm(), request.args)
    if filled.errors:
        return _details_page(Search.of(filled, parts().cdr.periods(acting()), parts().today()))
    selection, place = selection_of(filled), _place(filled)
    periods, found = parts().cdr.details(acting(), selection, place)
    search = Search.of(_told(filled, found), periods, parts().today(), selection, place)
    nothing = found.value is not None and not found.value.rows and place.at_beginning
    advice = advise(parts().cdr, acting(), selection) if nothing else None
    return _details_page(search, found, place, advice)


@pages.get("/details.csv")
@customers()
def download() -> Response:
    """*Download weergegeven gespreksdetails*: the rows that Details shows at the same address."""
    filled = read(DetailsForm(), request.args)
    if filled.errors:
        raise Invalid(next(iter(filled.errors.values()))[0])
    selection = selection_of(filled)
    found = parts().cdr.rows(acting(), selection, _place(filled))
    if found.value is None:
        assert found.error is not None
        raise found.error
    response = make_response(usage_csv.file(found.value.rows))
    name = usage_csv.name(selection, current_month=f"{parts().today():%Y-%m}")
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@pages.get("/tellen")
@customers()
def counting() -> Response:
    """How far counting is, for a page that asks again and again; that page loads anew when it is done."""
    filled = read(DetailsForm(), request.args)
    if filled.errors:
        raise Invalid(next(iter(filled.errors.values()))[0])
    selection = selection_of(filled)
    state = parts().cdr.counting(acting(), selection)
    if state is None or not (state.going or state.failed):
        response = make_response("")
        response.headers["HX-Refresh"] = "true"
        return response
    query = selection.to_query()
    return make_response(
        render_template("pages/usage_counting.html", counting=state, query=query, now=parts().clock())
    )


def _totals_page(
    search: Search,
    found: Part[Totals] | None = None,
    by: str = "total",
    advice: Advice | None = None,
    charts: UsageCharts | None = None,
) -> tuple[str, int]:
    kind = next(param for param, code in TOTALS_BY.items() if code == by)
    html = render_template(
        "pages/usage_totals.html",
        search=search,
        found=found,
        by=by,
        kind=kind,
        advice=advice,
        charts=charts,
        now=parts().clock(),
    )
    return html, WRONG_INPUT if search.filled.errors else 200


def _details_page(
    search: Search,
    found: Part[Details] | None = None,
    place: Place = NEWEST,
    advice: Advice | None = None,
) -> tuple[str, int]:
    html = render_template(
        "pages/usage_details.html",
        search=search,
        found=found,
        place=place,
        advice=advice,
        now=parts().clock(),
    )
    return html, WRONG_INPUT if search.filled.errors else 200


def _told(filled: Filled, found: Part[Totals] | Part[Details]) -> Filled:
    """What cdr has to say about the input, put beside our own fields."""
    if not isinstance(found.error, Invalid):
        return filled
    said = {}
    for path, sentences in found.error.fields.items():
        name = path.removeprefix("selection.").partition(".")[0]
        said[FIELD_OF_SELECTION.get(name, "periode")] = sentences
    return filled.with_errors(said or {"periode": [str(found.error)]})


def _place(filled: Filled) -> Place:
    values = filled.values
    return Place(cursor=values["cursor"], before=values["before"], sort=values["sort"])
