"""``python -m gateway.phones``: the phones' front as a process."""

from shared.http_process import run

run("gateway.phones.door:door")
