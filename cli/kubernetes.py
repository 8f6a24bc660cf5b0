"""Kubernetes manifests from docker-compose.yml and our table of processes, so that nothing is told twice.

What compose says of a container (image, command, environment, memory) holds here too; what a cluster wants
besides (probes, copies, budgets, policies) is in the tables below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from cli import processes
from cli.state import REPOSITORY

NAMESPACE = "tikker"
SECRETS, SETTINGS = "tikker-secrets", "tikker-settings"
HEALTH = 9000
MEDIA_HEALTH = 9001
"""The media server's; it shares its pod with another process of ours."""
USER = 10001
GRACE_SECONDS = 35
"""A process drains for 25 s at most, after SENT_ELSEWHERE_SECONDS."""
SENT_ELSEWHERE_SECONDS = 5
"""A cluster goes on sending requests to a pod for a moment after it told it to stop: who is asked by HTTP
closes its door only then."""
COMPOSE = REPOSITORY / "docker-compose.yml"
MANIFESTS = REPOSITORY / "ops/kubernetes"

Manifest = dict[str, Any]

_REFERENCE = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")
_SECRET = re.compile(r"PASSWORD|_KEY|_KEYS|KEYFILE|TOKEN|SECRET")


@dataclass(frozen=True)
class Scale:
    """``most``: the copies that an autoscaler may make; 0: it has none. ``ports``: what others reach."""

    copies: int = 2
    most: int = 0
    ports: tuple[tuple[str, int], ...] = ()
    reached_from: tuple[str, ...] = ()


SCALES = {
    "identity": Scale(most=6),
    "cdr": Scale(most=6),
    "invoicing": Scale(most=4),
    "pbx": Scale(most=6),
    "mobile": Scale(most=4),
    "provisioning": Scale(most=4),
    "gateway": Scale(most=8, ports=(("http", 8080),), reached_from=("ingress",)),
    "phones": Scale(most=8, ports=(("http", 8081),), reached_from=("ingress",)),
    "provisioning-listener": Scale(most=8, ports=(("http", 8082),), reached_from=("phones", "kamailio")),
    "cdr-ingester": Scale(most=4),
    "cdr-worker": Scale(),
    "mobile-worker": Scale(),
    "invoicing-worker": Scale(),
    "pbx-listener": Scale(most=8, ports=(("http", 8083),), reached_from=("kamailio",)),
}
"""A second copy of a worker waits for the lease, or shares the jobs."""

WITHOUT = frozenset({"SMTP_PASSWORD"})
"""Secrets that one can do without."""


def compose() -> Manifest:
    parsed: Manifest = yaml.safe_load(COMPOSE.read_text())["services"]
    return parsed


def files() -> dict[str, str]:
    """Name in ops/kubernetes → content."""
    services = compose()
    plain = [p.name for p in processes.PROCESSES if p.name not in processes.DEVELOPMENT_ONLY]
    return {
        "00-namespace.yaml": _text(_namespace()),
        "01-settings.yaml": _text([_settings(services)]),
        "02-network-policies.yaml": _text(_policies()),
        "03-setup.yaml": _text([_setup(services)]),
        **{f"10-{name}.yaml": _text(_process(name, services)) for name in plain},
        "20-sip-edge.yaml": _text([*_process("pbx-listener", services), *_edge(services)]),
    }


HEAD = "# Made by ./tikker kubernetes from docker-compose.yml and cli/kubernetes.py: change those.\n"


def _text(manifests: list[Manifest]) -> str:
    return HEAD + yaml.safe_dump_all(manifests, sort_keys=False, width=110)


def _meta(name: str) -> Manifest:
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "tikker"}
    return {"name": name, "namespace": NAMESPACE, "labels": labels}


def _selector(name: str) -> Manifest:
    return {"matchLabels": {"app.kubernetes.io/name": name}}


def _namespace() -> list[Manifest]:
    """No pod in it may have more rights than ours ask for."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}]


def _settings(services: Manifest) -> Manifest:
    """Every setting that is no secret, with compose's default; an empty one is yours to fill in."""
    found: dict[str, str] = {}
    for service in services.values():
        for value in (service.get("environment") or {}).values():
            for name, mark, default in _REFERENCE.findall(str(value)):
                if not _SECRET.search(name):
                    found[name] = default if mark == "-" else ""
    found |= {"TIKKER_ENV": "production", "GATEWAY_PROXIES": "1", "PHONES_PROXIES": "1"}
    metadata = {"name": SETTINGS, "namespace": NAMESPACE}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": dict(sorted(found.items())),
    }


