"""How each process is, by its own word: GET /readyz on its health port, and the portal's first page."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from cli.house import House
from cli.ports import LOCALHOST, accepts
from cli.processes import health_port, of

FIRST_PAGE = "/inloggen"
STORES_WITH_PORTS = ("broker", "mongod", "epmd")


def of_processes(house: House) -> dict[str, str]:
    """Name → "" when ready, else the reason."""
    processes = of(house)
    with ThreadPoolExecutor(len(processes)) as pool:
        reasons = pool.map(lambda p: reason(health_port(p.name, house)), processes)
        return dict(zip((p.name for p in processes), reasons, strict=True))


def of_stores(ports: Mapping[str, int]) -> dict[str, str]:
    return {name: "" if accepts(port) else "does not answer" for name, port in ports.items()}


def reason(port: int) -> str:
    """Why the process behind this health port is not ready; "" when it is."""
    status, body = _get(port, "/readyz")
    if status == 200:
        return ""
    if status == 0:
        return "does not answer"
    try:
        checks = json.loads(body)["checks"]
        return "; ".join(f"{name}: {result}" for name, result in checks.items() if result != "ok")
    except (ValueError, KeyError, AttributeError, TypeError):
        return f"answers {status}"


def portal_answers(house: House) -> bool:
    return _get(house.ports.portal, FIRST_PAGE, seconds=5)[0] == 200


def _get(port: int, path: str, seconds: float = 2) -> tuple[int, bytes]:
    """Status and body; status 0 when nobody answers in time."""
    connection = http.client.HTTPConnection(LOCALHOST, port, timeout=seconds)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
