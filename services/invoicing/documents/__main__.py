"""``python -m services.invoicing.documents``: one long PDF, ordered on standard input, on output."""

from __future__ import annotations

import json
import sys

from services.invoicing.documents.pdf import typeset

order = json.load(sys.stdin.buffer)
sys.stdout.buffer.write(typeset(order["sources"], order["made_at"], order["standard"]))
