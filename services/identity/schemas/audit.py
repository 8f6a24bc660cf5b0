"""What the RPC methods of the audit log take."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from services.identity.domain.audit import Key
from services.identity.schemas.fields import whole
from shared.schema import Base, length
from shared.words import lazy_gettext as _l

LARGEST_PAGE = 500
LONGEST_PART = 200
_KEY = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")
_WHAT = re.compile(r"[a-z0-9_]{1,60}(\.[a-z0-9_]{1,60})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PageKey(fields.Field[Key]):
    """A place in the list, from ``next`` or ``newer`` of an answer."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Key:
        found = _KEY.fullmatch(value) if isinstance(value, str) else None
        if not found:
            raise ValidationError(str(_l("Deze bladzijde bestaat niet.")))
        try:
            return Key(_EPOCH + timedelta(milliseconds=int(found[1])), int(found[2]))
        except OverflowError:
            raise ValidationError(str(_l("Deze bladzijde bestaat niet."))) from None


def _part() -> fields.String:
    return fields.String(load_default="", allow_none=True, validate=length(0, LONGEST_PART))


def _day(name: str) -> fields.Date:
    years = validate.Range(
        date(2000, 1, 1), date(2099, 12, 31), error=_l("Kies een dag van 2000 tot en met 2099.")
    )
    return fields.Date(data_key=name, load_default=None, allow_none=True, validate=years)


def _of_customer() -> fields.String:
    pattern = validate.Regexp(r"[0-9a-f]{32}\Z", error=_l("Dit is geen ID."))
    return fields.String(load_default=None, allow_none=True, validate=pattern)


class Audit(Base):
    """``from`` and ``to`` are days in Amsterdam, both inclusive; ``who`` a part of a username; ``what`` an
    action or a kind of subject; ``query`` a part of any text."""

    customer_id = _of_customer()
    first = _day("from")
    last = _day("to")
    who = _part()
    what = fields.String(
        load_default="",
        allow_none=True,
        validate=lambda value: not value or bool(_WHAT.fullmatch(value)),
    )
    query = _part()
    after = PageKey(load_default=None, allow_none=True)
    before = PageKey(load_default=None, allow_none=True)
    limit = whole(1, LARGEST_PAGE, default=50)

    @post_load
    def none_is_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {name: data[name] or "" for name in ("who", "what", "query")}


class AuditVerify(Base):
    customer_id = _of_customer()
    after = whole(0, 10**12, default=0)
    seq = whole(1, 10**12, default=None)
    hash = fields.String(
        load_default="", validate=validate.Regexp(r"([0-9a-f]{64})?\Z", error=_l("Dit is geen hash."))
    )


class AuditHeads(Base):
    after = fields.String(load_default="", validate=length(0, 40))
    limit = whole(1, LARGEST_PAGE, default=100)
