"""``python -m services.pbx.listener``: one gunicorn worker with threads; more of them are more processes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from gunicorn.app.base import BaseApplication

from services.pbx.domain.edge.records import Told
from services.pbx.listener.app import Later, make_app
from services.pbx.listener.media import Media
from services.pbx.store import Store
from services.pbx.usecases.abroad import preset
from services.pbx.usecases.live_calls import LiveCalls
from services.pbx.usecases.play_calls import Player
from services.pbx.usecases.played import Sounds
from services.pbx.usecases.route_calls import Router
from services.pbx.usecases.sip_records import record
from shared import mongo
from shared.config import setting
from shared.handling import begin, traced
from shared.health import health_app, serve_health
from shared.logging import setup_logging

THREADS = 16


def clock() -> datetime:
    return datetime.now(UTC)


class Listener(BaseApplication):  # type: ignore[misc]
    """gunicorn around the application, with our settings only."""

    def load_config(self) -> None:
        host, port = setting("ROUTE_BIND", "127.0.0.1"), setting("ROUTE_PORT")
        for name, value in {
            "bind": f"{host}:{port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "keepalive": 60,
            "timeout": 30,
            "graceful_timeout": 5,
            "control_socket_disable": True,
            "proc_name": "tikker pbx listener",
            "logger_class": "services.pbx.listener.log.JsonLogger",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """In the worker, after the fork: a master's threads would not come along."""
        begin("pbx-listener")
        store = Store.open()
        later, live = Later(store), LiveCalls(store)
        router = Router(store, clock, later, live, preset())
        media = Media(Player(store, clock, later, live, router), Sounds(store))
        ready = {"database": partial(mongo.ping, mongo.connect())}
        serve_health(health_app({}, ready))
        app = make_app(router, partial(_keep, store), setting("TIKKER_EDGE_TOKEN"), media)
        return traced(app, "sip.route")


def _keep(store: Store, told: Told) -> None:
    record(store, clock, [told])


if __name__ == "__main__":
    setup_logging("pbx-listener")
    Listener().run()
