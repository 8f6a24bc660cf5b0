"""A session that was ended from outside: the transaction is repeated, a commit in doubt is asked for again.

Found by ./tikker chaos on a machine so busy that a living process seemed dead: its event was buried.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

import pytest
from pymongo.errors import OperationFailure, WriteConcernError

from shared.mongo import is_down, transact

INTERRUPTED = 11601


class Session:
    """A session whose commits fail with these problems, in order, before one comes through."""

    def __init__(self, problems: list[Exception]) -> None:
        self.problems = problems
        self.begun = self.commits = 0

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def start_transaction(self, *_options: object) -> None:
        self.begun += 1

    def commit_transaction(self) -> None:
        self.commits += 1
        if self.problems:
            raise self.problems.pop(0)

    def abort_transaction(self) -> None:
        return None


class Database:
    """Has that one session."""

    def __init__(self, session: Session) -> None:
        self.client = self
        self._session = session

    def start_session(self) -> Session:
        return self._session


def run(session: Session, work: Any) -> Any:
    return transact(Database(session), work)  # type: ignore[arg-type]


def test_a_commit_that_was_interrupted_is_asked_for_again() -> None:
    session, effects = Session([WriteConcernError("interrupted", INTERRUPTED)]), []

    assert run(session, lambda _session: effects.append("once") or "answer") == "answer"
    assert (session.begun, session.commits, effects) == (1, 2, ["once"])


def test_work_that_was_interrupted_is_done_again() -> None:
    session, problems = Session([]), [OperationFailure("interrupted", INTERRUPTED)]

    def work(_session: object) -> str:
        if problems:
            raise problems.pop()
        return "answer"

    assert run(session, work) == "answer"
    assert (session.begun, session.commits) == (2, 1)


def test_another_refusal_is_not_repeated() -> None:
    session = Session([WriteConcernError("no such write concern", 79)])

    with pytest.raises(WriteConcernError):
        run(session, lambda _session: None)
    assert session.commits == 1


def test_an_interruption_says_nothing_about_the_message_that_was_at_hand() -> None:
    assert is_down(WriteConcernError("interrupted", INTERRUPTED))
    assert not is_down(OperationFailure("not allowed", 13))
