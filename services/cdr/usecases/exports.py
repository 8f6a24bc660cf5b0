"""Exports: every call of a selection as a file, made in the background (CDR-07).

The file is a zip with CSV inside, as Windows opens it by itself; Excel takes a million rows of a sheet, so
longer ones become several CSV files. It is streamed from the store in key order into pieces, so memory
stays flat, and a run that is taken over by another process begins the file anew.
"""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.cdr.domain.periods import first_day, last_day, written
from services.cdr.domain.posting import Row
from services.cdr.domain.selection import Selection
from services.cdr.schemas.exports import selection_from_wire, selection_to_wire
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.exports import FileWriter, Stored
from shared import audit, spreadsheet, usage_csv
from shared.acting import Acting
from shared.errors import Conflict, NotFound
from shared.events import Envelope, FileReference, wrap
from shared.events.audit import Subject
from shared.events.notification import CdrNotificationRequested
from shared.job_runner import Running, Work
from shared.jobs import OPEN, Job, JobStore, Outcome
from shared.words import gettext as _
from shared.words import speaking

KIND = "export"
MOST_OPEN = 3
SHOWN = 20
ROWS_PER_SHEET = 1_000_000
KEPT = timedelta(days=7)
"""How long a finished file can be had."""
ATTACHED_UP_TO = 5_000_000
"""Bytes; what is larger is mailed as a link."""
COMPRESSION = 3
MEDIA_TYPE = "application/zip"


Estimate = Callable[[str, Selection], int | None]
Tell = Callable[[Any, Envelope[Any]], None]


class Files(Protocol):
    """store/exports.py"""

    def rows(self, customer: str, selection: Selection, sort: str) -> Iterator[list[Row]]: ...
    def create(self, file_id: str, job_id: str, customer: str, expires_at: datetime) -> FileWriter: ...


def start_export(
    commands: Commands,
    jobs: JobStore,
    acting: Acting,
    *,
    selection: Selection,
    sort: str,
    delivery: str,
    command_id: str,
) -> dict[str, Any]:
    """Queue an export for the acting user; by mail it goes to their own address only.

    Conflict when three of theirs have not ended, or when staff who look along ask for a mail.
    """
    customer = acting.require_customer()
    user = str(acting.user_id)
    if delivery == "mail" and acting.viewed_by:
        raise Conflict(_("U kijkt mee als klant en hebt hier geen e-mailadres. Kies het bestand."))
    asked = {
        "selection": selection_to_wire(selection),
        "sort": sort,
        "delivery": delivery,
        "language": acting.language,
    }

    def work(changes: Changes) -> dict[str, Any]:
        if jobs.open(KIND, customer_id=customer, user_id=user) >= MOST_OPEN:
            raise Conflict(
                _("Er lopen al %(number)s exports van u. Wacht tot er een klaar is.", number=MOST_OPEN)
            )
        job = jobs.add(KIND, asked, customer_id=customer, user_id=user, session=changes.session)
        subject = Subject(kind="export", id=job.id, name=file_name(selection, "zip"))
        changes.tell(audit.entry("cdr", acting, customer, "export.requested", subject, after=asked))
        return job.to_wire()

    return commands.once(acting, command_id, ("start_export", sorted(asked.items(), key=str)), work)


def own_export(jobs: JobStore, acting: Acting, job_id: str) -> Job:
    """An export of the acting user. NotFound for anybody else's."""
    job = jobs.get(job_id, customer_id=acting.require_customer(), kind=KIND)
    if job is None or job.user_id != acting.user_id:
        raise NotFound()
    return job


def own_exports(jobs: JobStore, acting: Acting) -> list[dict[str, Any]]:
    """The acting user's own exports of the last month, newest first."""
    customer = acting.require_customer()
    found = jobs.page(limit=SHOWN, kind=KIND, customer_id=customer, user_id=str(acting.user_id))
    return [job.to_wire() for job in found]


def cancel_export(commands: Commands, jobs: JobStore, acting: Acting, job_id: str) -> dict[str, Any]:
    """Stop one of one's own; one that has ended stays as it is."""
    job = own_export(jobs, acting, job_id)

    def work(changes: Changes) -> Job:
        stopped = jobs.cancel(job_id, changes.session)
        if stopped is None:
            raise NotFound()
        if job.state.value in OPEN:
            subject = Subject(kind="export", id=job_id, name=KIND)
            changes.tell(audit.entry("cdr", acting, job.customer_id, "export.cancelled", subject))
        return stopped

    stopped: Job = commands.run(work)
    return stopped.to_wire()


