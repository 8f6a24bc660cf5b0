"""Passwords and PIN codes of users, for apps and other software (PBX-06). They are sealed and never shown."""

from __future__ import annotations

import re

from services.pbx.domain import parts
from services.pbx.domain.parts import Part
from services.pbx.domain.secrets import PASSWORD, about
from services.pbx.domain.settings import Which
from services.pbx.schemas import Reply
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import Clock, customer_of, subject
from shared.acting import Acting
from shared.errors import Invalid
from shared.sealing import Sealer
from shared.words import gettext as _

SHORTEST, LONGEST = 8, 64
_PINCODE = re.compile(r"[0-9]{4,8}", re.ASCII)
_SAME_DIGIT = re.compile(r"(.)\1*", re.ASCII)


def set_secret(
    store: Store,
    sealer: Sealer,
    clock: Clock,
    acting: Acting,
    *,
    user_id: str,
    kind: str,
    value: str,
    command_id: str,
) -> Reply:
    """Give a user a password or PIN code, at once. Invalid (field ``value``), NotFound."""
    customer = customer_of(acting)
    wrong = _wrong_password(value) if kind == PASSWORD else _wrong_pincode(value)
    if wrong:
        raise Invalid(fields={"value": [wrong]})

    def work(changes: Changes) -> Reply:
        config = changes.settings(customer).config(Which.DRAFT)
        parts.element(config, Part.USER, user_id)
        changes.set_secret(customer, user_id, kind, sealer.seal(value, about(user_id, kind)))
        who = subject(config, Part.USER, user_id)
        changes.record(acting, customer, f"pbx_user.{kind}_set", who)
        return {"id": user_id, "kind": kind}

    mark = sealer.mark(value, about(user_id, kind))
    return store.once(command_id, ("set_secret", customer, user_id, kind, mark), clock(), work)


def _wrong_password(value: str) -> str | None:
    if not SHORTEST <= len(value) <= LONGEST or not value.isascii() or not value.isprintable():
        return _("Gebruik %(least)s tot en met %(most)s gewone tekens.", least=SHORTEST, most=LONGEST)
    if value.isalpha() or value.isdigit():
        return _("Gebruik letters en cijfers door elkaar.")
    return None


def _wrong_pincode(value: str) -> str | None:
    if not _PINCODE.fullmatch(value):
        return _("Een pincode heeft 4 tot en met 8 cijfers.")
    if _SAME_DIGIT.fullmatch(value):
        return _("Kies een pincode met verschillende cijfers.")
    return None
