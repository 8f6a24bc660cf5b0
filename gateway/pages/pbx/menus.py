"""*Keuzemenu* (manual 6.8): name, number and hours, night mode, and the keys within and outside the hours."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.form import Form
from gateway.forms.pbx_elements import NIGHT_MODES, Shown
from gateway.forms.pbx_menu import (
    ACTIONS,
    NAME_ORDERS,
    asked,
    asked_side,
    key_name,
    menu_form,
    new_menu_form,
    shown,
    shown_side,
    side_form,
)
from gateway.models.menu import MenuPart, NewLink, SideMenu
from gateway.models.numbering import free_extensions, targets, without_receptionist
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import KEYS, Menu, MenuSide
from gateway.models.pbx_settings import ALWAYS
from gateway.pages.acting import acting
from gateway.pages.pbx import elements, greetings
from gateway.pages.pbx.frame import Page, holders, page, pages, saved, settings
from gateway.parts import parts
from gateway.security import takes_files
from gateway.words import gettext as _

TAB = "pbx.menus"
SIDES = {"onder-werktijd": "open", "buiten-werktijd": "closed"}
SIDE_FILES = ("begroeting", *(f"{key_name(key)}-bericht" for key in KEYS))


@pages.get("/keuzemenu")
@holders
def menus() -> Page | Response:
    """The first menu, with all at the left."""
    it = settings()
    menu = elements.found(_side_menu(it, None))
    if not it.config.menus:
        return page("pbx/menus_none.html", it, TAB)
    if not menu.entries:
        return page("pbx/nothing_found.html", it, TAB, menu)
    return redirect(menu.entries[0].href + elements.searched(), 303)


@pages.get("/keuzemenu/nieuw")
@holders
def new_menu() -> Page:
    """*Nieuw keuzemenu*."""
    it = settings()
    wanted: Shown = {"name_order": "last_first", "hours": it.config.night.hours or ALWAYS}
    return _new(it, elements.opened(new_menu_form(), it, wanted))


@pages.post("/keuzemenu/nieuw")
@holders
def add_menu() -> Response | Page:
    """Make it; then its keys are set."""

    def work(form: Form, revision: int) -> Response:
        made = parts().pbx.add(acting(), form.command, "menu", asked(form.values))
        return saved("pbx.menu_side", _("Stel nu de toetsen in."), menu_id=made, side="onder-werktijd")

    outcome = elements.save(new_menu_form(), lambda it: {}, work)
    return outcome if isinstance(outcome, Response) else _new(outcome[1], outcome[0], outcome[0])


@pages.get("/keuzemenu/<id:menu_id>")
@holders
def menu(menu_id: str) -> Page:
    """*Algemeen* and *Nachtschakeling* of one of them."""
    it = settings()
    found = known(it.config.menu(menu_id))
    return _page(it, found, elements.opened(menu_form(), it, shown(found)))


@pages.post("/keuzemenu/<id:menu_id>")
@holders
def change_menu(menu_id: str) -> Response | Page:
    """Change them."""
    known(settings().config.menu(menu_id))

    def work(form: Form, revision: int) -> Response:
        parts().pbx.save(acting(), form.command, "menu", menu_id, asked(form.values), revision)
        return saved("pbx.menu", menu_id=menu_id)

    outcome = elements.save(menu_form(), lambda it: shown(known(it.config.menu(menu_id))), work)
    if isinstance(outcome, Response):
        return outcome
    form, it = outcome
    return _page(it, known(it.config.menu(menu_id)), form, sent=form)


@pages.get("/keuzemenu/<id:menu_id>/<any('onder-werktijd', 'buiten-werktijd'):side>")
@holders
def menu_side(menu_id: str, side: str) -> Page:
    """Greeting and keys within, or outside, the working hours."""
    it = settings()
    found = known(it.config.menu(menu_id))
    return _side_page(it, found, side, elements.opened(side_form(), it, shown_side(_side(found, side))))


@pages.post("/keuzemenu/<id:menu_id>/<any('onder-werktijd', 'buiten-werktijd'):side>")
@takes_files(greetings.MOST_BYTES)
@holders
def change_menu_side(menu_id: str, side: str) -> Response | Page:
    """Change them, all keys at once."""
    known(settings().config.menu(menu_id))

    def now(it: Pbx) -> Shown:
        return shown_side(_side(known(it.config.menu(menu_id)), side))

    def work(form: Form, revision: int) -> Response:
        where = f"{menu_id}:{SIDES[side]}"
        parts().pbx.save(acting(), form.command, "menu_side", where, asked_side(form.values), revision)
        return saved("pbx.menu_side", menu_id=menu_id, side=side)

    outcome = elements.save(side_form(), now, work, SIDE_FILES)
    if isinstance(outcome, Response):
        return outcome
    form, it = outcome
    return _side_page(it, known(it.config.menu(menu_id)), side, form, sent=form)


def _side(menu: Menu, side: str) -> MenuSide:
    found: MenuSide = getattr(menu, SIDES[side])
    return found


def _page(it: Pbx, menu: Menu, form: Form, sent: Form | None = None) -> Page:
    side_menu = elements.found(_side_menu(it, menu, "algemeen"))
    values = {"it_menu": menu, "shown": form, **_choices(it, menu, form)}
    return page("pbx/menu.html", it, TAB, side_menu, sent, **values)


def _side_page(it: Pbx, menu: Menu, side: str, form: Form, sent: Form | None = None) -> Page:
    schedule = it.config.schedule(menu.hours)
    return page(
        "pbx/menu_side.html",
        it,
        TAB,
        elements.found(_side_menu(it, menu, side)),
        sent,
        it_menu=menu,
        side=side,
        shown=form,
        hours=schedule.name if schedule else "",
        keys=[(key, key_name(key)) for key in KEYS],
        actions=ACTIONS,
        targets=targets(it.config),
        sounds=elements.sound_choices(it),
        without_receptionist=SIDES[side] in without_receptionist(menu),
        empty=not any(key.action != "none" for key in _side(menu, side).keys.values()),
    )


def _new(it: Pbx, form: Form, sent: Form | None = None) -> Page:
    values = {"shown": form, **_choices(it, None, form)}
    return page("pbx/menu_new.html", it, TAB, _side_menu(it, None), sent, **values)


def _choices(it: Pbx, menu: Menu | None, form: Form) -> dict[str, object]:
    """What can be chosen on the page of a menu, and on that of a new one."""
    return {
        "numbers": elements.number_choices(it, menu.number if menu else None),
        "free": free_extensions(it.config, form.filled.first("extensie")),
        "modes": NIGHT_MODES,
        "targets": targets(it.config),
        "orders": NAME_ORDERS,
        "hours": elements.hours_choices(it),
        "holidays": elements.holiday_choices(it),
    }


def _side_menu(it: Pbx, current: Menu | None, part: str = "") -> SideMenu:
    """All menus in the order they were made; the open one with its pages."""
    entries = tuple(
        elements.entry(
            menu,
            url_for("pbx.menu", menu_id=menu.id),
            _parts(menu, part) if current and menu.id == current.id else (),
        )
        for menu in it.config.menus
    )
    new = NewLink(_("Nieuw keuzemenu"), url_for("pbx.new_menu"))
    return SideMenu(_("Keuzemenu’s"), entries, new, find="", find_label=_("Zoek keuzemenu"))


def _parts(menu: Menu, part: str) -> tuple[MenuPart, ...]:
    general = url_for("pbx.menu", menu_id=menu.id)
    lacking = without_receptionist(menu)
    sides = [
        MenuPart(
            words,
            url_for("pbx.menu_side", menu_id=menu.id, side=side),
            warning=_("geen Doorschakelen naar receptie") if SIDES[side] in lacking else "",
            current=part == side,
        )
        for side, words in (
            ("onder-werktijd", _("Keuzemenu onder werktijd")),
            ("buiten-werktijd", _("Keuzemenu buiten werktijd")),
        )
    ]
    night = MenuPart(_("Nachtschakeling"), f"{general}#nachtschakeling", elements.night_mark(menu.night))
    return MenuPart(_("Algemeen"), general, current=part == "algemeen"), *sides, night
