"""A carrier needs nothing of ours: Debian's amqp-publish, a few lines of Python, or ./tikker carrier send."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cdr.scene import Cdr, Customer
from tests.support.carrier_guide import blocks
from tests.support.processes import ROOT, python, until

pytestmark = pytest.mark.feature("CDR-01")

Json = dict[str, Any]

GUIDE_ADDRESS = "amqp://vasco:$PASSWORD@broker.example.net:5672/%2Fingest"
GUIDE_NUMBERS = ("+31850001611", "+31600123456")


@pytest.fixture
def customer(cdr: Cdr) -> Customer:
    return cdr.customer()


def of_the_customer(text: str, customer: Customer) -> str:
    """An example of the guide with the customer's number, records of its own, and a day long past."""
    for number in GUIDE_NUMBERS:
        text = text.replace(f'"charged": "{number}"', f'"charged": "{customer.number}"')
    text = text.replace("2026-11-22T", "2024-05-15T")
    return text.replace('"record": "', f'"record": "{customer.id[:8]}-')


def run(*command: str, folder: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PASSWORD": "not used"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, **options
    )


def calls(customer: Customer) -> int:
    return int(customer.totals(**{"from": "2024-05-01", "to": "2024-05-31"})["total"]["calls"])


def test_the_guides_examples_with_amqp_publish(cdr: Cdr, customer: Customer, tmp_path: Path) -> None:
    single, batch = (of_the_customer(example, customer) for example in blocks("json"))
    (tmp_path / "event.json").write_text(single)
    (tmp_path / "events.json").write_text(batch)
    script = blocks("sh")[0]
    assert script.count("amqp-publish") == script.count(GUIDE_ADDRESS) == 2
    done = run("sh", "-euc", script.replace(GUIDE_ADDRESS, cdr.ingest_uri), folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    until(lambda: calls(customer) == 4, what="four events")
    rows = customer.details({"from": "2024-05-01", "to": "2024-05-31"})["rows"]
    assert sorted(row["type"] for row in rows if row["type"]) == ["data_eu", "forwarded", "mobile", "sms"]


def test_the_guides_example_in_python(cdr: Cdr, customer: Customer, tmp_path: Path) -> None:
    (function,) = blocks("python")
    address = GUIDE_ADDRESS.replace("$", "")
    assert address in function
    events = [customer.call(f"{customer.id[:8]}-{n}", start="2024-05-15T10:00:00Z") for n in range(3)]
    program = f"{function.replace(address, cdr.ingest_uri)}\nhand_over({events!r})\nhand_over({events!r})\n"
    done = run(*python("-c", program), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    cdr.settle()
    assert calls(customer) == 3


def test_the_guides_commands_of_our_own_tool_are_commands(tmp_path: Path) -> None:
    lines = [line.partition("#")[0] for line in blocks("sh")[1].splitlines()]
    for line in filter(None, map(str.strip, lines)):
        words = shlex.split(line.partition(" < ")[0])
        assert words[:3] == ["./tikker", "carrier", "send"]
        done = run(*python("-m", "cli", *words[1:], "--help"), folder=tmp_path)
        assert done.returncode == 0, done.stderr


def send(cdr: Cdr, folder: Path, *options: str, **streams: Any) -> subprocess.CompletedProcess[str]:
    command = ["-m", "cli", "carrier", "send", "--carrier", "vasco", "--uri", cdr.ingest_uri, *options]
    return run(*python(*command), folder=folder, **streams)


def test_a_csv_file_with_a_bad_line_is_handed_over_but_for_that_line(
    cdr: Cdr, customer: Customer, tmp_path: Path
) -> None:
    lines = [
        f"{customer.id[:8]}-{n},voice,{customer.number},{customer.number},0600123456,2024-05-15T10:00:00Z,60"
        for n in range(5)
    ]
    lines[2] = lines[2].removesuffix(",60")
    file = tmp_path / "calls.csv"
    file.write_text("\n".join(["record,kind,charged,from,to,start,duration", *lines]) + "\n")
    done = send(cdr, tmp_path, str(file), "--pack", "2")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "line 4: 6 cells; the first line names 7 columns",
        "1 lines hold no event and were not sent.",
    ]
    assert done.stdout.startswith("4 events in 2 messages handed over to carrier.vasco in ")
    cdr.settle()
    assert calls(customer) == 4


@pytest.mark.parametrize("options", [["--pack", "1"], ["--gzip"], ["--pack", "1000", "--gzip"]])
def test_json_lines_from_stdin_are_handed_over_and_twice_counts_once(
    cdr: Cdr, customer: Customer, tmp_path: Path, options: list[str]
) -> None:
    events: list[Json] = [
        customer.call(f"{customer.id[:8]}-{n}", start="2024-05-15T10:00:00Z", duration=n) for n in range(250)
    ]
    text = "".join(json.dumps(event) + "\n" for event in events)
    for _ in range(2):
        done = send(cdr, tmp_path, "-", *options, input=text)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("250 events in ")
    cdr.settle()
    assert calls(customer) == 250


def test_a_carrier_that_the_broker_does_not_know_is_one_sentence(cdr: Cdr, tmp_path: Path) -> None:
    done = send(cdr, tmp_path, "-", "--carrier", "nobody", input='{"record": "r"}\n')
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("tikker: the broker at ") and "carrier.nobody" in sentence
