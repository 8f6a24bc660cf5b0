"""MongoDB of provisioning."""

from services.provisioning.store.changes import Changes
from services.provisioning.store.desk import Desk
from services.provisioning.store.store import Store

__all__ = ["Changes", "Desk", "Store"]
