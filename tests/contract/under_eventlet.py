"""``python -m tests.contract.under_eventlet MODULE URI``: run a module's ``main(URI)`` in a patched process.

What the module imports is imported after the patch, as in a service (see shared/process.py).
"""

import importlib
import sys

import eventlet

eventlet.monkey_patch()
importlib.import_module(sys.argv[1]).main(sys.argv[2])
