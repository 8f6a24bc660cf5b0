"""Print the software bill of materials (CycloneDX 1.5, JSON) of what images contain.

Made from requirements.lock; --dev adds what only developers have. The same lock file gives the same output.
"""

from __future__ import annotations

import json

import click

from cli import sbom
from cli.state import REPOSITORY


@click.command(help=__doc__)
@click.option("--dev", is_flag=True, help="What a developer has beside it as well.")
def command(dev: bool) -> None:
    lock = REPOSITORY / ("requirements-dev.lock" if dev else "requirements.lock")
    click.echo(json.dumps(sbom.document(lock), indent=1))
