"""Small steps of building UBL: an element, an element with text, an element with an amount."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from lxml import etree as etree

Node = Any
"""lxml's element, whose class is not public."""

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
# What XML 1.0 cannot carry, however it is written (section 2.2).
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def node(parent: Node, name: str) -> Node:
    """A new aggregate within ``parent``."""
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def text(parent: Node, name: str, value: str, **attributes: str) -> None:
    """A new element with text; none at all for text that is empty."""
    allowed = UNWRITABLE.sub("", value).strip()
    if allowed:
        etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = allowed


def amount(parent: Node, name: str, value: Decimal, decimals: int = 2) -> None:
    """A new element with euros."""
    text(parent, name, f"{value:.{decimals}f}", currencyID="EUR")


def written(root: Node) -> bytes:
    """The whole document as UTF-8."""
    file: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return file


def plain(value: str) -> str:
    """A number of a register or bank without the spaces and dots that people put in it."""
    return re.sub(r"[\s.]", "", value).upper()
