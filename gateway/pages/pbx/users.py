"""*Gebruikers* of the PBX (manual 6.5, 6.6): name and number, voicemail, forwards, night mode."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.form import Form
from gateway.forms.pbx_elements import NIGHT_MODES, Shown
from gateway.forms.pbx_user import AFTER, FORWARDS, asked, missing, shown, user_form
from gateway.models.menu import MenuPart, SideMenu
from gateway.models.numbering import COMPANY_VOICEMAIL, free_extensions, targets, why_no_calls
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import PbxUser
from gateway.pages.acting import acting
from gateway.pages.device_pages import of_owner
from gateway.pages.pbx import elements, greetings
from gateway.pages.pbx.devices import AREA
from gateway.pages.pbx.frame import Page, holders, page, pages, saved, settings
from gateway.parts import parts
from gateway.security import takes_files
from gateway.words import gettext as _
from shared.errors import Invalid

TAB = "pbx.users"
GREETINGS = ("begroeting-bezet", "begroeting-geen-gehoor")


@pages.get("/gebruikers")
@holders
def users() -> Page | Response:
    """The first user, with all at the left."""
    it = settings()
    menu = elements.found(_menu(it, None))
    if not it.config.users:
        return page("pbx/users_none.html", it, TAB)
    if not menu.entries:
        return page("pbx/nothing_found.html", it, TAB, menu)
    return redirect(menu.entries[0].href + elements.searched(), 303)


@pages.get("/gebruikers/<id:pbx_user_id>")
@holders
def user(pbx_user_id: str) -> Page:
    """One of them, with everything that can be set."""
    it = settings()
    found = known(it.config.user(pbx_user_id))
    return _page(it, found, elements.opened(user_form(), it, shown(found)))


@pages.post("/gebruikers/<id:pbx_user_id>")
@takes_files(greetings.MOST_BYTES)
@holders
def change_user(pbx_user_id: str) -> Response | Page:
    """Change it."""
    known(settings().config.user(pbx_user_id))

    def now(it: Pbx) -> Shown:
        return shown(known(it.config.user(pbx_user_id)))

    def work(form: Form, revision: int) -> Response:
        absent = missing(form.values)
        if absent:
            raise Invalid(fields=absent)
        parts().pbx.save(acting(), form.command, "user", pbx_user_id, asked(form.values), revision)
        return saved("pbx.user", pbx_user_id=pbx_user_id)

    outcome = elements.save(user_form(), now, work, GREETINGS)
    if isinstance(outcome, Response):
        return outcome
    form, it = outcome
    return _page(it, known(it.config.user(pbx_user_id)), form, sent=form)


def _page(it: Pbx, user: PbxUser, form: Form, sent: Form | None = None) -> Page:
    return page(
        "pbx/user.html",
        it,
        TAB,
        elements.found(_menu(it, user)),
        sent,
        user=user,
        area=AREA,
        devices=of_owner(AREA, user.id),
        shown=form,
        forwards=FORWARDS,
        numbers=elements.number_choices(it, user.number),
        free=free_extensions(it.config, form.filled.first("extensie")),
        modes=NIGHT_MODES,
        after=AFTER,
        targets=targets(it.config),
        sounds=elements.sound_choices(it),
        why_not=why_no_calls(it, user),
        company_voicemail=user.extension == COMPANY_VOICEMAIL,
    )


def _menu(it: Pbx, current: PbxUser | None) -> SideMenu:
    """All users by name; the open one with its parts."""
    entries = tuple(
        elements.entry(
            user,
            url_for("pbx.user", pbx_user_id=user.id),
            _parts(user) if current and user.id == current.id else (),
        )
        for user in sorted(it.config.users, key=lambda one: one.name.casefold())
    )
    return SideMenu(_("Gebruikers"), entries, find="", find_label=_("Zoek gebruiker"))


def _parts(user: PbxUser) -> tuple[MenuPart, ...]:
    box, ways = user.voicemail, user.forwards
    forwarded = any(getattr(ways, name).on for name in FORWARDS)
    return elements.sections(
        (_("Algemeen"), "algemeen", "", ""),
        (_("Voicemail"), "voicemail", _("aan") if box.on else _("uit"), ""),
        (_("Doorschakelen"), "doorschakelen", _("aan") if forwarded else _("uit"), ""),
        (_("Nachtschakeling"), "nachtschakeling", elements.night_mark(user.night), ""),
    )
