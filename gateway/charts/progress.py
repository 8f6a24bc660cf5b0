"""How far long work is."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from gateway.charts.svg import element, percent
from gateway.formatters import number, wait
from gateway.words import gettext as _


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` (None while that is not known yet), ``seconds`` since it began."""

    done: int
    total: int | None
    seconds: int = 0

    @property
    def counts(self) -> str:
        """``412 van 1.180``."""
        if self.total is None:
            return number(self.done)
        return _("%(done)s van %(total)s", done=number(self.done), total=number(self.total))

    @property
    def left(self) -> str:
        """``nog ongeveer 3 minuten``; nothing before there is a ground for it."""
        if not self.total or self.done <= 0 or self.seconds <= 0 or self.done >= self.total:
            return ""
        seconds = -(-self.seconds * (self.total - self.done) // self.done)
        return _("nog ongeveer %(time)s", time=wait(seconds))

    @property
    def percentage(self) -> int:
        """Whole percents, never 100 before the end."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    def bar(self) -> Markup:
        """The bar alone: the element around it has the role progressbar and the values."""
        track = element("rect", class_="tk-track", width="100%", height=8, rx=4)
        fill = element("rect", class_="tk-fill", width=percent(self.percentage, 100), height=8, rx=4)
        return element(
            "svg", track, fill, class_="tk-progress-bar", width="100%", height=8, aria_hidden="true"
        )
