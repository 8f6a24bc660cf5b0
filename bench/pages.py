"""How fast the portal's pages are with twenty people in it, and what each page asks of the house.

All processes run as in production, on a broker and a database of their own, with demo data. What a page asks
is counted first, by one person alone; then once more with more rows behind the same pages, when it must be
the same. Then people with sessions of their own walk through the portal by HTTP, and think a second per page.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
import time
import urllib.error
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from bench.counting import Counter, Needs
from bench.portal import PATIENCE_SECONDS, ROOT, Browser, logged_in, started
from bench.processor import Processor
from bench.report import Promise, Report
from cli import processes
from cli.demo import cast
from cli.house import House
from cli.state import State
from cli.testbed import Testbed
from shared.acting import Acting, Signer
from shared.rpc_client import RpcClient

LIMIT_MS, LIMIT_USERS = 300, 20
THINK_SECONDS = 1.0
EVENTS = 6_000
MORE_ROWS = 20
SERVICES = ("identity", "cdr", "invoicing", "pbx", "mobile", "provisioning")
ALL = tuple(process.name for process in processes.PROCESSES)
PEOPLE = tuple(next(u for u in customer.users if u.roles == cast.ALL_ROLES) for customer in cast.CUSTOMERS)
BIG = cast.INSTALLER
"""The customer whose pages are counted: it has everything."""
ID = "[0-9a-f]{32}"
PAGES = {
    "overview": "/overzicht",
    "totals": "/gespreksdetails/totalen",
    "details": "/gespreksdetails/details",
    "details of one sender": "/gespreksdetails/details?zender=0850001",
    "exports": "/gespreksdetails/exports",
    "invoices": "/facturen",
    "line": "/telefoon",
    "pbx": "/telefooncentrale",
    "pbx users": "/telefooncentrale/gebruikers",
    "pbx groups": "/telefooncentrale/belgroep",
    "pbx menus": "/telefooncentrale/keuzemenu",
    "pbx number plan": "/telefooncentrale/nummerplan",
    "pbx who rings": "/telefooncentrale/wie-gaat-over",
    "pbx checklist": "/telefooncentrale/checklist",
    "pbx history": "/telefooncentrale/geschiedenis",
    "mobile": "/mobiel",
    "settings": "/instellingen",
    "users": "/gebruikers",
    "audit log": "/gebruikers/logboek",
    "own": "/mijn-gegevens",
    "help": "/hulp",
}
BEHIND = {
    "pbx user": ("pbx users", rf"/telefooncentrale/gebruikers/{ID}"),
    "subscription": ("mobile", rf"/mobiel/{ID}"),
    "limits": ("mobile", rf"/mobiel/{ID}/limieten"),
    "SIM blocks": ("mobile", rf"/mobiel/{ID}/blokkeren"),
    "user": ("users", rf"/gebruikers/{ID}"),
}
"""Pages whose address stands on another page."""
FEW_AND_MANY = ("/gespreksdetails/details?zender=0850001701", PAGES["details of one sender"])
"""The same page with some rows, and with as many as fit."""

Say = Callable[[str], None]


@dataclass
class Walked:
    """Seconds per page, and what was answered with an error."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


def run(bed: Testbed, state: State, users: Sequence[int], seconds: float, say: Say) -> Report:
    """Measure with so many people at once, each for so many seconds."""
    report = Report("pages")
    with bed.house("bench") as house, started(house, ALL):
        say("everything runs; demo data are loaded")
        seed(house, state)
        _count(report, house, bed, say)
        for number in users:
            say(f"{number} people walk for {seconds:.0f} s (load of the machine: {os.getloadavg()[0]:.1f})")
            _walks(report, house, number, seconds)
    return report


