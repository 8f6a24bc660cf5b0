"""What may stand in an address."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """An ID of ours (:func:`shared.ids.new_id`); an address with anything else does not exist."""

    regex = "[0-9a-f]{32}"


def configure(app: Flask) -> None:
    """Let routes say ``<id:user_id>``."""
    app.url_map.converters["id"] = IdConverter
