"""*Controleer en publiceer…*: what the check says, what changes for callers; and versions to go back to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import redirect, url_for
from marshmallow import fields
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.form import Form, submit
from gateway.forms.people import Sheet, line
from gateway.models.part import Part
from gateway.models.pbx_plans import Difference
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.pbx.frame import Page, holders, page, pages, revision, settings
from gateway.pages.pbx.links import said
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

MOST_SHOWN = 60
"""Groups of changes on the page; who changes more sees how many others there are."""
LONGEST_NOTE = 200


class PublishForm(Sheet):
    """A word on why, for who reads the history."""

    note: fields.String = line("toelichting", _l("Toelichting"), LONGEST_NOTE)


@dataclass
class Change:
    """What callers meet afterwards at certain hours, and what each number gives now."""

    when: str
    after: str
    numbers: list[tuple[str, str]] = field(default_factory=list)


@pages.get("/publiceren")
@holders
def check() -> Page:
    """What publishing would do; it changes nothing."""
    return _check(Form.blank(PublishForm()))


@pages.post("/publiceren")
@holders
def publish() -> Response | Page:
    """From now on callers meet the draft, as it was when they looked at it."""

    def work(form: Form) -> Response:
        broken = parts().pbx_plans.publish(acting(), form.command, form.values["note"], revision())
        sentence = _("Bellers merken het vanaf nu.")
        if broken:
            sentence = _(
                "Let op: deze vaste tests komen nu ergens anders uit: %(names)s.", names=", ".join(broken)
            )
        toast(_("Gepubliceerd"), sentence)
        return redirect(url_for("pbx.history"), 303)

    outcome = submit(PublishForm(), work)
    return _check(outcome, sent=outcome) if isinstance(outcome, Form) else outcome


@pages.get("/geschiedenis")
@holders
def history() -> Page:
    """What was published, newest first."""
    rows = parts().pbx_plans.history(acting())
    return page("pbx/history.html", settings(), "", rows=rows, now=parts().clock())


@pages.get("/geschiedenis/<int:revision>/terug")
@holders
def ask_roll_back(revision: int) -> Page:
    """*Zet terug*: what that means."""
    found = {row.revision: row for row in parts().pbx_plans.history(acting())}
    return page("pbx/roll_back.html", settings(), "", version=known(found.get(revision)))


@pages.post("/geschiedenis/<int:revision>/terug")
@holders
def roll_back(revision: int) -> Response:
    """An earlier version holds again, at once."""

    def work(command: str) -> None:
        parts().pbx_plans.roll_back(acting(), command, revision)
        toast(_("Versie %(revision)s is teruggezet", revision=revision), _("Bellers merken het vanaf nu."))

    return at_once(work, _("Niet teruggezet"), url_for("pbx.history"))


def _check(form: Form, sent: Form | None = None) -> Page:
    it = settings()
    client = parts().pbx_plans
    checks = Part.ask(lambda: said(client.checks(acting())))
    changes = Part.ask(lambda: client.differences(acting()) if it.draft else [])
    tests = Part.ask(lambda: client.test_calls(acting()) if it.enabled else [])
    found = changes.value or []
    groups = grouped(found)
    return page(
        "pbx/publish.html",
        it,
        "",
        None,
        sent,
        shown=form,
        checks=checks,
        changes=changes,
        tests=tests,
        groups=groups[:MOST_SHOWN],
        more=max(0, len(groups) - MOST_SHOWN),
        own=list(dict.fromkeys(one.sentence for one in found if not one.number)),
    )


def grouped(differences: Iterable[Difference]) -> list[Change]:
    """Changes for callers that come out alike at the same hours, together; by hours."""
    groups: dict[tuple[str, str], Change] = {}
    for one in differences:
        if one.number:
            change = groups.setdefault((one.when, one.after), Change(one.when, one.after))
            change.numbers.append((party(one.number), one.before))
    order = list(dict.fromkeys(change.when for change in groups.values()))
    return sorted(groups.values(), key=lambda change: order.index(change.when))
