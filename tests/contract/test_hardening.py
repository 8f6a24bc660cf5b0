"""Requirements of docs/hardening.md that a look at the source proves, and that its proofs exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cli.state import REPOSITORY

GUIDES = [REPOSITORY / "docs" / name for name in ("hardening.md", "operations.md", "scaling.md")]
RUNS = [path for folder in ("services", "shared", "gateway") for path in (REPOSITORY / folder).rglob("*.py")]
FORBIDDEN_CALLS = {"eval", "exec", "os.system", "os.popen", "pickle.loads", "pickle.load", "marshal.loads"}
FORBIDDEN_CALLS |= {"yaml.unsafe_load", "yaml.full_load"}  # yaml.load asks for its loader: ours are safe ones
LOCKS = [REPOSITORY / name for name in ("requirements.lock", "requirements-dev.lock")]


def proofs() -> Iterator[tuple[Path, str]]:
    """(file, name of a test or "") of everything that a guide calls a proof."""
    for guide in GUIDES:
        file = REPOSITORY
        for path, name in re.findall(r"`(tests/[\w/]+(?:\.py)?)?(?:::(\w+))?`", guide.read_text()):
            if path or name:
                file = REPOSITORY / path if path else file
                yield file, name


def test_every_requirement_is_answered() -> None:
    rows = re.findall(r"^\| (\d+) \|", GUIDES[0].read_text(), flags=re.MULTILINE)
    assert [int(row) for row in rows] == list(range(1, 31))


@pytest.mark.parametrize(("file", "name"), sorted(set(proofs())), ids=str)
def test_a_proof_exists(file: Path, name: str) -> None:
    assert file.exists(), file
    assert not name or f"def {name}(" in file.read_text()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_link_of_a_guide_leads_somewhere(guide: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", guide.read_text()):
        assert (guide.parent / target).exists(), target


def test_what_runs_has_no_shell_eval_or_pickle() -> None:
    """D21."""
    for path in RUNS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in FORBIDDEN_CALLS, path
                given = {each.arg: ast.unparse(each.value) for each in node.keywords}
                assert given.get("shell") != "True" and given.get("debug") != "True", path


def test_the_database_runs_no_javascript() -> None:
    """D15."""
    assert "--noscripting" in (REPOSITORY / "ops/mongo/start.sh").read_text()
    assert '"--noscripting"' in (REPOSITORY / "cli/mongod.py").read_text()


def test_flask_is_one_that_tells_caches_about_the_session() -> None:
    """D8: CVE-2026-27205."""
    found = re.search(r"^flask==(\d+)\.(\d+)\.(\d+)", LOCKS[0].read_text(), flags=re.MULTILINE)
    assert found is not None
    assert tuple(int(part) for part in found.groups()) >= (3, 1, 3)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_locked_by_hash(lock: Path) -> None:
    """D30."""
    entries = re.split(r"^(?=[A-Za-z0-9])", lock.read_text(), flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_images_run_as_a_user_without_rights() -> None:
    """D30: every image that is not only a step on the way ends as tikker."""
    stages = re.split(r"^FROM ", (REPOSITORY / "ops/Dockerfile").read_text(), flags=re.MULTILINE)[1:]
    final = {stage.split(" AS ")[1].split()[0]: stage for stage in stages}
    final["kamailio"] = (REPOSITORY / "ops/kamailio/Dockerfile").read_text()
    for name in ("gateway", "cli", "service", "kamailio"):
        assert re.findall(r"^USER (\w+)", final[name], flags=re.MULTILINE)[-1:] == ["tikker"], name
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
    assert compose["networks"]["inside"]["internal"] is True
