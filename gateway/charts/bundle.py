"""Use of a bundle: yellow inside, red above, and the manual's words beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

from gateway.charts.svg import element, percent
from gateway.formatters import number
from gateway.words import gettext as _

HIGH, LOW = 12, 6
"""Heights in pixels: among totals, and in a row of a table."""


@dataclass(frozen=True)
class Bundle:
    """``used`` and ``size`` are rounded for display, in ``unit`` (MB, Min, sms); no size is unlimited.

    ``used_up``: whether what the use draws from is used up, by what was used exactly: less than half a unit
    above costs money as well. A subscription above its share of a group stays yellow until the group's
    bundle is used up; left out, its own size decides.
    """

    used: Decimal | int
    size: Decimal | int | None
    unit: str
    used_up: bool | None = None

    @property
    def over(self) -> bool:
        """Whether the bar is red."""
        if self.size is None:
            return False
        return self.used > self.size if self.used_up is None else self.used_up

    @property
    def figures(self) -> str:
        """``1.003 van 1.000 MB``; for a row, whose head has the unit, see ``short``."""
        return f"{self.short} {self.unit}"

    @property
    def short(self) -> str:
        """``966 van 500``."""
        if self.size is None:
            return _("%(used)s, onbeperkt", used=number(self.used))
        return _("%(used)s van %(size)s", used=number(self.used), size=number(self.size))

    @property
    def rest(self) -> str:
        """``3 MB boven bundel``, ``261 Min over``, or what comes out of the group's bundle."""
        if self.size is None:
            return ""
        left = number(abs(Decimal(self.size) - self.used))
        if self.over and self.used <= self.size:
            return _("minder dan 1 %(unit)s boven bundel", unit=self.unit)
        if self.over:
            return _("%(left)s %(unit)s boven bundel", left=left, unit=self.unit)
        if self.used > self.size:
            return _("%(left)s %(unit)s uit de groepsbundel", left=left, unit=self.unit)
        return _("%(left)s %(unit)s over", left=left, unit=self.unit)

    @property
    def above(self) -> str:
        """``466 boven``, beside ``short``."""
        if not self.over or self.size is None:
            return ""
        if self.used <= self.size:
            return _("minder dan 1 boven")
        return _("%(left)s boven", left=number(self.used - self.size))

    @property
    def words(self) -> str:
        """Exactly as in the manual: ``1.003 van 1.000 MB (3 MB boven bundel)``."""
        if self.size is None:
            return _("%(used)s %(unit)s, onbeperkt", used=number(self.used), unit=self.unit)
        return f"{self.figures} ({self.rest})"

    @property
    def marked(self) -> Markup:
        """``words`` with what was used in bold, and in the colour of an excess what is above the bundle."""
        if self.size is None:
            return escape(self.words)
        rest = Markup('<strong class="tk-over">(%s)</strong>' if self.over else "(%s)") % self.rest
        return Markup("%s %s %s") % (self.marked_short, self.unit, rest)

    @property
    def marked_short(self) -> Markup:
        """``short`` with what was used in bold."""
        used = Markup('<b class="tk-used">%s</b>') % number(self.used)
        if self.size is None:
            return Markup(_("%(used)s, onbeperkt", used=used))
        return Markup(_("%(used)s van %(size)s", used=used, size=number(self.size)))

    @property
    def state(self) -> str:
        """The badge: *boven bundel* or *binnen bundel*."""
        return _("boven bundel") if self.over else _("binnen bundel")

    def bar(self, height: int = HIGH) -> Markup:
        """The bar; its words are always beside it, so it is hidden from who hears the page."""
        kind = "tk-bundle-over" if self.over else "tk-bundle-inside"
        inside = [element("rect", class_="tk-track", width="100%", height=height, rx=height // 2)]
        if self.size is not None and self.used > 0:
            inside.append(self._filled(height))
        # Half a pixel in, so that the line is sharp; the width leaves as much at the right.
        inside.append(element("rect", class_="tk-outline", width="100%", height=height, rx=height // 2))
        return element(
            "svg", *inside, class_=f"tk-bundle {kind}", width="100%", height=height, aria_hidden="true"
        )

    def _filled(self, height: int) -> Markup:
        width = "100%" if self.size == 0 else percent(min(self.used, self.size or 0), self.size or 1)
        fill = element("rect", class_="tk-fill", width=width, height=height, rx=height // 2)
        if self.over or self.size is None or self.used >= self.size:
            return fill
        return fill + element("rect", class_="tk-end", x=width, width=3, height=height)
