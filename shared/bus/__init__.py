"""The only entrypoints and publishers we use on the bus.

Stock nameko loses, doubles or loops messages in ways that tests/contract/test_bus_*.py pin; the
small subclasses here do not. Only this package and ``entrypoints.py`` import nameko.
"""

from shared.bus.extensions import Provide
from shared.bus.listen import listen
from shared.bus.operations import Operations
from shared.bus.relay import OutboxRelay
from shared.bus.resealing import Resealing
from shared.bus.rpc import rpc
from shared.publisher import Message, Publisher, PublishTimeout, Unroutable

__all__ = [
    "Message",
    "Operations",
    "OutboxRelay",
    "Provide",
    "PublishTimeout",
    "Publisher",
    "Resealing",
    "Unroutable",
    "listen",
    "rpc",
]
