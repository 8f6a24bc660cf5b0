"""A RabbitMQ node of our own, which shares nothing with any other on the machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.packages import RABBITMQ
from cli.ports import LOCALHOST, Ports
from cli.program import MAPPER, Program
from cli.state import State, write_private

MAX_MESSAGE_BYTES = 1_048_576
NODE_NAME = "tikker@localhost"
"""Unique by its own port mapper, not by its ports: those may change, the data folder bears the name."""
ERLANG_FLAGS = "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"
"""The port mapper runs beside the node, supervised; and nobody but this machine may reach the node."""


@dataclass(frozen=True)
class Node:
    """Our own broker: what tells it apart from every other on the machine."""

    state: State
    ports: Ports
    cookie: str
    definitions: dict[str, Any]
    management: bool = False
    disk_free: str = "1GB"
    stop_seconds: int = 35

    def write_files(self) -> None:
        """Configuration, definitions, plugins and cookie; read when the node starts."""
        home = self.state.rabbitmq / "home"
        home.mkdir(mode=0o700, exist_ok=True)
        cookie = home / ".erlang.cookie"
        cookie.unlink(missing_ok=True)
        cookie.write_text(self.cookie)
        cookie.chmod(0o400)
        plugins = "[rabbitmq_management]." if self.management else "[]."
        self._path("enabled_plugins").write_text(plugins + "\n")
        write_private(self._path("definitions.json"), json.dumps(self.definitions, indent=1))
        write_private(self._path("rabbitmq.conf"), "\n".join(self._settings()) + "\n")
        self._path("env.conf").write_text("# Takes the place of /etc/rabbitmq/rabbitmq-env.conf.\n")

    def programs(self) -> list[Program]:
        """Erlang's port mapper, which would otherwise outlive the node, and the node."""
        environment = self._environment()
        epmd = ["epmd", "-port", str(self.ports.epmd), "-address", LOCALHOST]
        return [
            Program("epmd", epmd, environment, MAPPER),
            Program("broker", [str(RABBITMQ)], environment, start_seconds=5, stop_seconds=self.stop_seconds),
        ]

    def _settings(self) -> list[str]:
        listeners = [f"listeners.tcp.1 = {LOCALHOST}:{self.ports.broker}"]
        if self.management:
            listeners += [
                f"management.tcp.ip = {LOCALHOST}",
                f"management.tcp.port = {self.ports.management}",
                "management_agent.disable_metrics_collector = false",
            ]
        return [
            *listeners,
            f"load_definitions = {self._path('definitions.json')}",
            f"max_message_size = {MAX_MESSAGE_BYTES}",
            f"disk_free_limit.absolute = {self.disk_free}",
            "log.console = true",
            "log.console.level = info",
            "log.console.use_colors = off",
            "log.file = false",
        ]

    def _environment(self) -> dict[str, str]:
        folder = self.state.rabbitmq
        return {
            "HOME": str(folder / "home"),
            "ERL_EPMD_PORT": str(self.ports.epmd),
            "ERL_EPMD_ADDRESS": LOCALHOST,
            "RABBITMQ_NODENAME": NODE_NAME,
            "RABBITMQ_DIST_PORT": str(self.ports.erlang),
            "RABBITMQ_CONF_ENV_FILE": str(self._path("env.conf")),
            "RABBITMQ_CONFIG_FILE": str(self._path("rabbitmq.conf")),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._path("enabled_plugins")),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG_FLAGS,
            # The start script then becomes the node instead of watching it: one process to signal.
            "RUNNING_UNDER_SYSTEMD": "true",
            "ERL_CRASH_DUMP": str(folder / "log" / "erl_crash.dump"),
        }

    def _path(self, name: str) -> Path:
        return self.state.rabbitmq / name
