"""What a saved test call expects: pbx's tokens (``rings:<id>``, ``voicemail:<id>``) in words."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.models.pbx import Config
from gateway.models.pbx_plans import Tried
from gateway.phone_numbers import party
from gateway.words import gettext as _

ORDER = ("rings", "voicemail", "outside", "group", "menu", "user", "line", "end")
"""Who rings is what most people test."""


def expectation(config: Config, token: str) -> str:
    """A token in words; empty for one that says nothing to people."""
    kind, _colon, id = token.partition(":")
    if kind == "end":
        return _ends().get(id, "")
    if kind == "outside":
        return _("%(number)s wordt gebeld", number=party(id))
    name = next((one.name or party(one.number) for one in config.elements() if one.id == id), "")
    if not name:
        return _("wat er niet meer is") if kind in ORDER else ""
    if kind == "rings":
        return _("%(name)s gaat over", name=name)
    if kind == "voicemail":
        return _("voicemail van %(name)s", name=name)
    return _("komt langs %(name)s", name=name) if kind in ORDER else ""


def choices(config: Config, reached: Iterable[str]) -> dict[str, str]:
    """All that a tried call could be expected to do, most wanted first."""
    order = {kind: place for place, kind in enumerate(ORDER)}
    known = [token for token in reached if token.partition(":")[0] in order]
    known.sort(key=lambda token: order[token.partition(":")[0]])
    return {token: words for token in known if (words := expectation(config, token))}


def proposed(tried: Tried, answers: Iterable[str]) -> str:
    """What is most likely meant: that who answers rings; else where the call ends up."""
    rung = [f"rings:{id}" for id in answers if f"rings:{id}" in tried.reached]
    ends = [token for token in tried.reached if token.startswith("voicemail:")]
    return next(iter([*rung, *ends, *(t for t in tried.reached if t.startswith(("rings:", "end:")))]), "")


def _ends() -> dict[str, str]:
    return {
        "busy": _("de beller hoort de in-gesprektoon"),
        "reject": _("niemand neemt op"),
        "hangup": _("de verbinding wordt verbroken"),
        "transfer": _("het gesprek gaat naar buiten"),
    }
