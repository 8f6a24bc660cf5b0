"""The portal reads pbx's settings with structs of its own: it is another process, of another release. What is
absent on the bus stands at its default on both sides, so those must be the same."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import msgspec
import pytest

from gateway.models import pbx, pbx_elements, pbx_settings
from services.pbx.domain import config
from services.pbx.schemas.wire import full

PORTALS: dict[str, ModuleType] = {
    name: module
    for module in (pbx_settings, pbx_elements, pbx)
    for name, one in vars(module).items()
    if isinstance(one, type) and one.__module__ == module.__name__ and hasattr(config, name)
}


def defaults(struct: Any) -> dict[str, Any]:
    """Each field and what it is when nothing was said; ``...`` where it must be said."""
    found = {}
    for field in msgspec.structs.fields(struct):
        value = field.default
        if field.default_factory is not msgspec.NODEFAULT:
            value = field.default_factory()
        found[field.name] = ... if value is msgspec.NODEFAULT else full(value)
    return found


@pytest.mark.feature("PBX-14")
@pytest.mark.parametrize("name", sorted(PORTALS))
def test_both_sides_have_the_same_fields_and_defaults(name: str) -> None:
    portal, ours = defaults(getattr(PORTALS[name], name)), defaults(getattr(config, name))
    assert portal == {field: ours[field] for field in portal}


def test_the_whole_configuration_is_compared() -> None:
    assert {"Config", "PbxUser", "Group", "Menu", "Line", "Night", "Voicemail", "Schedule"} <= set(PORTALS)
