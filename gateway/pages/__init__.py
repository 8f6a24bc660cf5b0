"""The pages, one blueprint per area."""

from gateway.pages import health, home, login, own, password, people, person, usage

ALL_PAGES = (
    health.pages,
    home.pages,
    login.pages,
    password.pages,
    usage.pages,
    people.pages,
    person.pages,
    own.pages,
)
