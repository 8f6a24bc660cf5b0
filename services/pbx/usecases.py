"""What staff do with ranges and numbers. Each command runs once, however often it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime

from services.pbx import domain
from services.pbx.domain import Assignment, Range, Term, midnight
from services.pbx.schemas import Reply, assignment_reply, range_reply
from services.pbx.store import Changes, Store
from shared.errors import Invalid, NotFound
from shared.ids import new_id

Clock = Callable[[], datetime]


def add_range(store: Store, clock: Clock, *, first: str, last: str, source: str, command_id: str) -> Reply:
    """A new range. Conflict when it overlaps another, Invalid when first and last make no range."""
    new = Range(new_id(), first, last, source)

    def work(changes: Changes) -> Reply:
        changes.add_range(new)
        return range_reply(new, assigned=0)

    return store.once(command_id, ("add_range", first, last, source), clock(), work)


def assign_numbers(
    store: Store,
    clock: Clock,
    *,
    customer_id: str,
    numbers: Sequence[str],
    valid_from: date,
    command_id: str,
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
        return {"assignments": [assignment_reply(assignment) for assignment in new]}

    request = ("assign_numbers", customer_id, *numbers, valid_from, valid_to)
    return store.once(command_id, request, clock(), work)


def end_assignment(
    store: Store, clock: Clock, *, assignment_id: str, valid_to: date, command_id: str
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
        return assignment_reply(ended)

    return store.once(command_id, ("end_assignment", assignment_id, valid_to), clock(), work)


def republish(store: Store, clock: Clock) -> Reply:
    """Queue the state of every assignment again, so that a new consumer learns all of them.

    Revisions stay as they are: whoever knows them already sees nothing new. A change that runs at
    the same time may be told before an older state of it; its higher revision wins.
    """
    count, after = 0, ""
    while batch := store.publish_again(after, clock()):
        count, after = count + len(batch), batch[-1].id
    return {"events": count}


def _refuse_twice(numbers: Sequence[str]) -> None:
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    if twice:
        raise Invalid(fields={"numbers": [f"{number} staat er meer dan eens." for number in twice]})


def _refuse_unknown(numbers: Sequence[str], known: set[str]) -> None:
    unknown = [number for number in numbers if number not in known]
    if unknown:
        sentences = [f"{number} zit in geen van onze nummerreeksen." for number in unknown]
        raise Invalid(fields={"numbers": sentences})
