"""What waits in quarantine, for staff of the operator."""

from __future__ import annotations

from gateway.access import staff
from gateway.api.frame import reads, resource
from gateway.models.quarantine import Case
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("quarantine", "Usage of carriers that could not be booked, for staff of the operator.")


@reads(pages, "/quarantine", list[Case], staff())
def cases() -> list[Case]:
    """What waits, counted by what mends it, most first."""
    return parts().quarantine.cases(acting())
