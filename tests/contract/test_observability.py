"""Alerts and dashboards name only metrics, labels and values that this code (or the broker's plugin) has."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import yaml
from prometheus_client import REGISTRY

from cli import processes
from cli.state import REPOSITORY
from services.identity.domain.mails import Letter
from services.identity.usecases import sending
from services.pbx.usecases import abroad
from services.provisioning.listener import app
from shared.bus.listen import Listener
from shared.events.identity import CustomerChanged
from shared.job_runner import Runner

RULES = REPOSITORY / "ops/prometheus/tikker.rules.yml"
BOARDS = sorted((REPOSITORY / "ops/grafana").glob("*.json"))
FOREIGN = {"up": {"job", "process"}, "rabbitmq_queue_messages": {"queue"}}
"""Of Prometheus itself, and of RabbitMQ's plugin at /metrics/per-object."""
SUFFIXES = {"Counter": ("_total",), "Gauge": ("",), "Histogram": ("_bucket", "_count", "_sum")}
SCRAPED = {"process", "le", "exported_job", "job_name", "service"}
"""Labels that scraping gives: a label ``job`` of ours becomes ``exported_job``."""
FUNCTIONS = {"sum", "max", "topk", "rate", "increase", "histogram_quantile", "label_replace", "and", "unless"}


@cache
def metrics() -> dict[str, set[str]]:
    """Name as Prometheus sees it → labels, of every metric that the code makes."""
    found = dict(FOREIGN)
    for folder in ("services", "shared", "gateway"):
        for file in (REPOSITORY / folder).rglob("*.py"):
            for kind, name, labels in _made_in(file):
                base = name.removesuffix("_total") if kind == "Counter" else name
                found |= {f"{base}{suffix}": labels for suffix in SUFFIXES[kind]}
    return found


def _made_in(file: Path) -> Iterator[tuple[str, str, set[str]]]:
    text = file.read_text()
    if "prometheus_client" not in text:
        return
    tree = ast.parse(text)
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "prometheus_client"]
    kinds = {alias.asname or alias.name: alias.name for each in imports for alias in each.names}
    for node in ast.walk(tree):
        kind = (
            kinds.get(node.func.id)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            else None
        )
        if kind in SUFFIXES and isinstance(node, ast.Call):
            third = node.args[2] if len(node.args) > 2 else None
            labels = {str(ast.literal_eval(e)) for e in third.elts} if isinstance(third, ast.List) else set()
            yield str(kind), str(ast.literal_eval(node.args[0])), labels


def expressions() -> list[tuple[str, str]]:
    """(where, PromQL) of every rule and panel."""
    rules = [r for group in yaml.safe_load(RULES.read_text())["groups"] for r in group["rules"]]
    found = [(str(rule["alert"]), str(rule["expr"])) for rule in rules]
    for file in BOARDS:
        for panel in json.loads(file.read_text())["panels"]:
            found += [(f"{file.stem}: {panel['title']}", target["expr"]) for target in panel["targets"]]
    return found


