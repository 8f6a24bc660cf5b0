"""``python -m services.provisioning``."""

from shared.process import run

run("services.provisioning.entrypoints:ProvisioningService")
