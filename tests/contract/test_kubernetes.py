"""ops/kubernetes against the house's tables and what a cluster requires of each kind, without a cluster."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cli import kubernetes, processes, secrets
from cli.kubernetes import NAMESPACE, SECRETS, SETTINGS

Json = dict[str, Any]
ALL = [each.name for each in (*processes.PROCESSES, *processes.SIP_PROCESSES)]
PROCESSES = [name for name in ALL if name not in processes.DEVELOPMENT_ONLY]
KINDS = {
    "Namespace": "v1",
    "ConfigMap": "v1",
    "Service": "v1",
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "PodDisruptionBudget": "policy/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "NetworkPolicy": "networking.k8s.io/v1",
}


@pytest.fixture(scope="module")
def manifests() -> list[Json]:
    files = sorted(kubernetes.MANIFESTS.glob("*.yaml"))
    return [each for file in files for each in yaml.safe_load_all(file.read_text())]


@pytest.fixture(scope="module")
def containers(manifests: list[Json]) -> dict[str, Json]:
    """By name, with the pod each is in under ``pod``."""
    pods = [each["spec"]["template"]["spec"] for each in manifests if each["kind"] in ("Deployment", "Job")]
    return {container["name"]: {**container, "pod": pod} for pod in pods for container in pod["containers"]}


def of_kind(manifests: list[Json], kind: str) -> dict[str, Json]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def test_the_files_are_what_the_command_writes() -> None:
    there = {file.name: file.read_text() for file in kubernetes.MANIFESTS.glob("*.yaml")}
    assert there == kubernetes.files(), "run ./tikker kubernetes"


def test_every_process_has_a_container_of_its_own_image(containers: dict[str, Json]) -> None:
    assert set(containers) == {*PROCESSES, "setup"}
    for name, service in kubernetes.compose().items():
        if name in containers:
            assert containers[name]["image"].partition(":")[0] == service["image"].partition(":")[0]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_told_what_compose_tells_it(containers: dict[str, Json], name: str) -> None:
    wanted = kubernetes.compose()[name]["environment"]
    told = {each["name"]: each for each in containers[name]["env"]}
    assert wanted.keys() <= told.keys()
    helpers = told.keys() - wanted.keys()
    values = " ".join(str(each.get("value", "")) for each in told.values())
    assert all(f"$({helper})" in values for helper in helpers)
    order = [each["name"] for each in containers[name]["env"]]
    for each in told.values():
        for helper in helpers:  # a reference is only filled in when it stands before its use
            assert f"$({helper})" not in str(each.get("value")) or order.index(helper) < order.index(
                each["name"]
            )


def test_secrets_come_from_the_secret_and_settings_from_the_settings(
    manifests: list[Json], containers: dict[str, Json]
) -> None:
    known = {*secrets.needed(), "TIKKER_PUBLIC_KEYS", "SMTP_PASSWORD"}
    data = of_kind(manifests, "ConfigMap")[SETTINGS]["data"]
    for container in containers.values():
        for each in container["env"]:
            source = each.get("valueFrom", {})
            if secret := source.get("secretKeyRef"):
                assert secret["name"] == SECRETS
                assert secret["key"] in known
            elif setting := source.get("configMapKeyRef"):
                assert setting["name"] == SETTINGS
                assert setting["key"] in data
            else:
                assert each["value"] != "" and "${" not in each["value"]
    assert data["TIKKER_ENV"] == "production"
    assert not known & data.keys()


@pytest.mark.parametrize("name", [*PROCESSES, "setup"])
def test_a_container_has_no_rights_and_a_limit(containers: dict[str, Json], name: str) -> None:
    """D21, D30: not root, nothing to write on but memory, no capabilities."""
    container = containers[name]
    context, pod = container["securityContext"], container["pod"]
    assert context == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert pod["terminationGracePeriodSeconds"] > 25
    assert container["resources"]["limits"]["memory"].endswith("Mi")
    assert not any("hostPort" in port for port in container.get("ports", []))


@pytest.mark.parametrize("name", [name for name in PROCESSES if name != "kamailio"])
def test_a_process_is_asked_how_it_is(containers: dict[str, Json], name: str) -> None:
    container = containers[name]
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    port = container["livenessProbe"]["httpGet"]["port"]
    number = kubernetes.MEDIA_HEALTH if name == "pbx-media" else kubernetes.HEALTH
    assert {"name": port, "containerPort": number} in container["ports"]
    assert {"name": "HEALTH_HOST", "value": "0.0.0.0"} in container["env"]


def test_who_is_asked_by_http_closes_its_door_after_others_know(manifests: list[Json]) -> None:
    pods = {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in manifests
        if one["kind"] == "Deployment"
    }
    asked = {"gateway", "phones", "provisioning-listener", "pbx-listener"}
    waits = {
        name: container["lifecycle"]["preStop"]["exec"]["command"]
        for name, pod in pods.items()
        for container in pod["containers"]
        if "lifecycle" in container
    }
    assert waits == dict.fromkeys(asked, ["sleep", "5"])
    assert all(pods[name]["terminationGracePeriodSeconds"] >= 5 + 25 for name in asked)


def test_every_manifest_is_of_a_kind_and_place_that_a_cluster_knows(manifests: list[Json]) -> None:
    seen = set()
    for each in manifests:
        assert each["apiVersion"] == KINDS[each["kind"]]
        name = each["metadata"]["name"]
        assert each["kind"] == "Namespace" or each["metadata"]["namespace"] == NAMESPACE
        assert (each["kind"], name) not in seen
        seen.add((each["kind"], name))


def test_selectors_find_the_pods_they_are_for(manifests: list[Json]) -> None:
    pods = {
        name: each["spec"]["template"]["metadata"]["labels"]
        for name, each in of_kind(manifests, "Deployment").items()
    }
    for name, each in of_kind(manifests, "Deployment").items():
        assert each["spec"]["selector"]["matchLabels"].items() <= pods[name].items()
    for name, each in of_kind(manifests, "PodDisruptionBudget").items():
        assert each["spec"]["selector"]["matchLabels"].items() <= pods[name].items()
        assert each["spec"]["minAvailable"] < of_kind(manifests, "Deployment")[name]["spec"]["replicas"]
    for name, each in of_kind(manifests, "Service").items():
        assert each["spec"]["selector"].items() <= pods[name].items()
    for name, each in of_kind(manifests, "HorizontalPodAutoscaler").items():
        assert each["spec"]["scaleTargetRef"]["name"] == name
        assert each["spec"]["minReplicas"] >= 2


def test_nothing_is_let_in_or_out_that_no_policy_names(manifests: list[Json]) -> None:
    """D27, D30: metrics and health are not public; only the doors are reached from outside."""
    policies = of_kind(manifests, "NetworkPolicy")
    ours = {"matchLabels": {"app.kubernetes.io/part-of": "tikker"}}
    nothing = {"podSelector": ours, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}
    assert policies["default-deny"]["spec"] == nothing, "and the stores beside them can be reached"
    for each in [*of_kind(manifests, "Deployment").values(), *of_kind(manifests, "Job").values()]:
        labels = each["spec"]["template"]["metadata"]["labels"]
        assert ours["matchLabels"].items() <= labels.items(), each["metadata"]["name"]
    reached = {name.removeprefix("to-") for name in policies if name.startswith("to-")}
    assert reached == {"gateway", "phones", "provisioning-listener", "pbx-listener"}
    ports = f"'port': {kubernetes.HEALTH}"
    health = [name for name, each in policies.items() if ports in str(each["spec"].get("ingress"))]
    assert health == ["metrics"]
    assert of_kind(manifests, "Service")["kamailio"]["spec"]["externalTrafficPolicy"] == "Local"
