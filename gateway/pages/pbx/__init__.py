"""*Telefooncentrale*: one blueprint, a module per part. See :mod:`gateway.pages.pbx.frame`."""

from gateway.pages.pbx import (
    general,
    groups,
    members,
    menus,
    night,
    picture,
    publishing,
    removing,
    schedules,
    simulator,
    sounds,
    user_secrets,
    users,
)
from gateway.pages.pbx.frame import pages

__all__ = [
    "general",
    "groups",
    "members",
    "menus",
    "night",
    "pages",
    "picture",
    "publishing",
    "removing",
    "schedules",
    "simulator",
    "sounds",
    "user_secrets",
    "users",
]  # the modules add their views to the blueprint
