"""QR codes as SVG: a path of squares, so that the page's own classes colour it."""

from __future__ import annotations

from dataclasses import dataclass

import segno

QUIET_MODULES = 4  # ISO/IEC 18004, 9.1: the empty border that readers need


@dataclass(frozen=True)
class QrCode:
    """``size`` is the side in modules, border included; ``path`` the dark modules as an SVG path."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """The code of a text; 15 % of it may be unreadable (level M)."""
    matrix = segno.make(text, error="m", micro=False).matrix
    runs = [
        f"M{column + QUIET_MODULES} {row + QUIET_MODULES}h{length}v1h-{length}z"
        for row, modules in enumerate(matrix)
        for column, length in _runs(modules)
    ]
    return QrCode(len(matrix) + 2 * QUIET_MODULES, "".join(runs))


def _runs(modules: bytearray | tuple[int, ...]) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow each other."""
    runs: list[tuple[int, int]] = []
    for column, dark in enumerate(modules):
        if not dark:
            continue
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs
