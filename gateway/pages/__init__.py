"""The pages, one blueprint per area."""

from gateway.pages import health, home, login, usage

ALL_PAGES = (health.pages, home.pages, login.pages, usage.pages)
