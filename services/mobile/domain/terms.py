"""What a customer has agreed on: other volumes, other prices above the bundle, other costs of a SIM block.

Terms hold from the start of a month on, until others do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.mobile.domain.months import bounds
from services.mobile.domain.products import BLOCK_COST, UNBLOCK_COST, Bundle


@dataclass(frozen=True)
class Deviation:
    """Of one bundle: ``volume`` per subscription (bytes, seconds, messages) and ``rate`` (euro per unit above
    it); None: as the product has it."""

    volume: int | None = None
    rate: str | None = None

    def of(self, bundle: Bundle) -> Bundle:
        volume = bundle.volume if self.volume is None else self.volume
        return replace(bundle, volume=volume, rate=bundle.rate if self.rate is None else self.rate)


@dataclass(frozen=True)
class Step:
    """Terms from a month on; ``bundles`` by the codes of :func:`products.bundle_codes`."""

    month: str
    bundles: Mapping[str, Deviation]
    block_cost: str | None = None
    unblock_cost: str | None = None

    @property
    def start(self) -> datetime:
        return bounds(self.month)[0]


@dataclass(frozen=True)
class Terms:
    """All of a customer's, oldest first, with one step per month at most."""

    steps: tuple[Step, ...] = ()

    def at(self, moment: datetime) -> Step | None:
        begun = [step for step in self.steps if step.start <= moment]
        return begun[-1] if begun else None

    def bundle(self, code: str, bundle: Bundle, moment: datetime) -> Bundle:
        """The bundle as it is for this customer then."""
        step = self.at(moment)
        deviation = step.bundles.get(code) if step else None
        return deviation.of(bundle) if deviation else bundle

    def sim_cost(self, block: bool, moment: datetime) -> str:
        """What blocking the SIM card, or ending that, costs: euro ex VAT."""
        step = self.at(moment)
        agreed = (step.block_cost if block else step.unblock_cost) if step else None
        return agreed if agreed is not None else (BLOCK_COST if block else UNBLOCK_COST)


def with_step(terms: Terms, step: Step) -> Terms:
    """The terms with a step more, or with this one instead of that of the same month."""
    return Terms(tuple(sorted((*_but(terms.steps, step.month), step), key=lambda each: each.month)))


def _but(steps: Iterable[Step], month: str) -> Iterable[Step]:
    return (step for step in steps if step.month != month)
