"""Where a call goes: pure, so that the same question always has the same answer."""

from services.pbx.domain.routing.engine import plan
from services.pbx.domain.routing.values import Call, Plan, State

__all__ = ["Call", "Plan", "State", "plan"]
