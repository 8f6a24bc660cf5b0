"""MongoDB of identity: verbs of the domain. Only this folder imports pymongo."""

from services.identity.store.people import Changes, Store
from services.identity.store.tries import Taken, TryBook

__all__ = ["Changes", "Store", "Taken", "TryBook"]
