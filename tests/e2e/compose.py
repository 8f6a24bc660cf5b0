"""docker-compose.yml on a Docker engine, as its operator uses it: compose's commands and what they tell."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.state import REPOSITORY
from tests.gateway.browser import Page

COMPOSE_FILE = REPOSITORY / "docker-compose.yml"
SERVICE_LABEL = "com.docker.compose.service"
COMMAND_SECONDS = 180


def find_command() -> list[str] | None:
    """``docker compose``, else ``docker-compose``; None when there is no engine to use either with."""
    if not shutil.which("docker") or _run(["docker", "info"]).returncode:
        return None
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) and _run([*command, "version"]).returncode == 0:
            return command
    return None


def _run(command: list[str], given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, input=given, capture_output=True, text=True, timeout=COMMAND_SECONDS, cwd=REPOSITORY
    )


def read_env(file: Path) -> dict[str, str]:
    """The settings in a file of NAME=value lines."""
    lines = (line for line in file.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


@dataclass(frozen=True)
class Project:
    """One running copy of the system under a name of its own."""

    command: list[str]
    name: str
    env_file: Path

    @property
    def settings(self) -> Mapping[str, str]:
        return read_env(self.env_file)

    def compose(self, *arguments: str, given: str | None = None, env_file: Path | None = None) -> str:
        """Run a compose command and answer what it printed. Raises AssertionError when it fails."""
        file = str(env_file or self.env_file)
        prefix = [*self.command, "--env-file", file, "-f", str(COMPOSE_FILE), "-p", self.name]
        done = _run([*prefix, *arguments], given)
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def cli(self, *arguments: str, given: str | None = None) -> str:
        """``./tikker …`` in a container, as operator staff."""
        return self.compose("run", "--rm", "-T", "cli", *arguments, given=given)

    def python(self, code: str, **values: str) -> Any:
        """Run a script within the network with ``values`` in its environment; the JSON that it prints."""
        options = [word for name, value in values.items() for word in ("-e", f"{name}={value}")]
        script = ("--entrypoint", "python", "cli", "-c", code)
        return json.loads(self.compose("run", "--rm", "-T", *options, *script))

    def containers(self) -> dict[str, dict[str, Any]]:
        """What the engine knows of each service's container; those of ``run`` are left out."""
        label = f"label=com.docker.compose.project={self.name}"
        ids = _run(["docker", "ps", "--all", "--quiet", "--filter", label]).stdout.split()
        inspected = json.loads(_run(["docker", "inspect", *ids]).stdout) if ids else []
        labels = ((container["Config"]["Labels"], container) for container in inspected)
        return {
            mine[SERVICE_LABEL]: container
            for mine, container in labels
            if mine.get("com.docker.compose.oneoff") != "True"
        }

    def unhealthy(self) -> list[str]:
        """The services with a health check that do not pass it (yet)."""
        checked = {n: c["State"] for n, c in self.containers().items() if c["State"].get("Health")}
        return [name for name, state in checked.items() if state["Health"]["Status"] != "healthy"]

    def last_words(self, services: list[str]) -> str:
        return self.compose("logs", "--tail", "15", *services) if services else ""

    def amqp(self, user: str, vhost: str, password: str | None = None) -> str:
        """A broker user's address, from within the network."""
        secret = password or self.settings[f"TIKKER_AMQP_PASSWORD_{user.upper().replace('-', '_')}"]
        return f"amqp://{user}:{secret}@rabbitmq:5672/{vhost.replace('/', '%2F')}"

    def mongo(self, user: str) -> str:
        """A service's address of its database, from within the network."""
        secret = self.settings[f"TIKKER_MONGO_PASSWORD_{user.upper()}"]
        return f"mongodb://{user}:{secret}@mongo:27017/{user}?replicaSet=tikker&authSource=admin"


def image_python(image: str, code: str) -> Any:
    """Run a script in a new container of an image, without any network; answers the JSON that it prints."""
    isolated = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "python"]
    done = _run([*isolated, image, "-c", code])
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Portal:
    """A browser of few features: follows redirects and keeps cookies."""

    def __init__(self, address: str) -> None:
        self._address = address
        jar = urllib.request.HTTPCookieProcessor()
        self._opener = urllib.request.build_opener(jar)

    def page(self, path: str, form: dict[str, str] | None = None) -> Page:
        """The page at a path, or what comes of sending a form there. Raises HTTPError."""
        data = urllib.parse.urlencode(form).encode() if form else None
        with self._opener.open(self._address + path, data, timeout=10) as answer:
            return Page(answer.read().decode())

    def log_in(self, username: str, password: str) -> Page:
        token = self.page("/inloggen").all("input", name="csrf_token")[0].attrs["value"]
        return self.page(
            "/inloggen", {"csrf_token": token, "gebruikersnaam": username, "wachtwoord": password}
        )
