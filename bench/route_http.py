"""Calls that pbx's listener decides per second, asked by HTTP as the SIP proxy asks: with its state from the
database, for a PBX of 100 users. One listener process; four connections ask without a pause."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import msgspec
from pymongo import MongoClient

from bench.report import Report
from bench.routing import pbx
from services.pbx.domain.settings import Settings
from services.pbx.store import Store
from shared.mongo import connect

USERS, ASKERS, SECONDS = 100, 4, 8
TOKEN, CUSTOMER, DATABASE = "bench", "c" * 32, "bench_route"


def run(mongo_uri: str, say: Callable[[str], None]) -> Report:
    """``mongo_uri``: an administrator's. The figures say what a busy hour may bring; nothing is promised."""
    parts = urlsplit(mongo_uri)
    query = f"{parts.query}&authSource=admin" if "authSource" not in parts.query else parts.query
    uri = f"{parts.scheme}://{parts.netloc}/{DATABASE}?{query}"
    with MongoClient[Any](mongo_uri) as client:
        client.drop_database(DATABASE)
    _furnish(uri)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "MONGO_URI": uri, "ROUTE_PORT": str(port), "TIKKER_EDGE_TOKEN": TOKEN}
    listener = subprocess.Popen(
        [sys.executable, "-m", "services.pbx.listener"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        _until_open(port)
        say(f"{ASKERS} connections ask for {SECONDS} s")
        return _report(_ask(port))
    finally:
        listener.terminate()
        listener.wait(20)


def _furnish(uri: str) -> None:
    os.environ["MONGO_URI"] = uri
    store, db, config = Store.open(), connect(uri), pbx(USERS)
    now = datetime.now(UTC)
    settings = replace(Settings(CUSTOMER), enabled=True, published=config, revision=1)

    def save(changes: Any) -> bool:
        changes.save_settings(Settings(CUSTOMER), settings)
        return True

    store.in_one(now, save)
    db["assignments"].insert_many(
        {"_id": e.number, "number": e.number, "customer_id": CUSTOMER, "valid_from": now, "valid_to": None}
        for e in config.elements()
        if e.number
    )
    until = datetime(2099, 1, 1, tzinfo=UTC)
    db["phones"].insert_many(
        {
            "_id": f"phone{number}",
            "customer_id": CUSTOMER,
            "owner": f"user:{user.id}",
            "state": "registered",
            "expires_at": until,
        }
        for number, user in enumerate(config.users)
    )


def _until_open(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("pbx's listener does not start")


def _ask(port: int) -> list[float]:
    """Seconds of each answer."""
    took: list[float] = []
    calls = count()
    numbers = [e.number for e in pbx(USERS).elements() if e.number]

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        head = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            number = next(calls)
            inside = {"from": f"phone{number % USERS}", "to": "0612345678", "source": "user"}
            outside = {"from": "+31201234567", "to": numbers[number % len(numbers)], "source": "trunk"}
            began = time.perf_counter()
            connection.request(
                "POST", "/sip/route", msgspec.json.encode(outside if number % 2 else inside), head
            )
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"the listener answered {answer.status}: {body[:200]!r}")
            took.append(time.perf_counter() - began)

    workers = [threading.Thread(target=work) for _ in range(ASKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(took)


def _report(took: list[float]) -> Report:
    report = Report("route")
    report.figures["calls decided per second by HTTP"] = round(len(took) / SECONDS)
    report.figures["p50 in ms"] = round(1000 * took[len(took) // 2], 1)
    report.figures["p95 in ms"] = round(1000 * took[int(len(took) * 0.95)], 1)
    return report
