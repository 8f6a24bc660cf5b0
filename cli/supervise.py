"""supervisord as our process manager: its configuration, its start, and questions to it."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterable
from typing import Any

from cli.problems import Problem
from cli.program import MAPPER, SERVICES, STORES, Program
from cli.state import REPOSITORY, State, write_private

MARK = "TIKKER_SUPERVISED"
"""Stands in the environment of whatever supervisord starts, with the state folder as its value."""

INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
WITHOUT_LIMIT = 1_000_000
AWAY = (OSError, http.client.HTTPException, xmlrpc.client.Error)


def configuration(state: State, programs: Iterable[Program]) -> str:
    """The text of supervisord.conf."""
    if re.search(r"[%\"']|\s[;#]", str(state.root)):  # the format has no notation for them in a log's name
        raise Problem(f"{state.root} cannot be the state folder: its name has %, a quote or a comment sign.")
    listed = list(programs)
    sections = [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        f"logfile={_escaped(state.logs / 'supervisord.log')}",
        f"pidfile={_escaped(state.run / 'supervisord.pid')}",
        f"childlogdir={_escaped(state.logs)}",
        "",
        "[unix_http_server]",
        f"file={_escaped(state.socket)}",
        "chmod=0700",
        "",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
        "",
    ]
    for group, priority in ((MAPPER, 0), (STORES, 1), (SERVICES, 2)):
        names = ",".join(p.name for p in listed if p.group == group)
        if names:
            sections += [f"[group:{group}]", f"programs={names}", f"priority={priority}", ""]
    for program in listed:
        sections += [*_section(state, program), ""]
    return "\n".join(sections)


def _section(state: State, program: Program) -> list[str]:
    # Should supervisord itself be killed, the kernel tells what it started.
    command = ["setpriv", "--pdeathsig", "TERM", "--", *program.command]
    environment = {**program.environment, MARK: str(state.root)}
    return [
        f"[program:{program.name}]",
        f"command={_escaped(shlex.join(command))}",
        f"directory={_escaped(program.folder)}",
        f"environment={','.join(_assignment(k, v) for k, v in environment.items())}",
        f"autostart={'false' if program.group == SERVICES else 'true'}",
        "autorestart=true",
        f"startsecs={program.start_seconds}",
        f"startretries={WITHOUT_LIMIT}",
        "stopsignal=TERM",
        f"stopwaitsecs={program.stop_seconds}",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_escaped(state.logs / program.name)}.log",
        "stdout_logfile_maxbytes=10MB",
        "stdout_logfile_backups=2",
    ]


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


def _assignment(name: str, value: str) -> str:
    """``NAME="value"``; the format knows no escapes, so a value keeps to one kind of quotes."""
    quote = "'" if '"' in value else '"'
    if quote in value or "\n" in value or value[-1:] in ("'", '"') or value[:1] in ("'", '"'):
        raise Problem(f"the value of {name} cannot be handed over: it has quotes or line ends in it.")
    return f"{name}={quote}{_escaped(value)}{quote}"


def start(state: State, programs: Iterable[Program], dies_with_us: bool) -> subprocess.Popen[bytes]:
    """Start supervisord; ``dies_with_us``: the kernel ends it when this process ends, however that comes."""
    file = state.run / "supervisord.conf"
    write_private(file, configuration(state, programs))
    command = [sys.executable, "-m", "cli.supervisord", "-c", str(file)]
    if dies_with_us:
        command = ["setpriv", "--pdeathsig", "TERM", "--", *command]
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with open(state.logs / "supervisord.err", "wb") as errors:
        return subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,  # Ctrl-C is ours to hear; we then stop things in order
        )


class Supervisor:
    """Questions and orders to the supervisord of one state folder."""

    def __init__(self, state: State) -> None:
        self._address = f"unix://{state.socket}"

    def _call(self, method: str, *arguments: object) -> Any:
        """A connection per call: the transport can not be used again after one that failed."""
        from supervisor.xmlrpc import SupervisorTransport  # images have no process manager

        transport = SupervisorTransport(None, None, serverurl=self._address)
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
            return getattr(server.supervisor, method)(*arguments)

    def pid(self) -> int | None:
        """Process ID of supervisord, or None when none answers."""
        try:
            return int(self._call("getPID"))
        except AWAY:
            return None

    def processes(self) -> dict[str, dict[str, Any]]:
        """Name → what supervisord knows (``statename``, ``pid``, ``start`` …); {} when it is away."""
        try:
            return {info["name"]: info for info in self._call("getAllProcessInfo")}
        except AWAY:
            return {}

    def start_group(self, group: str) -> None:
        self._call("startProcessGroup", group, False)
