"""Transactions whose process was killed: the database would keep what they touched for a minute.

Until then whoever needs the same documents (the same events, a gate, a counter) runs into them again and
again. Aborting one of a process that lives does no harm: its transaction is repeated.
"""

from __future__ import annotations

import threading

from prometheus_client import Counter
from pymongo.database import Database
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from shared.logging import get_logger
from shared.mongo import Document, is_down

log = get_logger(__name__)

INACTIVE_SECONDS = 2.0
EVERY_SECONDS = 1.0

ABORTED = Counter("tikker_transactions_abandoned_total", "Transactions aborted whose process said no more")


def abort_abandoned(db: Database[Document], inactive_seconds: float = INACTIVE_SECONDS) -> int:
    """Abort this service's transactions in which nothing has been done for so long; how many.

    Needs no rights beyond the service's own: an account may see and end its own sessions.
    """
    admin = db.client.get_database("admin", read_concern=ReadConcern("local"))
    idle = admin.aggregate(
        [
            {"$currentOp": {"allUsers": False, "idleSessions": True}},
            {
                "$match": {
                    "type": "idleSession",
                    "appName": db.client.options.pool_options.appname,
                    "transaction.timeInactiveMicros": {"$gte": int(inactive_seconds * 1_000_000)},
                }
            },
        ]
    )
    sessions = [{"id": operation["lsid"]["id"]} for operation in idle]
    if sessions:
        admin.command("killSessions", sessions)
        ABORTED.inc(len(sessions))
        log.warning("aborted transactions of which nothing was heard", count=len(sessions))
    return len(sessions)


def keep_aborting(db: Database[Document], inactive_seconds: float = INACTIVE_SECONDS) -> None:
    """Look every second for as long as this process lives, in a thread of its own."""
    arguments = (db, inactive_seconds)
    threading.Thread(target=_forever, args=arguments, name="abandoned", daemon=True).start()


def _forever(db: Database[Document], inactive_seconds: float) -> None:
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            abort_abandoned(db, inactive_seconds)
        except PyMongoError as problem:
            if not is_down(problem):
                log.warning("abandoned transactions cannot be looked for", reason=str(problem)[:200])
