"""Something else happens at a chosen operation of the database in memory."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.pbx.edge_scene import Scene


def once_at(scene: Scene, name: str, act: Callable[[], object]) -> None:
    """Before the next operation of this name ``act`` runs, whole, and nothing else does; then never again."""

    def step(now: str) -> None:
        if now == name:
            scene.trouble = lambda _: None
            act()

    scene.trouble = step
