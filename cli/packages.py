"""Debian packages: found, or installed, or the sentence that says what to run."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click

from cli.problems import MayNotInstall
from cli.state import State

INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")
POLICY = Path("/usr/sbin/policy-rc.d")
KAMAILIO = {
    "kamailio": "tm.so",
    "kamailio-extra-modules": "jansson.so",
    "kamailio-utils-modules": "http_client.so",
    "kamailio-tls-modules": "tls.so",
    "kamailio-rabbitmq-modules": "rabbitmq.so",
}
"""Debian's packages of the SIP proxy, each with a module by which it is known to be there."""
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def ensure_rabbitmq(state: State) -> None:
    """RabbitMQ's scripts and Erlang; an installed package must not start a broker of the machine's."""
    if not RABBITMQ.exists() or not shutil.which("epmd"):
        with _no_services_started("rabbitmq-server"):
            install(state, "rabbitmq-server")
        _not_at_boot("rabbitmq-server.service", "epmd.socket", "epmd.service")


def ensure_curl_library(state: State) -> None:
    """mongod of the wheel is linked against libcurl.so.4."""
    try:
        ctypes.CDLL("libcurl.so.4")
    except OSError:
        install(state, "libcurl4")


def ensure_kamailio(state: State) -> None:
    """The SIP proxy; an installed package must not start one of the machine's."""
    missing = [package for package, module in KAMAILIO.items() if not has_module(module)]
    if missing:
        with _no_services_started("kamailio"):
            install(state, *missing)
        _not_at_boot("kamailio.service")


def has_module(name: str) -> bool:
    """Whether a module of Kamailio's is there; its folder has the machine's name in it."""
    return any(Path("/usr/lib").glob(f"*/kamailio/modules/{name}"))


def ensure_test_tools(state: State) -> None:
    missing = [
        p
        for p, program in (("chromium", "chromium"), ("amqp-tools", "amqp-publish"), ("sip-tester", "sipp"))
        if not shutil.which(program)
    ]
    if missing:
        install(state, *missing)
    ensure_kamailio(state)


def install(state: State, *packages: str) -> None:
    """Raises MayNotInstall when that is not possible here."""
    names = " ".join(packages)
    prefix = _as_root(names)
    command = [*INSTALL, *packages]
    click.echo(f"tikker: installing {names} (once)", err=True)
    state.root.mkdir(parents=True, exist_ok=True)
    log = state.root / "apt.log"
    with open(log, "wb") as output:
        for step in (command, ["apt-get", "update"], command):
            done = subprocess.run(
                [*prefix, *step],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
            if step is command and done.returncode == 0:
                return
    raise MayNotInstall(f"{names} could not be installed (see {log}): {_hint(names)}")


def _hint(names: str) -> str:
    return f"run  sudo {' '.join(INSTALL)} {names}"


def _as_root(names: str) -> list[str]:
    """What to put before a command so that it runs as root. Raises MayNotInstall when nothing does."""
    if not shutil.which("apt-get"):
        raise MayNotInstall(f"{names} is needed and this machine has no apt-get: install it and start again.")
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    raise MayNotInstall(f"{names} is missing and installing needs root: {_hint(names)}")


@contextlib.contextmanager
def _no_services_started(package: str) -> Iterator[None]:
    """Debian asks policy-rc.d before a package starts its service; ours says no for the moment."""
    if POLICY.exists():  # the machine's own rule stands (a container's usually says no as well)
        yield
        return
    prefix = _as_root(package)
    script = f"printf '#!/bin/sh\\nexit 101\\n' >{POLICY} && chmod 755 {POLICY}"
    subprocess.run([*prefix, "sh", "-c", script], check=True)
    try:
        yield
    finally:
        subprocess.run([*prefix, "rm", "-f", str(POLICY)], check=True)


def _not_at_boot(*units: str) -> None:
    """What we installed for ourselves must not come up as the machine's service at the next boot."""
    if Path("/run/systemd/system").is_dir() and shutil.which("systemctl"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        subprocess.run([*prefix, "systemctl", "disable", "--quiet", *units], capture_output=True)
