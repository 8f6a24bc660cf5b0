"""``python -m services.invoicing``."""

from shared.process import run

run("services.invoicing.entrypoints:InvoicingService")
