"""Formats in XML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from services.provisioning.domain.emitters.entry import Entry
from services.provisioning.domain.texts import Unwritable, require_writable

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)(?:\[([0-9]+)\])?", re.ASCII)
_P_VALUE = re.compile(r"P[0-9]+", re.ASCII)
_NOT_IN_XML = re.compile("[\ufffe\uffff\U0001fffe\U0001ffff]")


def escaped(value: str) -> str:
    """Text as content or attribute of XML."""
    if _NOT_IN_XML.search(require_writable(value)):
        raise Unwritable("a value has a character that XML does not take")
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace('"', "&quot;").replace("'", "&apos;")


def elements(entries: Sequence[Entry], head: Mapping[str, str]) -> str:
    """An element per setting within ``head['root']``: Snom, Cisco. What stands before a ``/`` in a name is an
    element around those beside each other that have it."""
    text = ""
    for section, group in groupby(entries, lambda e: e.name.rpartition("/")[0]):
        rows = "".join(_element(e._replace(name=e.name.rpartition("/")[2])) for e in group)
        text += f"<{section}>\n{rows}</{section}>\n" if section else rows
    return f"{DECLARATION}<{head['root']}>\n{text}</{head['root']}>\n"


def grandstream(entries: Sequence[Entry], head: Mapping[str, str]) -> str:
    """Numbers (``P271``) in version 1, or names in version 2, where what stands before the last point is
    the item and what stands behind it the part. The phone takes one of the two, and only with its own MAC."""
    numbers = all(_P_VALUE.fullmatch(entry.name) for entry in entries)
    body = _p_values(entries) if numbers else _items(entries)
    start = f'{DECLARATION}<gs_provision version="1">\n<mac>{escaped(head["mac"])}</mac>\n'
    return f'{start}<config version="{1 if numbers else 2}">\n{body}</config>\n</gs_provision>\n'


def attributes(entries: Sequence[Entry], head: Mapping[str, str]) -> str:
    """All settings as attributes of one element: Poly."""
    outer, inner = head["root"].split("/")
    body = "".join(f'  {_named(e, _ATTRIBUTE)}="{escaped(e.value)}"\n' for e in entries)
    return f"{DECLARATION}<{outer}>\n<{inner}\n{body}/>\n</{outer}>\n"


def params(entries: Sequence[Entry], head: Mapping[str, str]) -> str:
    """``<param name value>`` below ``<provisioning><nvm>``: Gigaset. What has the attribute ``oper`` stands
    in an element of that name, with those beside it that have the same."""
    rows: list[str] = []
    for operation, group in groupby(entries, lambda e: e.attributes):
        inner = "".join(f'<param name="{escaped(e.name)}" value="{escaped(e.value)}"/>\n' for e in group)
        given = dict(operation)
        name = given.pop("oper", None)
        more = "".join(f' {key}="{escaped(value)}"' for key, value in given.items())
        rows.append(f'<oper name="{escaped(name)}"{more}>\n{inner}</oper>\n' if name else inner)
    product = escaped(head["product"])
    start = f'{DECLARATION}<provisioning version="1.1" productID="{product}">\n<nvm>\n'
    return f"{start}{''.join(rows)}</nvm>\n</provisioning>\n"


def paths(entries: Sequence[Entry], head: Mapping[str, str]) -> str:
    """Nested elements, of which a name is the path (``sip/line[1]/DisplayName``): Fanvil. Settings with the
    same beginning must stand together."""
    root = head["root"]
    version = f"<Version>{escaped(head['version'])}</Version>\n"
    rows = [([_step(step) for step in e.name.split("/")], e.value) for e in entries]
    return f"{DECLARATION}<{root}>\n{version}{_nested(rows)}</{root}>\n"


def _nested(rows: Sequence[tuple[list[tuple[str, str]], str]]) -> str:
    text = ""
    for (name, index), group in groupby(rows, lambda row: row[0][0]):
        inner = [(steps[1:], value) for steps, value in group]
        start = f'<{name} index="{index}">' if index else f"<{name}>"
        if any(not steps for steps, _value in inner):
            text += "".join(f"{start}{escaped(value)}</{name}>\n" for _steps, value in inner)
        else:
            text += f"{start}\n{_nested(inner)}</{name}>\n"
    return text


def _step(step: str) -> tuple[str, str]:
    found = _STEP.fullmatch(step)
    if not found:
        raise Unwritable("a setting has a name that this format does not take")
    return found[1], found[2] or ""


def _p_values(entries: Sequence[Entry]) -> str:
    return "".join(f"<{e.name}>{escaped(e.value)}</{e.name}>\n" for e in entries)


def _items(entries: Sequence[Entry]) -> str:
    text = ""
    for item, group in groupby(entries, lambda e: e.name.rpartition(".")[0]):
        parts = "".join(
            f'<part name="{escaped(e.name.rpartition(".")[2])}">{escaped(e.value)}</part>\n' for e in group
        )
        text += f'<item name="{escaped(item)}">\n{parts}</item>\n'
    return text


def _element(entry: Entry) -> str:
    name = _named(entry, _ELEMENT)
    return f"<{name}{_attributes(entry)}>{escaped(entry.value)}</{name}>\n"


def _named(entry: Entry, allowed: re.Pattern[str]) -> str:
    if not allowed.fullmatch(entry.name):
        raise Unwritable("a setting has a name that this format does not take")
    return entry.name


def _attributes(entry: Entry) -> str:
    return "".join(f' {key}="{escaped(value)}"' for key, value in entry.attributes)
