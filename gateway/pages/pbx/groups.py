"""*Belgroep* (manual 6.7): name and number, how calls are handed out, members, *Geavanceerd*, night mode."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.charts.policies import pictures
from gateway.clients.pbx import known
from gateway.forms.form import Form
from gateway.forms.pbx_elements import NIGHT_MODES, Shown
from gateway.forms.pbx_group import asked, group_form, new_group_form, shown
from gateway.models.menu import MenuPart, NewLink, SideMenu
from gateway.models.numbering import candidates, free_extensions, left_out, reachable, small, targets
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import Group, PbxUser
from gateway.pages.acting import acting
from gateway.pages.pbx import elements
from gateway.pages.pbx.frame import Page, holders, page, pages, saved, settings
from gateway.parts import parts
from gateway.words import gettext as _

TAB = "pbx.groups"
MOST_CANDIDATES = 8
"""Users that are offered at once; the others are looked for."""


@dataclass(frozen=True)
class Done:
    """What was just done to the members: ``moved`` is whose row takes the focus, by which button."""

    user_id: str = ""
    way: str = ""
    said: str = ""
    wrong: str = ""


@pages.get("/belgroep")
@holders
def groups() -> Page | Response:
    """The first group, with all at the left."""
    it = settings()
    menu = elements.found(_menu(it, None))
    if not it.config.groups:
        members = sum(reachable(user) for user in it.config.users)
        return page("pbx/groups_none.html", it, TAB, members=members)
    if not menu.entries:
        return page("pbx/nothing_found.html", it, TAB, menu)
    return redirect(menu.entries[0].href + elements.searched(), 303)


@pages.get("/belgroep/nieuw")
@holders
def new_group() -> Page:
    """*Nieuwe belgroep*."""
    it = settings()
    wanted: Shown = {"policy": "regular", "first_name": _("Belgroep")}
    return _new(it, elements.opened(new_group_form(), it, wanted))


@pages.post("/belgroep/nieuw")
@holders
def add_group() -> Response | Page:
    """Make it; then its members are chosen."""

    def work(form: Form, revision: int) -> Response:
        made = parts().pbx.add(acting(), form.command, "group", asked(form.values))
        return saved("pbx.group", _("Kies nu wie lid is."), group_id=made, _anchor="leden")

    outcome = elements.save(new_group_form(), lambda it: {}, work)
    return outcome if isinstance(outcome, Response) else _new(outcome[1], outcome[0], outcome[0])


@pages.get("/belgroep/<id:group_id>")
@holders
def group(group_id: str) -> Page:
    """One of them, with everything that can be set."""
    it = settings()
    found = known(it.config.group(group_id))
    return group_page(it, found, elements.opened(group_form(), it, shown(found)))


@pages.post("/belgroep/<id:group_id>")
@holders
def change_group(group_id: str) -> Response | Page:
    """Change all but its members."""
    known(settings().config.group(group_id))

    def work(form: Form, revision: int) -> Response:
        parts().pbx.save(acting(), form.command, "group", group_id, asked(form.values), revision)
        return saved("pbx.group", group_id=group_id)

    outcome = elements.save(group_form(), lambda it: shown(known(it.config.group(group_id))), work)
    if isinstance(outcome, Response):
        return outcome
    form, it = outcome
    return group_page(it, known(it.config.group(group_id)), form, sent=form)


def group_page(it: Pbx, group: Group, form: Form, sent: Form | None = None, done: Done | None = None) -> Page:
    """The page of a group. ``done``: what was done to its members just now."""
    free = _matching(candidates(it.config, group))
    return page(
        "pbx/group.html",
        it,
        TAB,
        elements.found(_menu(it, group)),
        sent,
        group=group,
        shown=form,
        done=done or Done(),
        members=[user for user in map(it.config.user, group.members) if user],
        candidates=free[:MOST_CANDIDATES],
        more_candidates=max(0, len(free) - MOST_CANDIDATES),
        all_candidates=len(candidates(it.config, group)),
        member_query=_member_query(),
        left_out=left_out(it.config, group),
        modes=NIGHT_MODES,
        **_choices(it, group, form),
    )


def _matching(users: list[PbxUser]) -> list[PbxUser]:
    words = _member_query().casefold()
    return [user for user in users if words in f"{user.name} {small(user)}".casefold()]


def _member_query() -> str:
    return request.form.get("zoek-lid", "").strip()[: elements.LONGEST_QUERY]


def _new(it: Pbx, form: Form, sent: Form | None = None) -> Page:
    return page("pbx/group_new.html", it, TAB, _menu(it, None), sent, shown=form, **_choices(it, None, form))


def _choices(it: Pbx, group: Group | None, form: Form) -> dict[str, object]:
    """What can be chosen on the page of a group, and on that of a new one."""
    return {
        "ways": _ways(),
        "numbers": elements.number_choices(it, group.number if group else None),
        "free": free_extensions(it.config, form.filled.first("extensie")),
        "targets": targets(it.config),
    }


def _ways() -> list[dict[str, object]]:
    """*Gespreksverdeling* as cards."""
    words = {
        "circular": (_("Circulair"), _("Begint na het lid dat het vorige gesprek kreeg.")),
        "regular": (_("Vaste volgorde"), _("Begint altijd bovenaan de ledenlijst.")),
        "simultaneous": (_("Simultaan"), _("Alle toestellen gaan tegelijk over.")),
        "uniform": (_("Uniform"), _("Wie het langst niets kreeg, eerst.")),
    }
    drawn = pictures()
    return [
        {"value": code, "label": label, "sentence": sentence, "picture": drawn[code]}
        for code, (label, sentence) in words.items()
    ]


def _menu(it: Pbx, current: Group | None) -> SideMenu:
    """All groups in the order they were made; the open one with its parts."""
    entries = tuple(
        elements.entry(
            group,
            url_for("pbx.group", group_id=group.id),
            _parts(group) if current and group.id == current.id else (),
        )
        for group in it.config.groups
    )
    new = NewLink(_("Nieuwe belgroep"), url_for("pbx.new_group"))
    return SideMenu(_("Belgroepen"), entries, new, find="", find_label=_("Zoek belgroep"))


def _parts(group: Group) -> tuple[MenuPart, ...]:
    waits_for_ever = "" if group.wait_on and group.overflow_to else _("geen doorschakelen na wachttijd")
    nobody = "" if group.members else _("geen leden")
    return elements.sections(
        (_("Algemeen"), "algemeen", "", ""),
        (_("Leden"), "leden", str(len(group.members)), nobody),
        (_("Geavanceerd"), "geavanceerd", "", waits_for_ever),
        (_("Nachtschakeling"), "nachtschakeling", elements.night_mark(group.night), ""),
    )