def _environment(service: Manifest) -> list[Manifest]:
    """Compose's own, with each reference as one to the secret or the settings, before what uses it."""
    references: dict[str, Manifest] = {}
    values: list[Manifest] = []
    for name, value in service["environment"].items():
        text = str(value)
        used = _REFERENCE.findall(text)
        if used and _REFERENCE.fullmatch(text):
            values.append({"name": name, "valueFrom": _source(used[0][0])})
            continue
        for each, _, _ in used:
            references[each] = {"name": each, "valueFrom": _source(each)}
        values.append({"name": name, "value": _REFERENCE.sub(r"$(\1)", text)})
    return [*references.values(), *values]


def _source(name: str) -> Manifest:
    if name == "TIKKER_PUBLIC_KEYS" or _SECRET.search(name):
        optional = {"optional": True} if name in WITHOUT else {}
        return {"secretKeyRef": {"name": SECRETS, "key": name, **optional}}
    return {"configMapKeyRef": {"name": SETTINGS, "key": name}}


def _container(name: str, service: Manifest) -> Manifest:
    memory = _memory(str(service.get("mem_limit", "384m")))
    made: Manifest = {"name": name, "image": _REFERENCE.sub("latest", service["image"])}
    if "command" in service:
        made["args" if name == "kamailio" else "command"] = service["command"]
    return made | {
        "env": _environment(service),
        "resources": {"requests": {"cpu": "100m", "memory": memory}, "limits": {"memory": memory}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }


def _memory(compose_says: str) -> str:
    return compose_says.removesuffix("m") + "Mi"


def _probes(port: str = "health") -> Manifest:
    """*Live* restarts, *ready* only stops the traffic (shared/health.py)."""

    def asks(path: str, **more: int) -> Manifest:
        return {"httpGet": {"path": path, "port": port}, "timeoutSeconds": 5, **more}

    return {
        "startupProbe": asks("/livez", periodSeconds=2, failureThreshold=60),
        "livenessProbe": asks("/livez", periodSeconds=10, failureThreshold=3),
        "readinessProbe": asks("/readyz", periodSeconds=5, failureThreshold=2),
    }


def _pod(*containers: Manifest) -> Manifest:
    return {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": list(containers),
        "volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}],
    }


def _process(name: str, services: Manifest) -> list[Manifest]:
    scale = SCALES[name]
    container = _container(name, services[name]) | _probes()
    ports = [{"name": "health", "containerPort": HEALTH}]
    container["ports"] = ports + [{"name": n, "containerPort": number} for n, number in scale.ports]
    if scale.ports:
        container["lifecycle"] = {"preStop": {"exec": {"command": ["sleep", str(SENT_ELSEWHERE_SECONDS)]}}}
    made = [_deployment(name, scale.copies, _pod(container)), _budget(name)]
    if scale.ports:
        made.append(_service(name, scale.ports))
    if scale.most:
        made.append(_autoscaler(name, scale))
    if scale.reached_from:
        made.append(_reachable(name, scale))
    return made


def _deployment(name: str, copies: int, pod: Manifest) -> Manifest:
    """A new copy is ready before an old one goes."""
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    template = {"metadata": {"labels": _meta(name)["labels"]}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _meta(name),
        "spec": {"replicas": copies, "strategy": rolling, "selector": _selector(name), "template": template},
    }


def _budget(name: str) -> Manifest:
    spec = {"minAvailable": 1, "selector": _selector(name)}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": _meta(name), "spec": spec}


def _service(name: str, ports: tuple[tuple[str, int], ...]) -> Manifest:
    listed = [{"name": n, "port": number, "targetPort": n} for n, number in ports]
    spec = {"selector": _selector(name)["matchLabels"], "ports": listed}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _meta(name), "spec": spec}


def _autoscaler(name: str, scale: Scale) -> Manifest:
    target = {"type": "Utilization", "averageUtilization": 70}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "minReplicas": scale.copies,
        "maxReplicas": scale.most,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": _meta(name),
        "spec": spec,
    }


