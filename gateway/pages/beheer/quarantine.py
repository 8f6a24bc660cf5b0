"""*Quarantaine*: usage that could not be booked, by what mends it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.companies import ReasonForm
from gateway.forms.form import COMMAND, Form, command_id, submit
from gateway.models.part import Part
from gateway.models.quarantine import DISCARDED, MENDS, REASONS, SENTENCES
from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import ngettext
from shared.errors import NotFound

pages = Blueprint("beheer_quarantine", __name__, url_prefix="/beheer/quarantaine")

Page = tuple[str, int, dict[str, str]]
LONGEST = 200


@pages.get("")
@staff()
def listing() -> str:
    """Every case; ``reden`` in the address keeps to one reason, ``aanbieder`` to one carrier."""
    found = Part.ask(lambda: parts().quarantine.cases(acting()))
    reason, carrier = request.args.get("reden", ""), request.args.get("aanbieder", "")
    cases = [
        one
        for one in found.value or ()
        if (not reason or one.reason == reason) and (not carrier or one.carrier == carrier)
    ]
    counts: dict[str, int] = {}
    for one in found.value or ():
        counts[one.reason] = counts.get(one.reason, 0) + one.count
    return render_template(
        "beheer/quarantine.html",
        found=found,
        cases=cases,
        counts=counts,
        waiting=sum(count for name, count in counts.items() if name != DISCARDED),
        carriers=sorted({one.carrier for one in found.value or ()}),
        reason=reason,
        carrier=carrier,
        reasons=REASONS,
        now=parts().clock(),
    )


@pages.get("/geval")
@staff()
def show() -> Page:
    """One case: why, a sample, the mend, and what trying again would give."""
    return _page(_key(), Form.blank(ReasonForm()))


@pages.post("/geval/opnieuw")
@staff()
def replay() -> Response:
    """Try all events of the case again, in the background."""
    job = parts().quarantine.replay(acting(), command_id(request.form.get(COMMAND, "")), _key())
    return redirect(url_for("beheer_quarantine.replayed", job_id=job), 303)


@pages.post("/geval/terzijde")
@staff()
def discard() -> Response | Page:
    """Put the case's events aside: they are kept."""
    key = _key()

    def work(form: Form) -> Response:
        count = parts().quarantine.discard(acting(), form.command, key, form.values["reason"])
        toast(ngettext("%(num)s bericht terzijde gelegd.", "%(num)s berichten terzijde gelegd.", count))
        return redirect(url_for("beheer_quarantine.listing"), 303)

    outcome = submit(ReasonForm(), work)
    return _page(key, outcome) if isinstance(outcome, Form) else outcome


@pages.get("/opnieuw/<id:job_id>")
@staff()
def replayed(job_id: str) -> str:
    """How far trying again is, or what it gave."""
    job = parts().quarantine.replayed(acting(), job_id)
    return render_template("beheer/quarantine_replay.html", job=job, now=parts().clock())


def _key() -> dict[str, str]:
    """The case that the address names."""
    key = {
        "reason": request.args.get("reden", ""),
        "carrier": request.args.get("aanbieder", "")[:60],
        "case": request.args.get("geval", "")[:LONGEST],
    }
    if key["reason"] not in REASONS or not key["carrier"]:
        raise NotFound()
    return key


def _page(key: dict[str, str], form: Form) -> Page:
    found = parts().quarantine.case(acting(), key, request.args.get("na", "")[:64])
    if not found.events:
        raise NotFound()
    html = render_template(
        "beheer/quarantine_case.html",
        key=key,
        address={"reden": key["reason"], "aanbieder": key["carrier"], "geval": key["case"] or None},
        found=found,
        form=form,
        title=REASONS[key["reason"]],
        sentence=SENTENCES[key["reason"]],
        mend=MENDS.get(key["reason"]),
        reasons=REASONS,
        open=key["reason"] != DISCARDED,
    )
    return html, form.status, form.headers
