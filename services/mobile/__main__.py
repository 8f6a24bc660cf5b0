"""``python -m services.mobile``."""

from shared.process import run

run("services.mobile.entrypoints:MobileService")