def make_export(files: Files, estimate: Estimate, tell: Tell, clock: Callable[[], datetime]) -> Work:
    """The work of a job; ``estimate`` tells how many rows a selection has, if that is known cheaply, and
    ``tell`` publishes an event with a transaction."""

    def work(running: Running) -> Outcome:
        job = running.job
        assert job.customer_id is not None
        selection = selection_from_wire(job.parameters["selection"])
        running.progress(0, max(0, estimate(job.customer_id, selection) or 0))
        expires_at = clock() + KEPT
        target = files.create(f"{job.id}:{running.token}", job.id, job.customer_id, expires_at)
        try:
            with speaking(job.parameters["language"]):
                pages = files.rows(job.customer_id, selection, job.parameters["sort"])
                rows = _write(target, pages, selection, running.progress)
            stored = target.close()
        except BaseException:
            target.abort()
            raise
        result = _result(job, selection, stored, rows, expires_at)
        if job.parameters["delivery"] != "mail":
            return Outcome(result)
        mail = wrap(_notification(job, selection, result), job.customer_id, clock())
        return Outcome(result, lambda session: tell(session, mail))

    return work


def _write(
    target: FileWriter, pages: Iterator[list[Row]], selection: Selection, progress: Callable[[int], None]
) -> int:
    """The zip, page by page; how many rows went in."""
    done = 0
    pages = _with_an_empty_one(pages)
    with zipfile.ZipFile(
        target,  # type: ignore[call-overload]
        "w",
        zipfile.ZIP_DEFLATED,
        compresslevel=COMPRESSION,
    ) as archive:
        for sheet in itertools.count(1):
            page = next(pages, None)
            if page is None:
                return done
            with archive.open(file_name(selection, "csv", sheet), "w") as entry:
                entry.write(spreadsheet.write([usage_csv.header()]))
                while page is not None:
                    entry.write(spreadsheet.lines(map(cells, page)).encode())
                    done += len(page)
                    progress(done)
                    page = None if done >= sheet * ROWS_PER_SHEET else next(pages, None)
    return done


def _with_an_empty_one(pages: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """At least one page, so that a file without rows still has its column heads."""
    yield next(pages, [])
    yield from pages


def cells(row: Row) -> list[str]:
    """A stored row as the line that the page's own download has."""
    return usage_csv.line(
        start=row["start"],
        type=row["type"],
        kind=row["kind"],
        quantity=row["sign"] * row["quantity"],
        sender=row["sender"],
        receiver=row["receiver"],
        destination=row["destination"],
        amount=row["amount"],
        state=row.get("state") or ("late" if row.get("late") else None),
    )


def file_name(selection: Selection, extension: str, sheet: int = 1) -> str:
    """``gespreksdetails-2026-11.zip``, and ``…-2.csv`` for the second sheet."""
    if selection.period is not None:
        span = written(selection.period)
    else:
        span = f"{selection.first}-{selection.last}"
    return f"gespreksdetails-{span}{'' if sheet == 1 else f'-{sheet}'}.{extension}"


def _result(
    job: Job, selection: Selection, stored: Stored, rows: int, expires_at: datetime
) -> dict[str, Any]:
    return {
        "file_id": stored.id,
        "name": file_name(selection, "zip"),
        "size": stored.size,
        "pieces": stored.pieces,
        "sha256": stored.sha256,
        "rows": rows,
        "expires_at": expires_at.isoformat().replace("+00:00", "Z"),
        "attached": job.parameters["delivery"] == "mail" and stored.size <= ATTACHED_UP_TO,
    }


def _notification(job: Job, selection: Selection, result: dict[str, Any]) -> CdrNotificationRequested:
    first, last = selection.first, selection.last
    if selection.period is not None:
        first, last = first_day(selection.period), last_day(selection.period)
    file = FileReference(
        service="cdr",
        id=result["file_id"],
        name=result["name"],
        media_type=MEDIA_TYPE,
        size=result["size"],
        sha256=result["sha256"],
    )
    return CdrNotificationRequested(
        template="usage_export",
        dedupe_key=f"export:{job.id}",
        user_ids=(str(job.user_id),),
        parameters={
            "from": str(first),
            "to": str(last),
            "rows": result["rows"],
            "attached": result["attached"],
            "path": f"/exports/{job.id}",
            "expires_at": result["expires_at"],
        },
        files=(file,) if result["attached"] else (),
    )
