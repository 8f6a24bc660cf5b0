"""In which language and colours somebody sees the portal: kept with the user, in every browser the same."""

from __future__ import annotations

from services.identity.domain import users
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock, who_acts
from services.identity.usecases.recording import record_user
from shared.acting import Acting


def set_preferences(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    language: str | None,
    theme: str | None,
    command_id: str,
) -> Reply:
    """Change what is not None; no session ends. Staff who look along change their own, not a customer's."""

    def work(changes: Changes) -> Reply:
        user = who_acts(changes.user_by_id(acting.user_id or ""))
        after = users.with_preferences(user, language, theme)
        if after != user:
            changes.save_user(after)
            record_user(changes, acting, "preferences_changed", user, after)
        return {}

    request = ("set_preferences", language, theme)
    return store.once(f"{acting.user_id}:{command_id}", request, clock(), work)