def seed(house: House, state: State) -> None:
    """Load the demo data."""
    state.create()
    house.save(state.house)
    environment = {**os.environ, "TIKKER_STATE": str(state.root), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cli", "seed", "--events", str(EVENTS)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
    finally:
        state.house.unlink()
    if done.returncode:
        raise RuntimeError(f"the demo data could not be loaded: {done.stderr[-500:]}")


def _count(report: Report, house: House, bed: Testbed, say: Say) -> None:
    """Calls and queries per page, and on how many pages they are more when there are more rows."""
    person = next(user for user in BIG.users if user in PEOPLE)
    browser = logged_in(house.address, person.username, person.password)
    pages = pages_of(browser, house.address)
    _processor_time(report, browser, pages, say)
    say(f"what {len(pages)} pages ask for is counted")
    with Counter(house, bed.mongo_uri, SERVICES) as counter:
        _add_rows(house, range(1))  # what changes since a month was closed is looked for from now on
        counter.wait_for_quiet()
        needs = {name: counter.of(partial(get, browser, address)) for name, address in pages.items()}
        few, many = (counter.of(partial(get, browser, house.address + path)) for path in FEW_AND_MANY)
        _add_rows(house, range(1, MORE_ROWS))
        counter.wait_for_quiet()
        later = {name: counter.of(partial(get, browser, address)) for name, address in pages.items()}
    for name, need in needs.items():
        report.figures[f"pages.{name}: calls"] = need.calls
        report.figures[f"pages.{name}: queries"] = need.queries
    before, after = {**needs, "rows": few}, {**later, "rows": many}
    grown = {name: need.grown(after[name]) for name, need in before.items() if _is_more(need, after[name])}
    for name, what in grown.items():
        say(f"{name} asks for more when there are more rows: {what}")
    report.promises.append(Promise("pages.grow_with_rows", len(grown), 0, least=False))


def _processor_time(report: Report, browser: Browser, pages: Mapping[str, str], say: Say) -> None:
    """Of all processes, broker and database together, per page; hardly another on a busy machine."""
    processor = Processor()
    processor.listen()
    taken = {name: processor.of(partial(get, browser, address)) for name, address in pages.items()}
    for name, milliseconds in taken.items():
        report.figures[f"pages.{name}: cpu_ms"] = round(milliseconds, 1)
    report.figures["pages.cpu_ms"] = round(sum(taken.values()) / len(taken), 1)
    say(f"a page takes {report.figures['pages.cpu_ms']} ms of the processors")


def _is_more(before: Needs, after: Needs) -> bool:
    return after.calls > before.calls or after.queries > before.queries


def pages_of(browser: Browser, portal: str) -> dict[str, str]:
    """The pages that this person may see, with their addresses."""
    found: dict[str, str] = {}
    texts: dict[str, str] = {}
    for name, path in PAGES.items():
        try:
            texts[name] = get(browser, portal + path)
            found[name] = portal + path
        except urllib.error.HTTPError as answer:
            if answer.code not in (403, 404):  # not of this customer
                raise
    for name, (parent, pattern) in BEHIND.items():
        path_of = re.search(rf'href="({pattern})"', texts.get(parent, ""))
        if path_of:
            found[name] = portal + path_of[1]
    return found


def get(browser: Browser, address: str) -> str:
    """A page's text. Raises RuntimeError when nobody is logged in, OSError for an error."""
    with browser.open(address, timeout=30) as answer:
        if answer.url.endswith("/inloggen"):
            raise RuntimeError(f"{address} asks to log in")
        return str(answer.read().decode())


def _add_rows(house: House, places: range) -> None:
    """More users and subscriptions of the customer whose pages are counted."""
    staff = Acting(kind="staff", scope="operator", username="bench")
    client = RpcClient(house.amqp_uri("cli"), Signer.from_base64("cli", house.keys.signing_key("cli")))
    try:
        found = client.call("identity", "customers", staff, timeout=15, query=BIG.name)["rows"]
        customer = found[0]["id"]
        for index in places:
            client.call(
                "identity",
                "create_user",
                staff,
                timeout=PATIENCE_SECONDS,
                command_id=f"bench-user-{index}",
                customer_id=customer,
                username=f"bench-{index}",
                password=f"Bench-{index}-een-wachtwoord",
                first_name="Proef",
                last_name=f"Voorbeeld {index}",
                email=f"bench-{index}@example.nl",
                roles=(),
            )
            client.call(
                "mobile",
                "create_subscription",
                staff,
                timeout=PATIENCE_SECONDS,
                command_id=f"bench-subscription-{index}",
                customer_id=customer,
                product="zakelijk_mobiel",
                number=f"+31600179{index:03d}",
                active_from=date.today().isoformat(),
                label=f"Proef {index}",
            )
    finally:
        client.close()


def _walks(report: Report, house: House, number: int, seconds: float) -> None:
    walked = walk_all(house, number, seconds)
    everything = [each for taken in walked.seconds.values() for each in taken]
    name = "pages" if number == LIMIT_USERS else f"pages with {number}"
    report.figures[f"{name}.people"] = number
    report.figures[f"{name}.requests_per_s"] = round(len(everything) / seconds, 1)
    _times(report, name, everything)
    for page, taken in sorted(walked.seconds.items()):
        _times(report, f"{name}.{page}:", taken)
    for error in sorted(set(walked.errors)):
        report.figures[f"{name}: {error}"] = walked.errors.count(error)
    if number <= LIMIT_USERS:
        p95 = report.figures[f"{name}{_dot(name)}p95_ms"]
        report.promises.append(Promise(f"{name}.p95_ms", p95, LIMIT_MS, least=False))
    report.promises.append(Promise(f"{name}.errors", len(walked.errors), 0, least=False))


def _times(report: Report, name: str, taken: Sequence[float]) -> None:
    ordered = sorted(taken) or [0.0]
    for share in (50, 95, 99):
        place = min(len(ordered) - 1, len(ordered) * share // 100)
        report.figures[f"{name}{_dot(name)}p{share}_ms"] = round(ordered[place] * 1000, 1)


def _dot(name: str) -> str:
    return " " if name.endswith(":") else "."


def walk_all(house: House, number: int, seconds: float) -> Walked:
    """Everybody logs in first; then all walk at once."""
    people = [PEOPLE[index % len(PEOPLE)] for index in range(number)]
    browsers = [logged_in(house.address, each.username, each.password) for each in people]
    first = dict(zip(people[: len(PEOPLE)], browsers, strict=False))
    addresses = {person: pages_of(browser, house.address) for person, browser in first.items()}
    walked, ends = Walked(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=_walk, args=(browser, addresses[person], ends, index, walked))
        for index, (person, browser) in enumerate(zip(people, browsers, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return walked


def _walk(browser: Browser, pages: Mapping[str, str], ends: float, index: int, walked: Walked) -> None:
    """From page to page in an order of one's own, a second on each."""
    dice = random.Random(index)
    time.sleep(dice.uniform(0, THINK_SECONDS))  # nobody begins at the same moment
    while time.monotonic() < ends:
        name = dice.choice(list(pages))
        began = time.monotonic()
        try:
            get(browser, pages[name])
            walked.seconds[name].append(time.monotonic() - began)
        except (OSError, RuntimeError) as problem:
            walked.errors.append(f"{name}: {problem}")
        time.sleep(THINK_SECONDS)
