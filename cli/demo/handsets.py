"""The demo's telephones: makes and models side by side, with invented MAC addresses."""

from __future__ import annotations

from typing import NamedTuple

from cli.demo.cast import INSTALLER


class Handset(NamedTuple):
    """The telephone of the user with this extension."""

    extension: str
    model: str
    mac: str
    label: str


CUSTOMER = INSTALLER
PASSWORD = "Demo-toestel-1"
"""With which each of them fetches its configuration."""

HANDSETS = (
    Handset("201", "yealink-t54w", "00:00:5e:00:53:01", "Bureau Verkoop 1"),
    Handset("202", "snom-d785", "00:00:5e:00:53:02", "Bureau Verkoop 2"),
    Handset("203", "gigaset-n670", "00:00:5e:00:53:03", "Draadloos magazijn"),
    Handset("205", "poly-vvx450", "00:00:5e:00:53:05", "Bureau Support 1"),
    Handset("206", "fanvil-x5u", "00:00:5e:00:53:06", "Bureau Support 2"),
    Handset("209", "grandstream-grp2614", "00:00:5e:00:53:09", "Balie"),
)
"""MAC addresses for documentation (RFC 7042, 2.1.2)."""
