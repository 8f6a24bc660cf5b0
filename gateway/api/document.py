"""The API in the portal, and its OpenAPI document, which is made of what the addresses themselves declare:
their schemas, models and access rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from flask import Flask, current_app
from flask_smorest import Api

from gateway.access import STAFF, Rule, rule_of
from gateway.addresses import IdConverter
from gateway.api.frame import Amount, name_of
from gateway.api.problems import Error
from gateway.api.resources import ALL_RESOURCES

VERSION = "1"
OPENAPI = "3.1.0"
REFERENCE = "#/components/schemas/{name}"
MODELS = "gateway.models."
PYTHON_END = "\\Z"
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = "Error"
ABOUT = """\
For programs: what the portal can do. See the guide for tokens, keys of changes, limits and errors.
Money is text ("12.50"), moments are RFC 3339 in UTC, days are YYYY-MM-DD."""

PROBLEMS = {
    "400": "The body is no JSON, or is JSON that could be read in two ways.",
    "401": "No token, or one that does not work (any more).",
    "403": "The token lacks a role, or the company the product; or this is for others.",
    "404": "There is no such thing, or it is somebody else's: the two look the same.",
    "409": "It collides with what stands: taken, in use, or changed by somebody else meanwhile.",
    "415": "The body is not sent as application/json.",
    "422": "Something does not fit: `fields` says what.",
    "429": "Too many requests, or tries: wait as long as Retry-After says (seconds).",
    "500": "It is our fault; our log has it under the correlation ID.",
    "503": "A part of the house does not answer now; try again after Retry-After.",
}
OF_ALL = ("401", "403", "404", "422", "429", "500", "503")
OF_CHANGES = ("400", "409", "415")


class Described(Api):  # type: ignore[misc]
    """flask-smorest's collecting of what routes declare, without its own pages and error handlers."""

    def _register_doc_blueprint(self) -> None:
        """The document has an address with an access rule, as everything has."""

    def _register_error_handlers(self) -> None:
        """Errors are answered by :mod:`gateway.api.problems`."""


def install(app: Flask) -> None:
    """Put the API's addresses in the portal."""
    app.config.update(API_TITLE="Tikker", API_VERSION=VERSION, OPENAPI_VERSION=OPENAPI)
    api = Described(app, spec_kwargs={"info": {"description": ABOUT}})
    api.register_field(Amount, "string", "decimal")
    api.register_converter(IdConverter, lambda _: {"type": "string", "pattern": "^[0-9a-f]{32}$"})
    for pages in ALL_RESOURCES:
        api.register_blueprint(pages)
        app.extensions["csrf"].exempt(pages)  # no cookie of a browser opens anything here
    app.extensions["api_document"] = None


def document() -> dict[str, Any]:
    """The document; it is made when it is first asked for."""
    made: dict[str, Any] | None = current_app.extensions["api_document"]
    if made is None:
        made = current_app.extensions["api_document"] = _made()
    return made


def _made() -> dict[str, Any]:
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(api.spec.to_dict()))
    components = found.setdefault("components", {})
    components["responses"] = {f"{PROBLEM}{status}": _problem(said) for status, said in PROBLEMS.items()}
    models = _models()
    schemas, described = msgspec.json.schema_components([*models, Error], ref_template=REFERENCE)
    components["schemas"] = {
        name: schema for name, schema in components.get("schemas", {}).items() if name not in _UNUSED
    } | described
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    found["tags"] = [{**tag, "name": _tag(tag["name"])} for tag in found.get("tags", [])]
    by_name = {name_of(model): schema for model, schema in zip(models, schemas, strict=False)}
    for method, operation in _operations(found):
        _complete(method, operation, by_name)
        for parameter in operation.get("parameters", ()):
            _in_address(parameter)
    done: dict[str, Any] = _in_order(_readable(found))
    return done


def _readable(value: Any) -> Any:
    """Names of models without their modules (``PbxLine``), and patterns as other languages write them."""
    if isinstance(value, list):
        return [_readable(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {_brief(name): _readable(inner) for name, inner in value.items()}
    if isinstance(made.get("$ref"), str):
        before, _, name = made["$ref"].rpartition("/")
        made["$ref"] = f"{before}/{_brief(name)}"
    if isinstance(made.get("pattern"), str):
        made["pattern"] = f"^(?:{made['pattern'].removesuffix(PYTHON_END).strip('^$')})$"
    return made


def _brief(name: str) -> str:
    """``gateway.models.pbx_plans.Line`` is ``PbxPlansLine``; every other name stays."""
    if not name.startswith(MODELS):
        return name
    module, _, own = name.removeprefix(MODELS).rpartition(".")
    return module.title().replace("_", "") + own


def _in_address(parameter: dict[str, Any]) -> None:
    """What is left out of an address is not null there."""
    schema = parameter["schema"]
    if schema.get("default", "") in ("", None):
        schema.pop("default", None)
    if isinstance(schema.get("type"), list):
        (schema["type"],) = (kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        schema["enum"] = [choice for choice in schema["enum"] if choice]


_UNUSED = ("Error", "PaginationMetadata")


def _complete(method: str, operation: dict[str, Any], models: dict[str, Any]) -> None:
    """Models in the place of their names, who may, and every way in which it can go wrong."""
    rule = rule_of(operation["operationId"])
    assert rule is not None
    operation["operationId"] = operation["operationId"].removeprefix("api_").replace(".", "_")
    operation["tags"] = [_tag(name) for name in operation["tags"]]
    operation["description"] = "\n\n".join(
        text for text in (operation.get("description", ""), _who(rule)) if text
    )
    responses = operation["responses"]
    for status in [name for name in responses if not name.startswith("2")]:
        del responses[status]
    for response in responses.values():
        for content in response.get("content", {}).values():
            named = content["schema"].get("x-model")
            content["schema"] = models[named] if named else content["schema"]
    for status in (*OF_ALL, *(OF_CHANGES if method != "get" else ())):
        responses[status] = {"$ref": f"#/components/responses/{PROBLEM}{status}"}


def _problem(said: str) -> dict[str, Any]:
    """One way in which any address can go wrong."""
    schema = {"$ref": REFERENCE.format(name=PROBLEM)}
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def _who(rule: Rule) -> str:
    """Who may use an address, as its access rule says."""
    if rule.scope == STAFF:
        return "For staff of the operator and of partners." if rule.partners else "For staff of the operator."
    needs = [f"role `{rule.role}`"] if rule.role else []
    needs += [f"product {' or '.join(f'`{one}`' for one in rule.products)}"] if rule.products else []
    return f"Needs {' and '.join(needs)}." if needs else ""


def _operations(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in found["paths"].values():
        for method, operation in path.items():
            if method in METHODS:
                yield method, operation


def _models() -> list[Any]:
    """Every model that an address answers, once."""
    models: dict[str, Any] = {}
    for pages in ALL_RESOURCES:
        for model in pages.answered:
            models.setdefault(name_of(model), model)
    return list(models.values())


def _tag(name: str) -> str:
    return name.removeprefix("api_").replace("_", " ")


def _in_order(value: Any) -> Any:
    """With its keys sorted, so that two documents can be compared line by line."""
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value)}
    return [_in_order(one) for one in value] if isinstance(value, list) else value
