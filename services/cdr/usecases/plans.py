"""Rate plans: kept whole, checked first, never changed; and who has which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.reference import DEFAULT
from services.cdr.domain.terms import FIELDS, Line, read_terms
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.plan_files import Run
from services.cdr.store.reference import ReferenceStore
from shared.acting import Acting
from shared.audit import entry
from shared.errors import Conflict, Invalid, NotFound
from shared.events import Envelope
from shared.events.audit import Subject
from shared.words import gettext as _

SHOWN_ERRORS = 200
OWN = ""
"""In the place of a plan's name: the standard one, whichever that is."""


def import_plan(
    store: ReferenceStore,
    commands: Commands,
    run: Run,
    acting: Acting,
    name: str,
    valid_from: date,
    precision: int,
    csv: str,
    dry_run: bool,
) -> dict[str, Any]:
    """Check a plan's CSV and, unless it is a dry run or has errors, keep it as the version from a day: for
    files that fit in one message (others: usecases/plan_import.py).

    Answers the number of lines, the errors per line, and the version when it was kept. Conflict when
    the plan has another version from that day already.
    """
    data = csv.encode()
    parsed = run(parse_plan, data, precision, version_of(name, valid_from))
    reply = {
        "lines": parsed.lines,
        "errors": [asdict(error) for error in parsed.errors[:SHOWN_ERRORS]],
        "version": None,
    }
    if dry_run or parsed.plan is None:
        return reply

    def work(change: Changes) -> str:
        return keep_version(store, change, acting, name, valid_from, precision, data, parsed.lines)

    return {**reply, "version": commands.run(work)}


def version_of(name: str, valid_from: date) -> str:
    """What a version is called: "zakelijk 2026-12-01"."""
    return f"{name} {valid_from.isoformat()}"


def refuse_known(store: ReferenceStore, version: str) -> None:
    """Conflict when there is such a version: it never changes."""
    if any(known["_id"] == version for known in store.plans()):
        raise Conflict(
            _(
                "%(version)s bestaat al. Een versie verandert nooit: kies een andere begindatum.",
                version=version,
            )
        )


def keep_version(
    store: ReferenceStore,
    change: Changes,
    acting: Acting,
    name: str,
    valid_from: date,
    precision: int,
    csv: bytes,
    lines: int,
    reason: str = "",
    file: str = "",
) -> str:
    """Keep a file that was checked as a version, and tell the audit log."""
    version = version_of(name, valid_from)
    refuse_known(store, version)
    facts: dict[str, Any] = {"valid_from": valid_from, "precision": precision, "lines": lines}
    if file:
        facts["file"] = file
    subject = Subject(kind="rate_plan", id=version, name=version)
    change.tell(entry("cdr", acting, None, "rate_plan.imported", subject, after=facts, reason=reason))
    by = acting.username or acting.kind
    return store.add_plan(
        change.session, name, valid_from, precision, csv, by, lines=lines, reason=reason, file=file
    )


def assign_plan(
    store: ReferenceStore,
    commands: Commands,
    acting: Acting,
    customer_id: str,
    plan: str,
    deviations: Sequence[Line] | None,
    reason: str,
    revision: int | None,
    command_id: str,
) -> None:
    """Let a customer (or ``default``: everyone without a plan of their own) be rated by a plan (empty: the
    standard one), and by the lines of their own terms (None: those they have).

    Invalid, with a sentence per line, when a line can not be read; Conflict when the customer's plan or
    terms are not of ``revision`` any more.
    """
    if plan != OWN and not any(known["name"] == plan for known in store.plans()):
        raise NotFound(_("Er is geen tariefplan dat %(plan)s heet.", plan=plan))
    kept = None if deviations is None else [_tidy(line) for line in deviations]
    if customer_id == DEFAULT and (kept or plan == OWN):
        raise Invalid(fields={"lines": [_("Eigen afspraken horen bij één klant, niet bij iedereen.")]})
    _refuse_unreadable(kept or [])

    def work(change: Changes) -> dict[str, Any]:
        known = store.assignment(customer_id, change.session)
        before = known or {"plan": OWN, "lines": [], "revision": 0}
        if revision is not None and revision != before["revision"]:
            raise Conflict(_("Iemand anders heeft dit tarief intussen gewijzigd. Bekijk het opnieuw."))
        lines = before["lines"] if kept is None else kept
        store.assign_plan(change.session, customer_id, plan, lines, before["revision"] + 1)
        change.tell(_assigned(store, acting, customer_id, before, {"plan": plan, "lines": lines}, reason))
        return {}

    commands.once(acting, command_id, ("assign_plan", customer_id, plan, kept, reason), work)


def default_plan(store: ReferenceStore) -> str:
    """The name of the plan of everyone who has no other."""
    return str(store.assignments().get(DEFAULT, DEFAULT))


def _assigned(
    store: ReferenceStore,
    acting: Acting,
    customer: str,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str,
) -> Envelope[Any]:
    name = after["plan"] or default_plan(store)
    subject = Subject(kind="rate_plan", id=name, name=name)
    whose = None if customer == DEFAULT else customer
    was, now = (
        {"plan": one["plan"], "lines": [_told(line) for line in one["lines"]]} for one in (before, after)
    )
    return entry("cdr", acting, whose, "rate_plan.assigned", subject, before=was, after=now, reason=reason)


def _told(line: Line) -> dict[str, str]:
    """A line for the audit log, which takes a field named key for a secret."""
    return {"prefix" if name == "key" else name: cell for name, cell in line.items()}


def _refuse_unreadable(lines: Sequence[Line]) -> None:
    _deviations, errors = read_terms(lines)
    if not errors:
        return
    said = [
        _(
            "Regel %(line)s: %(problem)s %(advice)s",
            line=error.line + 1,
            problem=error.problem,
            advice=error.advice,
        )
        for error in errors
    ]
    raise Invalid(fields={"lines": said})


def _tidy(line: Line) -> dict[str, str]:
    """Only what was filled in."""
    return {name: line[name].strip() for name in FIELDS if (line.get(name) or "").strip()}
