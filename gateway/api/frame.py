"""What every resource of the API is made of: reading, changing, answers, and what the document says of them.

A view is a function with an access rule of :mod:`gateway.access`. It answers a model (of ``gateway.models``),
which is also what the document describes; so nothing that is not declared there leaves the house.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from itertools import chain
from typing import Any, TypeVar

import msgspec
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from gateway.api.where import PREFIX
from gateway.models.part import Part
from gateway.security import takes_files
from shared.schema import Base
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

JSON = "application/json"
FILE = {"type": "string", "format": "binary"}
IDEMPOTENCY = "Idempotency-Key"
DEEPEST = 20
LARGEST_WHOLE = 2**63
HALVES = re.compile("[\ud800-\udfff]")
"""Of a pair that stands for one character: JSON can write one alone, and text can not hold it."""

Value = TypeVar("Value")
View = Callable[..., Any]


class Strict(FlaskParser):
    """Refuses what it does not know, and JSON that two readers could understand differently."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE, "headers": EXCLUDE}

    def load_json(self, req: Any, schema: Any) -> Any:
        if not req.is_json:
            raise UnsupportedMediaType()
        return read_json(req.get_data())


class Resource(Blueprint):  # type: ignore[misc]
    """A blueprint of the API; what is described of it is in :mod:`gateway.api.document`."""

    ARGUMENTS_PARSER = Strict()

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **options)
        self.answered: list[Any] = []
        """The models that its addresses answer."""


class _Key(Base):
    """The name that a program gives a change, so that sending it twice changes once."""

    key = fields.String(
        required=True,
        data_key=IDEMPOTENCY,
        validate=validate.Regexp(
            r"[0-9A-Za-z_.:-]{8,64}\Z", error=_l("Gebruik 8 tot en met 64 letters, cijfers en . _ : -")
        ),
        metadata={"description": "Of your choice, new for each change; the same again has one effect."},
    )


class Amount(fields.Decimal):
    """An amount as text (``"100.00"``): a JSON number is a float to most readers, and money is not."""

    _form = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str) or not self._form.fullmatch(value):
            raise ValidationError(_("Schrijf een bedrag als tekst: 100.00."))
        return Decimal(value)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The change has been made."""

    done: bool = True


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The ID of what was made."""

    id: str


DONE = Done()


def resource(name: str, about: str) -> Resource:
    """A group of addresses; ``name`` is what the document calls it."""
    return Resource(f"api_{name}", __name__, url_prefix=PREFIX, description=about)


def reads(
    pages: Resource, path: str, model: Any, rule: Callable[[View], View], query: type[Schema] | None = None
) -> Callable[[View], View]:
    """GET: the view takes what ``query`` found as its first argument, when there is one."""

    def add(view: View) -> View:
        made = _answering(view)
        if query:
            made = pages.arguments(query, location="query")(made)
        return _put(pages, path, "GET", made, model, 200, rule)

    return add


def changes(
    pages: Resource,
    method: str,
    path: str,
    rule: Callable[[View], View],
    body: type[Schema] | None = None,
    model: Any = Done,
    status: int = 200,
    query: type[Schema] | None = None,
) -> Callable[[View], View]:
    """A change: the view takes the key as its first argument, and the ``body``, or else what ``query`` found,
    as its second."""

    def add(view: View) -> View:
        @wraps(view)
        def keyed(*found: Any, **known: Any) -> Any:
            *sent, key = found
            return view(key["key"], *sent, **known)

        made = pages.arguments(_Key, location="headers")(_answering(keyed, status))
        if body:
            made = pages.arguments(body, location="json")(made)
        elif query:
            made = pages.arguments(query, location="query")(made)
        return _put(pages, path, method, made, model, status, rule)

    return add


def downloads(
    pages: Resource,
    path: str,
    content_type: str,
    rule: Callable[[View], View],
    query: type[Schema] | None = None,
) -> Callable[[View], View]:
    """GET of a file, handed on piece by piece; the view takes what ``query`` found, when there is one."""

    def add(view: View) -> View:
        made = pages.arguments(query, location="query")(view) if query else view
        made = pages.response(200, FILE, content_type=content_type, description="The file.")(made)
        _route(pages, path, "GET", rule(made))
        return view

    return add


def uploads(
    pages: Resource,
    path: str,
    content_type: str,
    most_bytes: int,
    rule: Callable[[View], View],
    query: type[Schema],
    model: Any,
    status: int,
) -> Callable[[View], View]:
    """POST of a file of at most so many bytes, which is the body as it is: the view takes the key, what
    ``query`` found, and the file."""

    def add(view: View) -> View:
        @wraps(view)
        def keyed(found: Any, key: Any, **known: Any) -> Any:
            return view(key["key"], found, request.get_data(cache=False), **known)

        made = pages.arguments(_Key, location="headers")(_answering(keyed, status))
        made = pages.arguments(query, location="query")(made)
        body = {"required": True, "content": {content_type: {"schema": FILE}}}
        made = takes_files(most_bytes)(pages.doc(requestBody=body)(made))
        return _put(pages, path, "POST", made, model, status, rule)

    return add


def value(part: Part[Value]) -> Value:
    """What a part of a page holds; what it failed with is the answer."""
    if part.error is not None:
        raise part.error
    assert part.value is not None
    return part.value


def read_json(body: bytes) -> Any:
    """A body as values. BadRequest for what is no JSON, names a field twice, holds no number (NaN), one that
    is larger than 64 bits, half a character, or is nested deeper than anything of ours."""
    try:
        found = json.loads(body, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise BadRequest() from problem
    if not _is_plain(found, DEEPEST):
        raise BadRequest()
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is named twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _is_plain(found: Any, depth: int) -> bool:
    if isinstance(found, dict | list):
        inner = chain.from_iterable(found.items()) if isinstance(found, dict) else found
        return depth > 0 and all(_is_plain(one, depth - 1) for one in inner)
    if isinstance(found, str):
        return not HALVES.search(found)
    return not isinstance(found, int) or -LARGEST_WHOLE <= found < LARGEST_WHOLE


def _answering(view: View, status: int = 200) -> View:
    @wraps(view)
    def answer(*found: Any, **known: Any) -> Response:
        body = msgspec.json.encode(view(*found, **known))
        return Response(body, status=status, mimetype=JSON)

    return answer


def _put(
    pages: Resource, path: str, method: str, view: View, model: Any, status: int, rule: Callable[[View], View]
) -> View:
    described = pages.response(status, {"x-model": name_of(model)}, description=_first_line(model))(view)
    _route(pages, path, method, rule(described))
    pages.answered.append(model)
    return view


def _route(pages: Resource, path: str, method: str, view: View) -> None:
    """Under the name of its function, by which the document finds its access rule."""
    named = pages.doc(operationId=f"{pages.name}.{view.__name__}")(view)
    pages.route(path, methods=[method])(named)


def name_of(model: Any) -> str:
    """By which the document knows a model until it is made."""
    return f"{model.__module__}.{model.__qualname__}" if isinstance(model, type) else str(model)


def _first_line(model: Any) -> str:
    """Of what a model is said to be."""
    said = (getattr(model, "__doc__", None) or "").strip().split("\n")[0]
    return said if isinstance(model, type) and said else "What was asked."
