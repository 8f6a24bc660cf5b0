"""What we are made of: a CycloneDX document from the lock file and the installed packages' own words."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.markers import Marker

_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: Path) -> list[dict[str, Any]]:
    """Each package that the lock file has for a machine like this one (images are Linux, Python 3.11): name,
    version, package URL, licence where it is known, digests of its files."""
    found: list[tuple[bool, dict[str, Any]]] = []
    for line in lock.read_text().splitlines():
        if pinned := _PINNED.match(line.strip()):
            name, version, marker = pinned.groups()
            found.append((not marker or Marker(marker.strip()).evaluate(), _component(name, version)))
        elif found and (digest := _HASH.search(line)):
            found[-1][1]["hashes"].append({"alg": "SHA-256", "content": digest[1]})
    return [component for ours, component in found if ours]


def document(lock: Path) -> dict[str, Any]:
    """Without moment and serial number: the same lock file gives the same document."""
    listed = components(lock)
    us = {"type": "application", "name": "tikker", "bom-ref": "tikker"}
    parts = [{"ref": "tikker", "dependsOn": [each["bom-ref"] for each in listed]}]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": us},
        "components": listed,
        "dependencies": parts,
    }


def _component(name: str, version: str) -> dict[str, Any]:
    normal = re.sub(r"[-_.]+", "-", name).lower()
    reference = f"pkg:pypi/{normal}@{version}"
    licences = _licences(normal, version)
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": normal,
        "version": version,
        "purl": reference,
        "hashes": [],
    }
    return made | ({"licenses": licences} if licences else {})


def _licences(name: str, version: str) -> list[dict[str, Any]]:
    """What the package declares; nothing when it is not installed here, or in another version."""
    try:
        package = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return []
    if package.version != version:
        return []
    if expression := package.metadata.get_all("License-Expression"):
        return [{"expression": expression[0]}]
    classified = [c for c in package.metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    return [{"license": {"name": each.rpartition(":: ")[2]}} for each in classified]
