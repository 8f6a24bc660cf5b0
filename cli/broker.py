"""RabbitMQ: a node of our own in our own folder, or set-up over the management API of a given one."""

from __future__ import annotations

import base64
import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
from amqp.exceptions import AMQPError

from cli.packages import RABBITMQ
from cli.ports import LOCALHOST, Ports
from cli.problems import Problem
from cli.state import State, write_private
from cli.supervise import MAPPER, Program

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

    def _path(self, name: str) -> Any:
        return self.state.rabbitmq / name


def refusal(uri: str) -> str | None:
    """None when the broker lets ``uri`` in, else why not."""
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=parts.scheme == "amqps",
        connect_timeout=2,
        read_timeout=2,
        write_timeout=2,
    )
    try:
        connection.connect()
        connection.close()
    except (OSError, AMQPError) as problem:
        return str(problem) or type(problem).__name__
    return None


def management_uri(uri: str) -> str:
    """``RABBITMQ_MANAGEMENT_URI``, else port 15672 on the host and with the account of ``uri``."""
    given = os.environ.get("RABBITMQ_MANAGEMENT_URI")
    if given:
        return given
    parts = urlsplit(uri)
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
        raise Problem("AMQP_URI cannot be used: it must be like amqp://administrator:password@host:5672/")
    return f"http://{parts.username or 'guest'}:{parts.password or 'guest'}@{parts.hostname}:15672"


def post_definitions(management: str, definitions: dict[str, Any]) -> None:
    """Set up a given broker. Raises Problem when its management API does not take it."""
    try:
        call_api(management, "POST", "/definitions", definitions)
    except OSError as problem:
        host = urlsplit(management).hostname
        raise Problem(
            f"the broker's management API on {host} does not take the set-up ({_reason(problem)}): "
            "enable rabbitmq_management there, or set RABBITMQ_MANAGEMENT_URI (an administrator's)."
        ) from None


def call_api(management: str, method: str, path: str, body: object = None, timeout: float = 10) -> Any:
    """One call to the management API; ``path`` begins behind ``/api``. Raises OSError."""
    parts = urlsplit(management)
    root = parts.path.rstrip("/").removesuffix("/api")
    base = f"{parts.scheme}://{parts.hostname}:{parts.port or 15672}{root}/api"
    account = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    request = urllib.request.Request(
        base + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": "Basic " + base64.b64encode(account.encode()).decode(),
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def _reason(problem: OSError) -> str:
    if isinstance(problem, urllib.error.HTTPError):
        return f"{problem.code} {problem.reason}"
    return str(getattr(problem, "reason", None) or problem)
