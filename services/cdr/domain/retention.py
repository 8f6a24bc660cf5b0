"""How long call details are kept (CDR-12).

Telecommunications law lets traffic data be kept for as long as a bill can be disputed or must be paid
(directive 2002/58/EC, art. 6(2)); it names no months. The preset is eighteen: the current month, the
twelve that customers can choose, and five to settle a dispute about the oldest of those. Invoices are
another matter: they hold sums, and are kept for seven years.
"""

from __future__ import annotations

from services.cdr.domain.periods import shifted

MONTHS = 18
LEAST_MONTHS, MOST_MONTHS = 3, 120


def kept_from(current: int, months: int) -> int:
    """The oldest period whose details are still kept; ``months`` counts the whole months before now."""
    return shifted(current, -months)
