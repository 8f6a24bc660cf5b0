"""The media server stands on its own: it can be built, moved and started without the rest of pbx."""

from __future__ import annotations

import ast
from pathlib import Path

MEDIA = Path(__file__).resolve().parents[4] / "services" / "pbx" / "media"
MAY = ("services.pbx.domain.edge.scripts", "services.pbx.media", "shared")


def test_it_imports_nothing_of_pbx_but_the_wire_between_them() -> None:
    imported = set()
    for file in MEDIA.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    ours = {name for name in imported if name.split(".")[0] in ("services", "shared", "gateway", "cli")}
    assert ours and all(name.startswith(MAY) for name in ours), ours
    assert not {"shared.mongo", "shared.bus", "shared.publisher"} & ours
