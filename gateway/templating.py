"""What templates may use: the formatters as filters, and what every page's frame needs."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request

from gateway import formatters, phone_numbers
from gateway.assets import asset_url
from gateway.clients.cdr import ROWS_PER_PAGE
from gateway.forms.merging import written
from gateway.models import numbering
from gateway.models.call_types import GROUPS, call_type
from gateway.models.login import day_shape
from gateway.models.rights import GENDERS, REGISTRATIONS, ROLES, registrations_held, roles_held
from gateway.models.schedule_words import in_words as schedule_words
from gateway.models.selection import in_words
from gateway.navigation import tabs_for
from gateway.pages.help import help_address
from gateway.parts import parts
from gateway.theme import chosen_theme
from gateway.toasts import toasts
from gateway.words import language
from shared.ids import new_id

FILTERS = (
    formatters.number,
    formatters.euros,
    formatters.exact,
    formatters.duration,
    formatters.megabytes,
    formatters.day_short,
    formatters.day_long,
    formatters.day_and_minute,
    formatters.day_and_time,
    formatters.month,
    formatters.day_month,
    formatters.weekday_short,
    formatters.period,
    formatters.clock,
    phone_numbers.party,
    numbering.free_in,
)


def configure(app: Flask) -> None:
    """Teach Jinja our words."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update({function.__name__: function for function in FILTERS})
    app.jinja_env.filters["selection_words"] = in_words
    app.jinja_env.filters["schedule_words"] = schedule_words
    app.jinja_env.filters["begun"] = written
    app.jinja_env.filters["lately"] = lambda moment: formatters.lately(moment, parts().clock())
    app.jinja_env.globals.update(asset_url=asset_url, call_type=call_type)
    app.jinja_env.globals.update(call_type_groups=GROUPS, rows_per_page=ROWS_PER_PAGE)
    app.jinja_env.globals.update(roles=ROLES, registrations=REGISTRATIONS, genders=GENDERS)
    app.jinja_env.globals.update(roles_held=roles_held, registrations_held=registrations_held)
    app.jinja_env.globals.update(command_id=new_id, toasts=toasts, day_picture=_day_picture)
    app.jinja_env.globals.update(help_address=help_address)
    app.context_processor(_frame)


def _day_picture() -> Any:
    return day_shape(formatters.local(parts().clock()))


def _frame() -> dict[str, Any]:
    """The frame around each page; also around an error page made before anyone was admitted."""
    viewer = g.get("viewer")
    return {
        "viewer": viewer,
        "tabs": tabs_for(viewer),
        "current_area": request.blueprint,
        "theme": chosen_theme(viewer),
        "language": language(),
    }
