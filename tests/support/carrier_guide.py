"""The contract for carriers as it is published: the guide, its examples, and the JSON Schema."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support.processes import ROOT

GUIDE = (ROOT / "docs/carriers.md").read_text()
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/schemas/usage-event-v1.schema.json").read_text())


def blocks(language: str) -> list[str]:
    """The guide's examples in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
