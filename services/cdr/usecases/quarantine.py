"""Mending what waits: what a replay would give, the replay itself, and putting events aside for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.cdr.domain.posting import Priced
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import DISCARDED, Case, Refused
from services.cdr.domain.usage import decode
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.record_usage import price_all
from services.cdr.usecases.replay import replay
from shared.acting import Acting
from shared.audit import entry
from shared.errors import Conflict, NotFound
from shared.events.audit import Subject
from shared.job_runner import Running
from shared.jobs import Job, JobStore, Outcome
from shared.words import gettext as _

REPLAY = "replay"
PAGE = 200


@dataclass(slots=True)
class Trial:
    """What trying events again would give: how many would be booked, for how much (millionths of a euro),
    how many of those in a month that is closed for their customer, and how many still wait, by reason."""

    books: int = 0
    amount: int = 0
    closed: int = 0
    stays: dict[str, int] = field(default_factory=dict)


def attempt(documents: Sequence[dict[str, Any]], reference: Reference, now: datetime) -> Trial:
    """Price events from quarantine and book nothing."""
    trial = Trial()
    for document in documents:
        for item in price_all(document["carrier"], decode(document["source"], now), reference):
            _weigh(item, trial, reference)
    return trial


def _weigh(item: Priced | Refused, trial: Trial, reference: Reference) -> None:
    if isinstance(item, Refused):
        trial.stays[item.reason] = trial.stays.get(item.reason, 0) + 1
        return
    trial.books += 1
    trial.amount += item.fields["amount"]
    trial.closed += item.month in reference.closed(item.fields["customer"])


def start_replay(
    store: QuarantineStore, jobs: JobStore, commands: Commands, acting: Acting, case: Case, command_id: str
) -> Job:
    """Queue another try of all events of a case."""
    _refuse_discarded(case)
    total = store.size(case)
    if not total:
        raise NotFound(_("Hier wacht niets meer: de berichten zijn intussen verwerkt."))
    where = {"reason": case.reason, "carrier": case.carrier, "case": case.key}

    def work(change: Changes) -> dict[str, Any]:
        parameters = {**where, "by": acting.username}
        job = jobs.add(REPLAY, parameters, user_id=acting.user_id, total=total, session=change.session)
        subject = Subject(kind="quarantine", id=job.id, name=case.key or case.reason)
        change.tell(
            entry("cdr", acting, None, "quarantine.replayed", subject, after={**where, "events": total})
        )
        return {"job": job.id}

    job = jobs.get(commands.once(acting, command_id, (REPLAY, case), work)["job"])
    if job is None:
        raise NotFound()
    return job


def replay_work(
    store: QuarantineStore, usage: UsageStore, reference: Callable[[], Reference]
) -> Callable[[Running], Outcome]:
    """What a replay's job does; tried twice, an event is booked once, as ever."""

    def work(running: Running) -> Outcome:
        job = running.job
        case = Case(job.parameters["reason"], job.parameters["carrier"], job.parameters["case"])
        usage.register()
        known = reference()
        done, booked, after = (job.checkpoint.get(name, 0) for name in ("done", "booked", "after"))
        while page := store.of_case(case, str(after or ""), PAGE):
            posted = replay(page, usage, known, datetime.now(UTC), store)
            again = len(posted.refused)  # booking itself turned them down: they are back
            done, booked, after = done + len(page), booked + len(posted.resolved) - again, page[-1]["_id"]
            running.progress(done, checkpoint={"done": done, "booked": booked, "after": after})
        return Outcome({"tried": done, "booked": booked, "waiting": done - booked})

    return work


def discard(
    store: QuarantineStore,
    commands: Commands,
    acting: Acting,
    case: Case,
    reason: str,
    command_id: str,
    now: datetime,
) -> int:
    """Put a case's events aside, with a reason: they are kept and marked; how many."""
    _refuse_discarded(case)

    def work(change: Changes) -> dict[str, Any]:
        why = {"by": acting.username, "at": now, "reason": reason}
        count = store.discard(case, why, change.session)
        if not count:
            raise NotFound(_("Hier wacht niets meer: de berichten zijn intussen verwerkt."))
        subject = Subject(kind="quarantine", id=f"{case.carrier} {case.key}".strip(), name=case.reason)
        before, after = {"reason": case.reason}, {"reason": DISCARDED, "events": count}
        change.tell(
            entry(
                "cdr",
                acting,
                None,
                "quarantine.discarded",
                subject,
                before=before,
                after=after,
                reason=reason,
            )
        )
        return {"count": count}

    return int(commands.once(acting, command_id, ("discard", case, reason), work)["count"])


def _refuse_discarded(case: Case) -> None:
    if case.reason == DISCARDED:
        raise Conflict(_("Deze berichten zijn terzijde gelegd en blijven zo bewaard."))
