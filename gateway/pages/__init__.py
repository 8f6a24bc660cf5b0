"""The pages, one blueprint per area."""

from gateway.pages import (
    audit,
    exports,
    health,
    help,
    home,
    login,
    login_code,
    others_second_step,
    overview,
    own,
    password,
    pbx,
    people,
    person,
    phone,
    preferences,
    second_step,
    settings,
    style,
    usage,
)
from gateway.pages.beheer import BEHEER_PAGES

__all__ = ["ALL_PAGES", "others_second_step"]  # the latter adds to the pages of people

ALL_PAGES = (
    health.pages,
    help.pages,
    home.pages,
    preferences.pages,
    login.pages,
    login_code.pages,
    password.pages,
    overview.pages,
    usage.pages,
    exports.pages,
    phone.pages,
    pbx.pages,
    settings.pages,
    audit.pages,
    people.pages,
    person.pages,
    own.pages,
    second_step.pages,
    people.console_pages,
    person.console_pages,
    style.pages,
    audit.console_pages,
    *BEHEER_PAGES,
)
