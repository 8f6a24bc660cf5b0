"""The child process in which invoices are drawn: it has no database, no broker and no secrets, and is
replaced before it grows. Reads requests from standard input and writes answers to standard output, each
with its length (4 bytes, big endian) in front; ends when its parent does.
"""

from __future__ import annotations

import os
import struct
import sys
import traceback
from typing import BinaryIO

import msgspec

from services.invoicing.documents.pdf import pdf
from services.invoicing.documents.ubl import ubl
from services.invoicing.domain.invoice import CallRow, Invoice

LENGTH = struct.Struct(">I")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice, and its calls when the customer wants them itemised."""

    invoice: Invoice
    calls: tuple[CallRow, ...] = ()


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """The two files; or why there are none. ``peak`` is the memory this process has needed, in bytes."""

    pdf: bytes = b""
    ubl: bytes = b""
    error: str = ""
    peak: int = 0


def draw(request: Request) -> Drawn:
    """PDF/A-3 with the e-invoice inside, and the e-invoice by itself."""
    invoice = msgspec.structs.replace(request.invoice, calls=request.calls)
    xml = ubl(invoice, None)
    return Drawn(pdf=pdf(invoice, xml), ubl=xml)


def read(source: BinaryIO) -> bytes | None:
    """The next message; None when there are no more."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    return source.read(size)


def write(target: BinaryIO, message: bytes) -> None:
    target.write(LENGTH.pack(len(message)) + message)
    target.flush()


def main() -> None:
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while (message := read(sys.stdin.buffer)) is not None:
        try:
            drawn = draw(msgspec.msgpack.decode(message, type=Request))
        except Exception as problem:  # told to the parent, which goes on with the next invoice
            where = traceback.format_exc(limit=-3)
            drawn = Drawn(error=f"{type(problem).__name__}: {problem}\n{where}"[:4000])
        drawn = msgspec.structs.replace(drawn, peak=_peak())
        write(answers, msgspec.msgpack.encode(drawn))


def _peak() -> int:
    with open("/proc/self/status") as status:
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main()
