"""*Mobiel*: the list of subscriptions, and one subscription's *Algemeen*, *Limieten* and *Blokkeren*."""

from gateway.pages.mobile import blocks, limits, subscription, subscriptions
from gateway.pages.mobile.frame import pages

__all__ = ["blocks", "limits", "pages", "subscription", "subscriptions"]
