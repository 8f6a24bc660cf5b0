"""The bill of materials is the lock file; no network is told from a hole that was found (D30)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from cli import audit, sbom
from cli.state import REPOSITORY

LOCK = REPOSITORY / "requirements.lock"
HASH = "a" * 64
HOLE = {"id": "CVE-2026-27205", "fix_versions": ["3.1.3"]}


def test_the_bill_names_each_locked_package_once_with_its_digests() -> None:
    document = sbom.document(LOCK)
    named = {each["name"]: each for each in document["components"]}
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==", LOCK.read_text(), flags=re.MULTILINE)
    assert named.keys() <= set(pinned)
    assert set(pinned) - named.keys() <= {"asgiref", "colorama", "django", "sqlparse"}, (
        "of other machines, or of none"
    )
    assert len(named) == len(document["components"])
    assert all(each["hashes"] for each in document["components"])
    assert named["pymongo"]["purl"] == f"pkg:pypi/pymongo@{named['pymongo']['version']}"
    assert named["flask"]["licenses"]
    assert document == sbom.document(LOCK)


def test_what_is_locked_for_other_machines_is_left_out(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    digest = f"    --hash=sha256:{HASH}\n"
    elsewhere = f"av==18.1.0 ; sys_platform == 'plan9' \\\n{digest}"
    here = f"Some_Thing==1.0 ; python_full_version >= '3' \\\n{digest}    # via us\n"
    lock.write_text(f"{elsewhere}{here}")
    (component,) = sbom.components(lock)
    assert component["purl"] == "pkg:pypi/some-thing@1.0"
    assert component["hashes"] == [{"alg": "SHA-256", "content": HASH}]


def test_a_hole_is_named_with_what_mends_it() -> None:
    report = {
        "dependencies": [
            {
                "name": "flask",
                "version": "3.1.2",
                "vulns": [HOLE],
            },
            {"name": "amqp", "version": "5.3.1", "vulns": []},
            {"name": "local", "skip_reason": "not on PyPI"},
        ]
    }
    assert audit.read(json.dumps(report), "Found 1 known vulnerability") == audit.Audit(
        ("flask 3.1.2: CVE-2026-27205, mended in 3.1.3",)
    )


def test_no_network_is_no_hole() -> None:
    found = audit.read("", "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed\n")
    assert found.holes == ()
    assert "Could not connect" in found.away


def test_nothing_found_is_nothing_to_say() -> None:
    assert (
        audit.read('{"dependencies": [{"name": "amqp", "vulns": []}]}', "No known vulnerabilities")
        == audit.Audit()
    )


def test_backup_and_restore_need_nothing_that_images_lack() -> None:
    program = "import sys; sys.modules['psutil'] = None; import cli.commands.backup, cli.commands.restore"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=REPOSITORY)
