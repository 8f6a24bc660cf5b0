"""A form that changes something: what its page draws, and sending it once.

The names of a schema's fields are those of the service's arguments, their ``data_key`` is the name on
the page, and their metadata hold the label. So what a service says of an argument finds its field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from flask import request
from marshmallow import Schema
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gateway.forms.filled import Filled, read
from gateway.models.answer import REFUSALS, Answer, answer_to, was_done_before
from shared.errors import TikkerError
from shared.ids import new_id

COMMAND = "opdracht"
"""The hidden field with the ID that makes sending a form twice have one effect."""

ID_CHARACTERS = frozenset("0123456789abcdef")
ID_LENGTH = 32


@dataclass(frozen=True)
class Form:
    """A form as a page shows it. ``answer`` is what a service said that belongs to no field."""

    schema: Schema
    filled: Filled
    command: str
    answer: Answer | None = None

    @classmethod
    def blank(cls, schema: Schema, **shown: Any) -> Form:
        """A form to fill in. ``shown`` are the values it begins with, by the fields' own names."""
        typed = {}
        for name, value in shown.items():
            values = [value] if isinstance(value, str) else list(value)
            if any(values):
                typed[_on_page(schema, name)] = values
        return cls(schema, Filled(typed, {}), new_id())

    @classmethod
    def sent(cls, schema: Schema, body: MultiDict[str, str] | None = None) -> Form:
        """What this request's browser has sent, or ``body`` in its place. After an error its command keeps
        its ID: had the first try arrived after all, the second does nothing."""
        fields = request.form if body is None else body
        return cls(schema, read(schema, fields), command_id(request.form.get(COMMAND, "")))

    def refused(self, error: TikkerError) -> Form:
        """The same input, with what a service said: beside its fields, else above the form. It keeps its
        command's ID, but for one that was used with other input."""
        said: Mapping[str, list[str]] = error.details.get("fields") or {}
        ours = {_on_page(self.schema, name): words for name, words in said.items()}
        beside = {name: words for name, words in ours.items() if name in self.labels}
        answer = None if beside else answer_to(error)
        if answer and ours:  # about what is not on this page
            answer = replace(answer, sentence=" ".join(chain.from_iterable(ours.values())))
        command = new_id() if was_done_before(error) else self.command
        return replace(self, filled=self.filled.with_errors(beside), command=command, answer=answer)

    def answered(self, answer: Answer) -> Form:
        """The same input, with this above it."""
        return replace(self, answer=answer)

    @property
    def values(self) -> Mapping[str, Any]:
        """What was filled in, by the fields' own names."""
        return self.filled.values

    @property
    def errors(self) -> Mapping[str, list[str]]:
        return self.filled.errors

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return self.answer.status if self.answer else 422 if self.errors else 200

    @property
    def headers(self) -> dict[str, str]:
        """Of the answer that shows the form."""
        wait = self.answer.retry_after if self.answer else 0
        return {"Retry-After": str(wait)} if wait else {}

    @property
    def labels(self) -> dict[str, Any]:
        """The labels by the names on the page, in the form's order."""
        fields = self.schema.load_fields.items()
        return {f.data_key or name: f.metadata["label"] for name, f in fields if "label" in f.metadata}

    @property
    def wrong_labels(self) -> list[str]:
        """The labels of what is wrong, in the form's order."""
        return [str(label) for name, label in self.labels.items() if name in self.errors]

    def optional(self, name: str) -> bool:
        """Whether a field may stay empty."""
        field = next(f for own, f in self.schema.load_fields.items() if (f.data_key or own) == name)
        return not field.required and "needed" not in field.metadata

    def focused(self, name: str) -> bool:
        """Whether the field takes the focus: it is the only one that is wrong."""
        return list(self.errors) == [name]


def submit(schema: Schema, work: Callable[[Form], Response]) -> Form | Response:
    """Read the form that was sent and do its ``work``; the form again when something is wrong."""
    form = Form.sent(schema)
    if form.errors:
        return form
    try:
        return work(form)
    except REFUSALS as error:
        return form.refused(error)


def command_id(sent: str) -> str:
    """The ID that a form brought; a new one in the place of what we did not make."""
    ours = len(sent) == ID_LENGTH and ID_CHARACTERS.issuperset(sent)
    return sent if ours else new_id()


def chosen(options: Iterable[str]) -> dict[str, str]:
    """The codes of a :class:`gateway.forms.fields.Choice` that stand for themselves."""
    return {code: code for code in options}


def _on_page(schema: Schema, name: str) -> str:
    field = schema.load_fields.get(name)
    return (field.data_key if field else None) or name
