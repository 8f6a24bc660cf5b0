"""What is asked about calls that were."""

from __future__ import annotations

from marshmallow import fields, validate

from services.pbx.schemas.numbers import rows
from shared.schema import Base

_ID = validate.Regexp(r"^[0-9A-Za-z_.-]{1,80}\Z")


class Calls(Base):
    """``user_id``: a user's or a line's; ``number``: as people write it; ``after``: ``next`` of the page
    before."""

    user_id = fields.String(load_default=None, allow_none=True, validate=_ID)
    number = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))
    after = fields.String(load_default=None, allow_none=True, validate=_ID)
    limit = rows()


class ExplainCall(Base):
    call_id = fields.String(required=True, validate=_ID)
    user_id = fields.String(load_default=None, allow_none=True, validate=_ID)
