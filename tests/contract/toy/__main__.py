"""``python -m tests.contract.toy``: the toy as a real process, with waits that a test can shorten."""

import os

from shared import process
from shared.bus import consumer

process.DRAIN_SECONDS = int(os.environ.get("TOY_DRAIN_SECONDS", process.DRAIN_SECONDS))
consumer.HEARTBEAT_SECONDS = int(os.environ.get("TOY_HEARTBEAT_SECONDS", consumer.HEARTBEAT_SECONDS))

process.run("tests.contract.toy.service:Toy")
