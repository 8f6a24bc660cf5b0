"""Which port is whose: all follow from one base, and a taken one is named with who holds it."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from cli.problems import PortTaken, Problem

DEFAULT_BASE = 8080
HEALTH_OFFSET = 20
SPAN = 40  # how many numbers from the base on may be ours
LOCALHOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """The portal's port and what is counted from it."""

    base: int

    @classmethod
    def from_environment(cls) -> Ports:
        text = os.environ.get("TIKKER_PORT") or str(DEFAULT_BASE)
        if not text.isdigit() or not 1024 <= int(text) <= 65535 - SPAN:
            raise Problem(f"TIKKER_PORT is {text!r}: it must be a number from 1024 to {65535 - SPAN}.")
        return cls(int(text))

    @property
    def portal(self) -> int:
        return self.base

    @property
    def phones(self) -> int:
        """Where phones fetch their configuration."""
        return self.base + 1

    @property
    def provisioning(self) -> int:
        """provisioning's own door, for the phones' front and the SIP proxy."""
        return self.base + 2

    @property
    def broker(self) -> int:
        return self.base + 10

    @property
    def mongo(self) -> int:
        return self.base + 11

    @property
    def epmd(self) -> int:
        return self.base + 12

    @property
    def erlang(self) -> int:
        return self.base + 13

    @property
    def smtp(self) -> int:
        return self.base + 14

    @property
    def management(self) -> int:
        return self.base + 15

    @property
    def route(self) -> int:
        """pbx's listener for the SIP proxy."""
        return self.base + 3

    @property
    def sip(self) -> int:
        """The SIP proxy, on UDP and TCP."""
        return self.base + 4

    @property
    def sip_rpc(self) -> int:
        """The SIP proxy's JSON-RPC, health and metrics."""
        return self.base + 5

    @property
    def trunk(self) -> int:
        """Where the SIP proxy finds the public network, unless SIP_TRUNK says so."""
        return self.base + 6

    @property
    def media(self) -> int:
        """The media server, on UDP, for the SIP proxy only."""
        return self.base + 7

    def health(self, index: int) -> int:
        return self.base + HEALTH_OFFSET + index


def is_free(port: int, host: str = LOCALHOST) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT is no holder
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def accepts(port: int, host: str = LOCALHOST) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def holder(port: int) -> str:
    """Who listens there, as far as this user may know."""
    import psutil  # images of the command line have no such thing and hold no ports

    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                if connection.pid:
                    return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
                break
    except psutil.Error:
        pass
    return "another program"


def require_free(wanted: Mapping[str, int]) -> None:
    """``wanted``: what each port is for. Raises PortTaken that names the first taken one."""
    for purpose, port in wanted.items():
        if not is_free(port):
            free = next((b for b in range(9080, 60000, 1000) if all_free(b)), None)
            advice = f", for instance TIKKER_PORT={free} ./tikker up" if free else ""
            raise PortTaken(
                f"port {port} ({purpose}) is taken by {holder(port)}: "
                f"stop it, or set TIKKER_PORT to another number{advice}."
            )


def all_free(base: int) -> bool:
    return all(is_free(base + offset) for offset in range(SPAN))


def unused_base() -> int:
    """A base whose whole span is free now, from a part of the range that few programs use."""
    start = 20000 + (os.getpid() % 200) * SPAN
    candidates: list[int] = [*range(start, 32000, SPAN), *range(20000, start, SPAN)]
    for base in candidates:
        if all_free(base):
            return base
    raise PortTaken(f"no {SPAN} free ports in a row were found between 20000 and 32000: stop something.")
