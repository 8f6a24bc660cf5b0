"""``python -m services.pbx``."""

from shared.process import run

run("services.pbx.entrypoints:PbxService")
