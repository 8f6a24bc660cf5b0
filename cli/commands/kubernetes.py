"""Write the Kubernetes manifests in ops/kubernetes anew, from docker-compose.yml."""

from __future__ import annotations

import click

from cli import kubernetes


@click.command(help=__doc__)
def command() -> None:
    kubernetes.MANIFESTS.mkdir(exist_ok=True)
    for old in kubernetes.MANIFESTS.glob("*.yaml"):
        old.unlink()
    for name, content in kubernetes.files().items():
        (kubernetes.MANIFESTS / name).write_text(content)
        click.echo(f"ops/kubernetes/{name}")
