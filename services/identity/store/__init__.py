"""MongoDB of identity: verbs of the domain. Only this folder imports pymongo."""

from services.identity.store.audit import AuditBook
from services.identity.store.changes import Changes
from services.identity.store.companies import Search
from services.identity.store.mails import Claimed
from services.identity.store.people import Store
from services.identity.store.tries import Taken, TryBook

__all__ = ["AuditBook", "Changes", "Claimed", "Search", "Store", "Taken", "TryBook"]