def _setup(services: Manifest) -> Manifest:
    """Safe to run again; run it before every deploy."""
    container = _container("setup", services["setup"]) | {"command": services["setup"]["entrypoint"]}
    pod = _pod(container) | {"restartPolicy": "OnFailure"}
    template = {"metadata": {"labels": _meta("setup")["labels"]}, "spec": pod}
    spec = {"backoffLimit": 10, "ttlSecondsAfterFinished": 3600, "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": _meta("setup"), "spec": spec}


def _edge(services: Manifest) -> list[Manifest]:
    """One pod, the proxy, its helper and the media server, and one copy of it: what the proxy knows of
    registrations is its own."""
    proxy = _container("kamailio", services["kamailio"])
    ways = (("sip-udp", "UDP"), ("sip-tcp", "TCP"))
    first, last = _speech(services)
    proxy["ports"] = [{"name": name, "protocol": way, "containerPort": 5060} for name, way in ways]
    looks = {"command": services["kamailio"]["healthcheck"]["test"][1:]}
    proxy["livenessProbe"] = {"exec": looks, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3}
    helper = _container("pbx-bridge", services["pbx-bridge"]) | _probes()
    helper["ports"] = [{"name": "health", "containerPort": HEALTH}]
    media = _container("pbx-media", services["pbx-media"]) | _probes("media-health")
    media["ports"] = [{"name": "media-health", "containerPort": MEDIA_HEALTH}]
    deployment = _deployment("kamailio", 1, _pod(proxy, helper, media))
    deployment["spec"]["strategy"] = {"type": "Recreate"}
    speech = {"port": first, "endPort": last, "protocol": "UDP"}
    world = [{"ports": [*({"port": 5060, "protocol": way} for _, way in ways), speech]}]
    policy = _policy("kamailio-and-the-world", _selector("kamailio"), ingress=world, egress=[{}])
    door = _service("kamailio", ())
    ports = [{"name": name, "protocol": way, "port": 5060, "targetPort": name} for name, way in ways]
    ports += [{"name": f"rtp-{n}", "protocol": "UDP", "port": n} for n in range(first, last + 1)]
    # Local: the proxy must see the phone's own address.
    door["spec"] |= {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "ports": ports}
    return [deployment, door, policy]


def _speech(services: Manifest) -> tuple[int, int]:
    """The first and the last port of the media server for speech."""
    told = services["pbx-media"]["environment"]
    first, last = (_REFERENCE.findall(told[f"MEDIA_RTP_{end}"])[0][2] for end in ("FIRST", "LAST"))
    return int(first), int(last)


def _policies() -> list[Manifest]:
    """Nothing in or out of our own pods, but: names, the stores, traces, our own listeners, and mail from
    identity. What else is in the namespace, the stores for one, has policies of its own."""
    ours = {"matchLabels": {"app.kubernetes.io/part-of": "tikker"}}
    names = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
    stores = [{"port": port} for port in (4318, 5671, 5672, 15672, 27017)]
    listeners = [{"to": [{"podSelector": ours}], "ports": [{"port": port} for port in (8082, 8083)]}]
    mail = [{"ports": [{"port": port} for port in (25, 465, 587)]}]
    monitoring = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    scraping = [{"from": [monitoring], "ports": [{"port": HEALTH}, {"port": MEDIA_HEALTH}]}]
    return [
        _policy("default-deny", ours, ingress=[], egress=[]),
        _policy("names-and-stores", ours, egress=[{"ports": names}, {"ports": stores}, *listeners]),
        _policy("mail-from-identity", _selector("identity"), egress=mail),
        _policy("metrics", ours, ingress=scraping),
    ]


def _policy(
    name: str, pods: Manifest, ingress: list[Manifest] | None = None, egress: list[Manifest] | None = None
) -> Manifest:
    rules = {"ingress": ingress, "egress": egress}
    given = {way: rule for way, rule in rules.items() if rule is not None}
    spec = {"podSelector": pods, "policyTypes": [way.capitalize() for way in given], **given}
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def _reachable(name: str, scale: Scale) -> Manifest:
    controller = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}
    sources = [
        controller if who == "ingress" else {"podSelector": _selector(who)} for who in scale.reached_from
    ]
    ports = [{"port": number} for _, number in scale.ports]
    return _policy(f"to-{name}", _selector(name), ingress=[{"from": sources, "ports": ports}])
