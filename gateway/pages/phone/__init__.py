"""*Telefoon* (manual, chapter 5): for all numbers, and for each. All is saved at once."""

from gateway.pages.phone import blocks, calls, devices, general, line
from gateway.pages.phone.frame import pages

__all__ = [
    "blocks",
    "calls",
    "devices",
    "general",
    "line",
    "pages",
]  # the modules add their views to the blueprint