def names_in(expression: str) -> list[str]:
    """The metrics of an expression: what is left when strings, selectors, groupings and numbers are gone."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|on|without)\s*\([^)]*\)|\boffset \w+", "", bare)
    return [name for name in re.findall(r"\b[a-z_][a-z0-9_]*\b", bare) if name not in FUNCTIONS]


def labels_in(expression: str) -> set[str]:
    groupings = re.findall(r"\bby\s*\(([^)]*)\)", expression)
    selected = re.findall(r"[{,]\s*([a-z_]+)\s*(?:=~|!~|!=|=)", expression)
    return {name.strip() for group in groupings for name in group.split(",")} | set(selected)


@pytest.mark.parametrize(("where", "expression"), expressions(), ids=lambda value: str(value)[:40])
def test_a_rule_or_panel_asks_for_what_exists(where: str, expression: str) -> None:
    known, used = metrics(), names_in(expression)
    assert used, f"{where} asks for nothing"
    assert set(used) <= known.keys()
    assert labels_in(expression) <= SCRAPED.union(*(known[name] for name in used))
    for opening, closing in ("()", "{}", "[]"):
        assert expression.count(opening) == expression.count(closing)


def test_every_alert_is_explained_to_who_is_called() -> None:
    guide = (REPOSITORY / "docs/operations.md").read_text()
    rules = [r for group in yaml.safe_load(RULES.read_text())["groups"] for r in group["rules"]]
    for rule in rules:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert f"**{rule['alert']}**" in guide, rule["alert"]


def test_every_process_is_scraped() -> None:
    settings: dict[str, Any] = yaml.safe_load((REPOSITORY / "ops/prometheus/prometheus.yml").read_text())
    targets = {
        target.partition(":")[0]
        for job in settings["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    }
    ours = {each.name for each in processes.PROCESSES} - processes.DEVELOPMENT_ONLY
    assert ours | {"rabbitmq", "pbx-listener", "kamailio"} == targets


def rule(alert: str) -> str:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return str(next(r["expr"] for group in groups for r in group["rules"] if r["alert"] == alert))


def test_whatever_is_scraped_is_missed_when_it_does_not_answer() -> None:
    settings: dict[str, Any] = yaml.safe_load((REPOSITORY / "ops/prometheus/prometheus.yml").read_text())
    watched = "|".join(re.findall(r'job=~?"([^"]+)"', rule("ProcessDown") + rule("MediaAway")))
    for job in settings["scrape_configs"]:
        assert re.fullmatch(watched, job["job_name"])
        assert any(each["target_label"] == "process" for each in job["relabel_configs"]), job["job_name"]


def test_the_same_job_of_two_services_is_two_leases() -> None:
    """Each service sends its own outbox: one that is sent says nothing of another."""
    assert re.search(r"\bby \(service, job_name\)", rule("LeaseWithoutHolder"))
    label = re.search(r'"service", "\$1", "process", "([^"]+)"', rule("LeaseWithoutHolder"))
    assert label
    found = [re.fullmatch(label[1], name) for name in ("cdr", "cdr-ingester", "pbx-bridge")]
    assert [match[1] for match in found if match] == ["cdr", "cdr", "pbx"]


def test_usage_that_nobody_books_is_told_also_when_nobody_says_how_much() -> None:
    """Who is gone, or has booked nothing yet, has no series: a comparison with it is empty."""
    assert re.fullmatch(r"sum\(.+\) > \d+ unless sum\(rate\(.+\)\) >= \d+", rule("UsageBehind"))


def test_what_alerts_count_begins_at_zero() -> None:
    """Prometheus sees no increase in a series that begins at 1: the first failure would go unseen."""

    def counted(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, labels)

    Runner(Mock(), {"a kind": Mock()})
    container = Mock(service_name="toy", shared_extensions={})
    Listener(CustomerChanged).bind(container, "on_change").setup()
    assert counted("tikker_jobs_total", kind="a kind", outcome="failed") == 0
    assert counted("tikker_jobs_total", kind="a kind", outcome="given up") == 0
    assert counted("tikker_events_total", queue="toy.on_change", outcome="paused") == 0
    for letter in Letter:
        for outcome in ("sent", "postponed", "failed"):
            assert counted(sending.MAILS._name + "_total", template=letter, outcome=outcome) is not None
    for outcome in ("granted", "refused", "unknown"):
        assert counted(abroad.DECIDED._name + "_total", outcome=outcome) is not None
    assert counted(app.ASKED._name + "_total", answer="away") is not None


@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_a_dashboard_can_be_imported_anywhere(file: Path) -> None:
    board = json.loads(file.read_text())
    assert board["uid"] == file.stem
    assert board["title"].startswith("Tikker: ")
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"${source}"}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
