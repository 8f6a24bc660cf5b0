"""``python -m services.provisioning.listener``."""

from shared.http_process import run

run("services.provisioning.listener.door:door")
