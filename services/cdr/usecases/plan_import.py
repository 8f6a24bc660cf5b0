"""Importing a rate plan of any size: uploaded in pieces, checked as a job, looked at, then saved.

Nothing counts before it is saved; an upload that nobody saves is gone after a day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from services.cdr.domain.amsterdam import midnight
from services.cdr.domain.periods import day_of, written
from services.cdr.domain.plan_compare import Kind, compare
from services.cdr.domain.plan_csv import ParsedPlan, parse_plan
from services.cdr.domain.plan_file import PIECE
from services.cdr.domain.plan_table import LineError
from services.cdr.domain.plan_warnings import warnings_of
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.plan_files import PlanFiles
from services.cdr.store.reference import ReferenceStore
from services.cdr.usecases.plans import keep_version, refuse_known, version_of
from shared.acting import Acting
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id
from shared.job_runner import Running
from shared.jobs import JobStore, Outcome
from shared.words import gettext as _
from shared.words import ngettext, speaking

KIND = "plan_check"
KEPT = timedelta(days=1)
_NOON = 12 * 3600

Draft = dict[str, Any]


def begin_import(
    store: ReferenceStore,
    commands: Commands,
    acting: Acting,
    file: str,
    size: int,
    name: str,
    valid_from: date,
    precision: int,
    command_id: str,
    now: datetime,
) -> Draft:
    """Make room for an upload of ``size`` bytes."""
    draft_id = new_id()

    def work(change: Changes) -> Draft:
        draft = {
            "_id": draft_id,
            "file": file,
            "size": size,
            "pieces": max(1, -(-size // PIECE)),
            "name": name,
            "valid_from": valid_from.isoformat(),
            "precision": precision,
            "by": acting.username or acting.kind,
            "at": now,
            "expires_at": now + KEPT,
            "job": None,
            "report": None,
            "saved": None,
        }
        store.files.begin(draft, change.session)
        return {"draft_id": draft_id}

    asked = ("begin_import", file, size, name, valid_from, precision)
    return draft_of(store.files, commands.once(acting, command_id, asked, work)["draft_id"])


def draft_of(files: PlanFiles, draft_id: str) -> Draft:
    """An upload. NotFound when it is gone."""
    found = files.draft(draft_id)
    if found is None:
        raise NotFound(
            _("Deze upload is er niet meer: hij blijft een dag staan. Upload het bestand opnieuw.")
        )
    return found


def import_chunk(files: PlanFiles, draft_id: str, index: int, data: bytes) -> None:
    """Keep a piece of an upload; sent twice, it is there once."""
    draft = draft_of(files, draft_id)
    last = index == draft["pieces"] - 1
    whole = draft["size"] - PIECE * index if last else PIECE
    if not 0 <= index < draft["pieces"] or len(data) != whole:
        raise Invalid(_("Dit stuk hoort niet bij deze upload. Upload het bestand opnieuw."))
    files.put_piece(draft, index, data)


def begin_check(files: PlanFiles, commands: Commands, jobs: JobStore, acting: Acting, draft_id: str) -> Draft:
    """Have an upload that has arrived checked, once; asked again, it says how far that is."""
    draft = draft_of(files, draft_id)
    if draft["job"] is not None or draft["saved"] is not None:
        return draft
    if not files.arrived(draft):
        raise Conflict(_("Het bestand is niet helemaal aangekomen. Upload het opnieuw."))
    commands.run(lambda change: _queue(files, jobs, change, acting, draft, {}))
    return draft_of(files, draft_id)


def change_import(
    store: ReferenceStore,
    commands: Commands,
    jobs: JobStore,
    acting: Acting,
    draft_id: str,
    name: str,
    valid_from: date,
    precision: int,
) -> Draft:
    """Another plan, first day or precision for an upload: it is checked again."""
    draft = _unsaved(store.files, draft_id)
    refuse_known(store, version_of(name, valid_from))
    wanted = {"name": name, "valid_from": valid_from.isoformat(), "precision": precision}
    commands.run(lambda change: _queue(store.files, jobs, change, acting, draft, wanted))
    return draft_of(store.files, draft_id)


def _queue(
    files: PlanFiles, jobs: JobStore, change: Changes, acting: Acting, draft: Draft, wanted: Draft
) -> None:
    parameters = {"draft": draft["_id"], "language": acting.language, "by": acting.username}
    job = jobs.add(KIND, parameters, user_id=acting.user_id, session=change.session)
    if not files.checked_by(draft["_id"], job.id, change.session, **wanted):
        jobs.cancel(job.id, change.session)  # another call was first


def save_import(
    store: ReferenceStore, commands: Commands, acting: Acting, draft_id: str, reason: str, command_id: str
) -> str:
    """Keep a checked upload as a version, for ever. Conflict while it is not checked or has errors."""

    def work(change: Changes) -> Draft:
        draft = _unsaved(store.files, draft_id)
        report = draft["report"]
        if report is None:
            raise Conflict(_("Dit bestand is nog niet nagekeken. Wacht tot dat klaar is."))
        if report["errors_total"]:
            raise Conflict(_("Dit bestand heeft fouten. Verbeter ze en upload het opnieuw."))
        csv, valid_from = _whole(store.files, draft), date.fromisoformat(draft["valid_from"])
        version = keep_version(
            store,
            change,
            acting,
            draft["name"],
            valid_from,
            draft["precision"],
            csv,
            report["lines"],
            reason,
            draft["file"],
        )
        store.files.saved(draft_id, version, change.session)
        return {"version": version}

    return str(commands.once(acting, command_id, ("save_import", draft_id, reason), work)["version"])


def drop_import(files: PlanFiles, draft_id: str) -> None:
    """Throw an upload away; harmless when it is gone."""
    draft = files.draft(draft_id)
    if draft is not None and draft["saved"] is None:
        files.drop(draft_id)


def _unsaved(files: PlanFiles, draft_id: str) -> Draft:
    draft = draft_of(files, draft_id)
    if draft["saved"] is not None:
        raise Conflict(_("Dit bestand is al bewaard als %(version)s.", version=draft["saved"]))
    return draft


def _whole(files: PlanFiles, draft: Draft) -> bytes:
    data = files.upload(draft)
    if data is None:
        raise Conflict(_("Het bestand is niet helemaal aangekomen. Upload het opnieuw."))
    return data


def check_work(store: ReferenceStore, clock: Callable[[], datetime]) -> Callable[[Running], Outcome]:
    """What the job of a check does: read every line, compare with the version before, write the report."""

    def work(running: Running) -> Outcome:
        job = running.job
        draft = draft_of(store.files, job.parameters["draft"])
        data = _whole(store.files, draft)
        total = data.count(b"\n")
        running.progress(0, total)
        with speaking(job.parameters["language"]):
            parsed = parse_plan(data, told=lambda lines: running.progress(min(lines, total)))
            report = _report(store, draft, parsed, clock())
        if parsed.plan is not None:
            store.files.keep_entries(draft["_id"], parsed.plan.entries, draft["expires_at"])
        result = {
            "lines": parsed.lines,
            "errors": report["errors_total"],
            "warnings": report["warnings_total"],
        }
        return Outcome(result, lambda session: store.files.report(draft["_id"], job.id, report, session))

    return work


def _report(store: ReferenceStore, draft: Draft, parsed: ParsedPlan, now: datetime) -> Draft:
    valid_from = date.fromisoformat(draft["valid_from"])
    warnings: list[LineError] = []
    total, against = 0, None
    if parsed.plan is not None:
        found = warnings_of(parsed.plan, midnight(valid_from) + _NOON)
        warnings = [*_about_the_day(store, draft["name"], valid_from, now), *found.found]
        total = found.total + len(warnings) - len(found.found)
        against = _against(store, draft, parsed)
    return {
        "lines": parsed.lines,
        "errors": [asdict(error) for error in parsed.errors],
        "errors_total": len(parsed.errors),
        "warnings": [asdict(one) for one in warnings],
        "warnings_total": total,
        "against": against,
    }


def _about_the_day(store: ReferenceStore, name: str, valid_from: date, now: datetime) -> list[LineError]:
    """What is odd about the day on which a version begins."""
    found = []
    later = [
        v["valid_from"]
        for v in store.plans()
        if v["name"] == name and v["valid_from"] > valid_from.isoformat()
    ]
    closed, last = store.closed_since(valid_from.year * 100 + valid_from.month)
    if closed:
        problem = ngettext(
            "Dit begint in een afgesloten maand: %(num)s klant is afgesloten tot en met %(month)s.",
            "Dit begint in een afgesloten maand: %(num)s klanten zijn afgesloten tot en met %(month)s.",
            closed,
            month=written(last),
        )
        advice = _("Afgesloten maanden veranderen niet; verschil door herberekenen komt in de open maand.")
        found.append(LineError(0, None, problem, advice))
    elif valid_from < day_of(now):
        problem = _("Deze versie begint in het verleden.")
        advice = _("Wat al geboekt is, houdt zijn bedrag tot u het herberekent.")
        found.append(LineError(0, None, problem, advice))
    if later:
        problem = _("Van dit plan geldt vanaf %(day)s al een latere versie.", day=_dutch(min(later)))
        advice = _("Deze versie geldt alleen tot die dag.")
        found.append(LineError(0, None, problem, advice))
    return found


def _dutch(day: str) -> str:
    return f"{date.fromisoformat(day):%d-%m-%Y}"


def _against(store: ReferenceStore, draft: Draft, parsed: ParsedPlan) -> Draft | None:
    """How much differs from the version that the new one follows; None when it is the first."""
    earlier = [
        known["_id"]
        for known in store.plans()
        if known["name"] == draft["name"] and known["valid_from"] < draft["valid_from"]
    ]
    entries = store.files.entries(earlier[-1]) if earlier else None
    if entries is None or parsed.plan is None:
        return None
    counts = dict.fromkeys((kind.value for kind in Kind), 0)
    for difference in compare(entries, parsed.plan.entries):
        counts[difference.kind.value] += 1
    return {"version": earlier[-1], **counts}
