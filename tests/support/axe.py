"""What axe finds wrong with a page, in each colour scheme, from one load of the page.

To load a page and to hand axe over to it costs as much as to run it, and of all of axe only the rules about
colour can say something else in another scheme.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

Look = tuple[int, Literal["light", "dark"]]
"""Width of the window and colour scheme."""
DESK_AND_PHONE: tuple[Look, ...] = ((1280, "light"), (1280, "dark"), (390, "dark"), (390, "light"))

ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
WORDS = ALL | {"rules": {"color-contrast": {"enabled": False}}}
"""Without what another language can not change; it takes most of the time."""
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def findings(page: Page, options: dict[str, Any] = ALL) -> list[str]:
    """What axe has to say of the page as it is now, one line per rule and element; and whether the page
    scrolls sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(f"axe.run({json.dumps(options)}).then((found) => found.violations)")
    found = [f"{v['id']}: {node['html']}" for v in violations for node in v["nodes"]]
    return [*found, "scrolls sideways"] if page.evaluate(SIDEWAYS) else found


def everywhere(page: Page, looks: Sequence[Look] = DESK_AND_PHONE) -> list[str]:
    """The same in every look: all rules at each width once, those about colour in each scheme there."""
    found, seen = [], set[int]()
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        told = findings(page, COLOURS if width in seen else ALL)
        found += [f"{width} {scheme}: {line}" for line in told]
        seen.add(width)
    return found
