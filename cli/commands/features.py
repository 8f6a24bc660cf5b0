"""Print the lines of a feature list that no test names with @pytest.mark.feature.

FILE has lines such as "- CDR-05 Totals per …"; every line under an ID that no test bears is printed.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from cli.feature_list import named_by_tests, read
from cli.state import REPOSITORY


@click.command(help=__doc__)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(file: Path, as_json: bool) -> None:
    features = read(file.read_text(encoding="utf-8"))
    named = named_by_tests(REPOSITORY / "tests")
    missing = {feature: text for feature, text in features.items() if feature not in named}
    unknown = sorted(named - features.keys())
    if as_json:
        counts = {"features": len(features), "named": len(features) - len(missing)}
        click.echo(json.dumps({**counts, "missing": missing, "unknown": unknown}, ensure_ascii=False))
        return
    for feature, text in missing.items():
        click.echo(f"{feature}  {text}")
    click.echo(f"{len(features) - len(missing)} of {len(features)} are named by a test.")
    if unknown:
        click.echo(f"Named by a test and not in the list: {', '.join(unknown)}")
