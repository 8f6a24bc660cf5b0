"""One customer's telephony settings as they stand: what is published, and the draft beside it.

Changes go into the draft until it is published, but what acts at once (lines, the night mode, what staff
add) goes into both. Every change of either gives a new revision; an element keeps the revision of its last
change, so that two people only meet when they change the same element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from msgspec import structs

from services.pbx.domain.config import Config, OutgoingBlocks
from services.pbx.domain.parts import keys_changed
from services.pbx.domain.test_calls import TestCall
from shared.errors import Conflict, NotFound
from shared.words import gettext as _

Edit = Callable[[Config], Config]


class Which(StrEnum):
    """Which of the two configurations."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Publication:
    """When, by whom and why the published configuration came to be."""

    at: datetime | None = None
    by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Settings:
    """``enabled``: the customer has a PBX; ``touched``: revision of the last change by element;
    ``put_away``: the PBX that was taken away, to be given back."""

    customer_id: str
    revision: int = 0
    enabled: bool = False
    published: Config = field(default_factory=Config)
    publication: Publication = field(default_factory=Publication)
    draft: Config | None = None
    draft_since: datetime | None = None
    touched: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    test_calls: tuple[TestCall, ...] = ()
    put_away: Config | None = None

    def config(self, which: Which) -> Config:
        """Without a draft the published one."""
        return self.draft if which is Which.DRAFT and self.draft is not None else self.published


@dataclass(frozen=True)
class Change:
    """An edit of one element (``key``), made by somebody who saw revision ``base``; None: does not matter."""

    key: str
    edit: Edit
    base: int | None = None
    at_once: bool = False


def changed(settings: Settings, change: Change, now: datetime) -> Settings:
    """The settings after a change; themselves when it changes nothing.

    Raises Conflict when the element changed since ``base``, and what the edit raises.
    """
    if change.base is not None and settings.touched.get(change.key, 0) > change.base:
        raise Conflict(_("Iemand anders heeft dit intussen gewijzigd. Bekijk het opnieuw en wijzig het dan."))
    if change.at_once or not settings.enabled:
        new = _in_both(settings, change.edit)
    else:
        new = _in_draft(settings, change.edit, now)
    if new == settings:
        return settings
    # An edit may change others too: destinations that follow what was renumbered.
    found = _touching(new, settings)
    touched = {**found.touched, change.key: settings.revision + 1}
    return stamped(replace(found, touched=touched), settings)


def _in_both(settings: Settings, edit: Edit) -> Settings:
    published = edit(settings.published)
    draft = settings.draft
    if draft is not None:
        with suppress(NotFound):  # the draft has taken away what the change is about
            draft = edit(draft)
    return _with_draft(replace(settings, published=published), draft, settings.draft_since)


def _in_draft(settings: Settings, edit: Edit, now: datetime) -> Settings:
    draft = edit(settings.config(Which.DRAFT))
    return _with_draft(settings, draft, settings.draft_since or now)


def _with_draft(settings: Settings, draft: Config | None, since: datetime | None) -> Settings:
    """A draft that says the same as what is published is none."""
    if draft is None or same(draft, settings.published):
        return replace(settings, draft=None, draft_since=None)
    return replace(settings, draft=draft, draft_since=since)


def published(settings: Settings, config: Config, publication: Publication) -> Settings:
    """The settings with this configuration published and no draft."""
    new = replace(settings, published=config, publication=publication, draft=None, draft_since=None)
    return stamped(_touching(new, settings), settings)


def discarded(settings: Settings) -> Settings:
    """The settings without their draft."""
    return stamped(_touching(replace(settings, draft=None, draft_since=None), settings), settings)


def _touching(new: Settings, old: Settings) -> Settings:
    """``new``, with what it has otherwise than ``old`` as changed now: forms from before are stale."""
    keys = keys_changed(old.config(Which.DRAFT), new.config(Which.DRAFT))
    return replace(new, touched={**old.touched, **dict.fromkeys(keys, old.revision + 1)})


def rolled_back(settings: Settings, version: Config) -> Config:
    """A version as it may be published again: lines and the night mode set by hand stay as they are now,
    for neither is part of a draft. Raises Conflict while there is a draft."""
    if settings.draft is not None:
        raise Conflict(
            _("Er zijn wijzigingen die u nog niet hebt gepubliceerd. Publiceer of verwerp die eerst.")
        )
    now = settings.published
    by_hand = {name: getattr(now.night, name) for name in ("state", "until", "then", "destination")}
    night = structs.replace(version.night, **by_hand)
    return structs.replace(version, lines=now.lines, night=night)


def without_pbx(settings: Settings) -> Settings:
    """The settings without their PBX and its draft; what it was is put away. Lines, schedules and outgoing
    blocks, which customers without a PBX have too, stay."""
    now = settings.published
    kept = Config(
        revision=now.revision,
        ring_seconds=now.ring_seconds,
        outgoing=now.outgoing,
        schedules=now.schedules,
        lines=now.lines,
    )
    gone = replace(settings, enabled=False, published=kept, put_away=now, draft=None, draft_since=None)
    return stamped(gone, settings)


def given_back(settings: Settings) -> Config:
    """What is published now with the PBX that was put away beside it; telephones are configured anew."""
    now, old = settings.published, settings.put_away or Config()
    known = {schedule.id for schedule in now.schedules}
    return structs.replace(
        now,
        company=old.company,
        night=old.night,
        music=old.music,
        schedules=(*now.schedules, *(one for one in old.schedules if one.id not in known)),
        users=tuple(structs.replace(user, device=None) for user in old.users),
        groups=old.groups,
        menus=old.menus,
    )


def stamped(new: Settings, old: Settings) -> Settings:
    """``new`` as the revision after ``old``; so are the configurations that differ."""
    revision = old.revision + 1
    published, draft = new.published, new.draft
    if published != old.published:
        published = structs.replace(published, revision=revision)
    if draft is not None and draft != old.draft:
        draft = structs.replace(draft, revision=revision)
    return replace(new, revision=revision, published=published, draft=draft)


def same(one: Config, other: Config) -> bool:
    """Whether two configurations differ in no more than their revision."""
    return structs.replace(one, revision=0) == structs.replace(other, revision=0)


def with_blocks(config: Config, classes: frozenset[str]) -> Config:
    """The configuration as it holds while a suspicion of fraud blocks these classes of outgoing calls."""
    blocked = {name: True for name in OutgoingBlocks.__struct_fields__ if name in classes}
    return (
        structs.replace(config, outgoing=structs.replace(config.outgoing, **blocked)) if blocked else config
    )
