"""How telephone numbers and other parties of a call are written on pages: as in files and mails."""

from __future__ import annotations

from shared.phone_numbers import dutch, foreign, party

__all__ = ["dutch", "foreign", "party"]
