"""Known holes in what we are made of, as pip-audit finds them for the lock file."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60


@dataclass(frozen=True)
class Audit:
    """``holes``: a line each; ``away``: why nobody could look them up ("" when somebody did)."""

    holes: tuple[str, ...] = ()
    away: str = ""


def of(lock: Path, seconds: float = SECONDS) -> Audit:
    """Looks up, installs nothing. Without network, or a database that answers, it says so."""
    arguments = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", "-r", str(lock), *arguments, "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return Audit(away=f"no answer within {seconds:.0f} s")
    except OSError as problem:
        return Audit(away=str(problem))
    return read(done.stdout, done.stderr)


def read(output: str, errors: str) -> Audit:
    """pip-audit's exit code is 1 for a hole and for no network alike: only its report tells them apart."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = errors.strip().splitlines() or ["it said nothing"]
        return Audit(away=last[-1][:200])
    holes = [
        f"{package['name']} {package.get('version', '')}: {hole['id']}"
        + (f", mended in {', '.join(hole['fix_versions'])}" if hole.get("fix_versions") else "")
        for package in packages
        for hole in package.get("vulns", [])
    ]
    return Audit(tuple(holes))
