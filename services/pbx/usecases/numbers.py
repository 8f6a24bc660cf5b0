"""What staff do with ranges and numbers. Each command runs once, however often it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime

from services.pbx.domain import numbers as domain
from services.pbx.domain.numbers import Assignment, Range, Term
from services.pbx.domain.user_events import everybody
from services.pbx.schemas import Reply
from services.pbx.schemas.numbers import assignment_reply, range_reply
from services.pbx.store import Changes, Store
from shared.acting import Acting
from shared.days import day_of, midnight
from shared.errors import Invalid, NotFound
from shared.events.audit import Subject
from shared.ids import new_id
from shared.words import gettext

Clock = Callable[[], datetime]

PBXS = 20
"""How many customers' users and lines are told of in one transaction."""


def add_range(
    store: Store, clock: Clock, acting: Acting, *, first: str, last: str, source: str, command_id: str
) -> Reply:
    """A new range. Conflict when it overlaps another, Invalid when first and last make no range."""
    new = Range(new_id(), first, last, source)

    def work(changes: Changes) -> Reply:
        changes.add_range(new)
        subject = Subject(kind="range", id=new.id, name=f"{first} – {last}")
        told = {"first": first, "last": last, "source": source}
        changes.record(acting, None, "range.added", subject, after=told)
        return range_reply(new, assigned=0)

    return store.once(command_id, ("add_range", first, last, source), clock(), work)


def assign_numbers(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    numbers: Sequence[str],
    valid_from: date,
    command_id: str,
    reason: str,
    valid_to: date | None = None,
) -> Reply:
    """Give all numbers to the customer, or none: Conflict when one is taken, Invalid when one is not ours."""
    _refuse_twice(numbers)
    term = Term(midnight(valid_from), midnight(valid_to) if valid_to else None)

    def work(changes: Changes) -> Reply:
        _refuse_unknown(numbers, changes.hold(numbers))
        history = changes.history(numbers)
        new = [domain.assign(history[n], Assignment(new_id(), customer_id, n, term)) for n in numbers]
        changes.save(new)
        name = numbers[0] if len(numbers) == 1 else f"{numbers[0]} (+{len(numbers) - 1})"
        told = {"numbers": list(numbers), "valid_from": valid_from, "valid_to": valid_to}
        subject = Subject(kind="number", id=new[0].id, name=name)
        changes.record(acting, customer_id, "number.assigned", subject, after=told, reason=reason)
        return {"assignments": [assignment_reply(assignment) for assignment in new]}

    request = ("assign_numbers", customer_id, *numbers, valid_from, valid_to)
    return store.once(command_id, request, clock(), work)


def end_assignment(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    assignment_id: str,
    valid_to: date,
    command_id: str,
    reason: str,
) -> Reply:
    """End an assignment, or move its end. NotFound, Invalid (before its start), Conflict (taken then)."""

    def work(changes: Changes) -> Reply:
        assignment = changes.assignment(assignment_id)
        if assignment is None:
            raise NotFound()
        changes.hold([assignment.number])
        history = changes.history([assignment.number])[assignment.number]
        ended = domain.end(history, assignment, midnight(valid_to))
        if ended != assignment:
            changes.save([ended])
            subject = Subject(kind="number", id=ended.id, name=ended.number)
            before, after = ({"valid_to": _last_day(one)} for one in (assignment, ended))
            changes.record(acting, ended.customer_id, "number.ended", subject, before, after, reason)
        return assignment_reply(ended)

    return store.once(command_id, ("end_assignment", assignment_id, valid_to), clock(), work)


def republish(store: Store, clock: Clock) -> Reply:
    """Queue the state of every assignment, user and line again, so that a new consumer learns all of them.

    Revisions stay as they are: whoever knows them already sees nothing new. A change that runs at
    the same time may be told before an older state of it; its higher revision wins.
    """
    count, after = 0, ""
    while batch := store.publish_again(after, clock()):
        count, after = count + len(batch), batch[-1].id
    return {"events": count + _republish_people(store, clock)}


def _republish_people(store: Store, clock: Clock) -> int:
    """Tell of all users and lines as they were published; how many there are."""
    count, after = 0, ""

    def batch_of(changes: Changes) -> list[tuple[str, int]]:
        batch = [
            (each.customer_id, list(everybody(each.published)))
            for each in changes.settings_after(after, PBXS)
        ]
        for customer_id, events in batch:
            changes.tell(customer_id, *events)
        return [(customer_id, len(events)) for customer_id, events in batch]

    while batch := store.in_one(clock(), batch_of):
        count, after = count + sum(people for _customer, people in batch), batch[-1][0]
    return count


def _last_day(assignment: Assignment) -> date | None:
    """The first day on which the number is no longer the customer's."""
    return day_of(assignment.term.end) if assignment.term.end else None


def _refuse_twice(numbers: Sequence[str]) -> None:
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    if twice:
        raise Invalid(
            fields={
                "numbers": [gettext("%(number)s staat er meer dan eens.", number=number) for number in twice]
            }
        )


def _refuse_unknown(numbers: Sequence[str], known: set[str]) -> None:
    unknown = [number for number in numbers if number not in known]
    if unknown:
        sentences = [
            gettext("%(number)s zit in geen van onze nummerreeksen.", number=number) for number in unknown
        ]
        raise Invalid(fields={"numbers": sentences})
