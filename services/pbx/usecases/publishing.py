"""The draft becomes what holds, is thrown away, or an earlier version comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import structs

from services.pbx.domain import demands, settings, test_calls
from services.pbx.domain.checks import check
from services.pbx.domain.config import Config
from services.pbx.domain.held import with_held
from services.pbx.domain.parts import changes_between
from services.pbx.domain.renumbering import put_together
from services.pbx.domain.rules import problems
from services.pbx.domain.settings import Publication, Settings, Which, with_blocks
from services.pbx.schemas import Reply
from services.pbx.schemas.wire import full
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import Clock, by_whom, customer_of, store
from shared.acting import Acting
from shared.errors import Conflict, NotFound
from shared.events.audit import Subject
from shared.words import gettext as _

ERROR = "error"
_SUBJECT = Subject(kind="pbx", id="pbx", name="telefooncentrale")


def publish(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    note: str,
    command_id: str,
    base_revision: int | None = None,
) -> Reply:
    """The draft holds from now on. Conflict when there is none, when something changed since
    ``base_revision``, or when something in it would not work (``details``: problems and findings). The answer
    names the test calls that now go elsewhere."""
    customer = customer_of(acting)

    def work(changes: Changes) -> Reply:
        old = changes.settings(customer)
        if old.draft is None:
            raise Conflict(_("Er zijn geen wijzigingen om te publiceren."))
        if _changed_since(old, base_revision):
            raise Conflict(
                _("Er is intussen iets gewijzigd. Bekijk opnieuw wat bellers merken en publiceer dan.")
            )
        new = settings.published(old, old.draft, Publication(changes.at, by_whom(acting), note))
        return _put_in_place(changes, acting, old, new, "pbx.published", "publish", note)

    return store_.once(command_id, ("publish", customer, note, base_revision), clock(), work)


def roll_back(store_: Store, clock: Clock, acting: Acting, *, revision: int, command_id: str) -> Reply:
    """What was published in an earlier revision holds again; lines and the night mode stay as they are.
    Conflict while there is a draft, or when that version no longer fits with what stays; NotFound."""
    customer = customer_of(acting)

    def work(changes: Changes) -> Reply:
        old, version = changes.settings(customer), changes.version(customer, revision)
        if version is None:
            raise NotFound()
        mixed = _with_todays_users(settings.rolled_back(old, version), old.published)
        config = put_together(mixed, version, old.published)
        note = _("Teruggezet naar versie %(revision)s", revision=revision)
        new = settings.published(old, config, Publication(changes.at, by_whom(acting), note))
        return _put_in_place(changes, acting, old, new, "pbx.rolled_back", "roll_back", note)

    return store_.once(command_id, ("roll_back", customer, revision), clock(), work)


def discard(
    store_: Store, clock: Clock, acting: Acting, *, command_id: str, base_revision: int | None = None
) -> Reply:
    """The draft goes. Conflict when there is none, or when something changed since ``base_revision``."""
    customer = customer_of(acting)

    def work(changes: Changes) -> Reply:
        old = changes.settings(customer)
        if old.draft is None:
            raise Conflict(_("Er zijn geen wijzigingen om te verwerpen."))
        if _changed_since(old, base_revision):
            raise Conflict(_("Er is intussen iets gewijzigd. Bekijk het concept opnieuw en verwerp het dan."))
        new = settings.discarded(old)
        told = {"changes": changes_between(old.published, old.draft)}
        changes.record(acting, customer, "pbx.draft_discarded", _SUBJECT, before=told)
        changes.save_settings(old, new)
        return {"revision": new.revision}

    return store_.once(command_id, ("discard", customer, base_revision), clock(), work)


def _changed_since(settings: Settings, base: int | None) -> bool:
    """Whether anything is another than who decides has seen: also what acts at once is part of what callers
    meet."""
    return base is not None and settings.revision != base


def _put_in_place(
    changes: Changes, acting: Acting, old: Settings, new: Settings, action: str, kind: str, note: str
) -> Reply:
    """Publish ``new`` if it can work; numbers in it are held, so that none is taken away meanwhile."""
    config = new.published
    changes.hold(sorted({e.number for e in config.elements() if e.number}))
    refuse_broken(changes, new.customer_id, config)
    told = {"changes": changes_between(old.published, config)}
    changes.record(acting, new.customer_id, action, _SUBJECT, after=told, reason=note)
    store(changes, acting, old, new, kind)
    held = with_held(config, changes.numbers_held(new.customer_id))  # as calls are planned
    return {"revision": new.revision, "broken": broken(held, new.test_calls)}


def refuse_broken(changes: Changes, customer_id: str, config: Config) -> None:
    """Raise Conflict, with all that is wrong in its details, unless the configuration can work."""
    owned = changes.numbers_held(customer_id)
    wrong = [problem for problem in problems(config, owned) if problem.blocking]
    errors = [found for found in check(config, owned, changes.at) if found.severity == ERROR]
    missing = _missing_files(config, changes.sound_ids(customer_id))
    if wrong or errors or missing:
        sentences = [*(p.sentence for p in wrong), *(f.sentence for f in errors), *missing]
        raise Conflict(
            _("Dit kan zo niet worden gepubliceerd: %(first)s", first=sentences[0]),
            problems=full(wrong),
            findings=full(errors),
            sentences=list(dict.fromkeys(sentences)),
        )


def _missing_files(config: Config, known: Iterable[str]) -> list[str]:
    """Sounds that were removed after the version was made."""
    used = {file_id for element in config.elements() for _path, file_id in demands.files_in(element)}
    used |= {config.music} if config.music else set()
    return [_("Een geluid dat wordt gebruikt bestaat niet meer.")] if used - set(known) else []


def _with_todays_users(version: Config, now: Config) -> Config:
    """Places are paid: users that came later stay, as they are now, and users that have gone stay away. So
    does whose telephone is whose, which is in no draft."""
    known = {user.id: user for user in version.users}
    users = (structs.replace(known.get(user.id, user), device=user.device) for user in now.users)
    return structs.replace(version, users=tuple(users))


def broken(config: Config, tests: Iterable[test_calls.TestCall]) -> list[dict[str, Any]]:
    """The saved test calls that do not reach what they should."""
    return [{"id": t.id, "name": t.name} for t in tests if not test_calls.holds(config, t)]


def effective(store_: Store, customer_id: str, which: Which) -> tuple[Settings, Config]:
    """The settings, and one of their configurations as it holds with what a suspicion of fraud blocks."""
    found = store_.settings(customer_id)
    classes = frozenset(block.call_class for block in store_.fraud_blocks(customer_id))
    return found, with_blocks(found.config(which), fields_of(classes))


def fields_of(call_classes: Iterable[str]) -> frozenset[str]:
    """Classes as cdr names them (international, 0900, …) as fields of OutgoingBlocks."""
    return frozenset(name if name.isalpha() else f"service_{name}" for name in call_classes)
