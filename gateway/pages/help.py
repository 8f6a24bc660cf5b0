"""*Hulp*: a page per area of the portal. The texts stand in ``templates/help/<language>/<area>.html``, whole
per language: prose does not translate sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, g, render_template, request, url_for

from gateway.access import anyone, rule_of
from gateway.models.account import Account
from gateway.words import language
from gateway.words import lazy_gettext as _l

pages = Blueprint("help", __name__, url_prefix="/hulp")


@dataclass(frozen=True)
class Area:
    """``name`` is in the address; ``endpoint`` the page that one must be allowed to see (none: everybody
    may read it). ``blueprints`` are the pages it is about, ``parts`` the anchors of single views."""

    name: str
    title: Any
    endpoint: str = ""
    blueprints: Iterable[str] = ()
    parts: tuple[tuple[str, str], ...] = ()

    def shown_to(self, account: Account | None) -> bool:
        """Whether this person has the pages that it is about."""
        if not self.endpoint:
            return True
        rule = rule_of(self.endpoint)
        return rule is not None and rule.allows(account)


AREAS = (
    Area("overzicht", _l("Overzicht"), "overview.show", ("overview",)),
    Area(
        "gespreksdetails",
        _l("Gespreksdetails"),
        "usage.totals",
        ("usage", "exports"),
        (
            ("usage.totals", "totalen"),
            ("usage.details", "details"),
            ("exports", "exports"),
        ),
    ),
    Area("facturen", _l("Facturen"), "invoices.listing", ("invoices",)),
    Area(
        "telefoon",
        _l("Telefoon"),
        "phone.general",
        ("phone",),
        (
            ("phone.voicemail", "voicemail"),
            ("phone.forwards", "doorschakelen"),
            ("phone.blocks", "inkomend"),
            ("phone.simring", "simring"),
            *((f"phone.{view}", "schemas") for view in ("schedules", "schedule", "new_schedule")),
            ("phone.extra", "extra"),
            *((f"phone.{view}", "niet-overgegaan") for view in ("calls", "call")),
        ),
    ),
    Area(
        "telefooncentrale",
        _l("Telefooncentrale"),
        "pbx.display",
        ("pbx",),
        (
            ("pbx.display", "weergave"),
            ("pbx.night", "nacht"),
            ("pbx.schedules", "schemas"),
            ("pbx.music", "muziek"),
            *((f"pbx.{view}", "gebruikers") for view in ("users", "user", "user_secret")),
            *((f"pbx.{view}", "belgroepen") for view in ("groups", "group", "new_group", "members")),
            *((f"pbx.{view}", "keuzemenus") for view in ("menus", "menu", "new_menu", "menu_side")),
            ("pbx.plan", "nummerplan"),
            ("pbx.who_rings", "wie-gaat-over"),
            *((f"pbx.{view}", "testen") for view in ("simulator", "saved_tests", "save_test")),
            *((f"pbx.{view}", "niet-overgegaan") for view in ("calls", "call")),
            *((f"pbx.{view}", "publiceren") for view in ("check", "history", "ask_roll_back")),
            ("pbx.checklist", "checklist"),
        ),
    ),
    Area(
        "mobiel",
        _l("Mobiel"),
        "mobile.listing",
        ("mobile",),
        (
            *((f"mobile.{view}", "lijst") for view in ("listing", "set_limit")),
            *((f"mobile.{view}", "algemeen") for view in ("show", "change_label", "show_puk")),
            *((f"mobile.{view}", "limieten") for view in ("limits", "set_limit_of")),
            *((f"mobile.{view}", "blokkeren") for view in ("blocks", "ask_sim")),
        ),
    ),
    Area("instellingen", _l("Instellingen"), "settings.show", ("settings",)),
    Area(
        "gebruikers",
        _l("Gebruikers"),
        "people.listing",
        ("people", "person"),
        (("people.new", "nieuw"), ("person", "rollen"), ("people.confirm", "verwijderen")),
    ),
    Area("mijn-gegevens", _l("Mijn gegevens"), "own.show", ("own",)),
    Area("beheer", _l("Beheer"), "beheer_customers.listing"),
    Area("inloggen", _l("Inloggen"), blueprints=("login", "password")),
)


@pages.get("")
@anyone
def index() -> str:
    """What there is help for."""
    return render_template("help/index.html", areas=_shown(), area=None)


@pages.get("/<area>")
@anyone
def show(area: str) -> str:
    """The help of one area; for one whose pages one does not have there is none."""
    found = next((one for one in _shown() if one.name == area), None)
    if found is None:
        abort(404)
    text = f"help/{language()}/{found.name}.html"
    return render_template("help/area.html", areas=_shown(), area=found, text=text)


def help_address() -> str:
    """The help about the page that is being made, at the part about its view."""
    blueprint, endpoint = request.blueprint or "", request.endpoint or ""
    if blueprint == "beheer" or blueprint.startswith("beheer_"):
        return url_for("help.show", area="beheer")
    area = next((one for one in AREAS if blueprint in one.blueprints), None)
    if area is None or area not in _shown():
        return url_for("help.index")
    anchor = next((part for view, part in area.parts if view in (endpoint, blueprint)), None)
    return url_for("help.show", area=area.name, _anchor=anchor)


def _shown() -> list[Area]:
    return [area for area in AREAS if area.shown_to(g.get("viewer"))]
