"""The one form of a page of Telefooncentrale, sent as a browser sends it."""

from __future__ import annotations

from typing import Any

from tests.gateway.browser import Browser, Page

BUTTONS = ("vrije-extensie", "omhoog", "omlaag", "erbij", "weg", "zoek")


def filled(page: Page) -> dict[str, Any]:
    """What a browser would send of the page's form when nothing is changed."""
    found: dict[str, Any] = {}
    select = ""
    for element in page.elements:
        name, kind = element.attrs.get("name", ""), element.attrs.get("type", "")
        if element.tag == "select":
            select = name
        elif element.tag == "option" and "selected" in element.attrs:
            found[select] = element.attrs["value"]
        elif element.tag == "input" and kind in ("checkbox", "radio"):
            if "checked" in element.attrs:
                found[name] = element.attrs["value"]
        elif element.tag == "input" and kind != "file":
            found[name] = element.attrs.get("value", "")
    return {name: value for name, value in found.items() if name not in ("csrf_token", *BUTTONS)}


def sent(browser: Browser, address: str, status: Any = 303, **changed: Any) -> Page:
    """Open the page, change some fields (by their names with _ for -; None leaves one out), and send it.
    The page that answers, or the one it leads to."""
    form = filled(browser.page(address)) | {name.replace("_", "-"): v for name, v in changed.items()}
    answer = browser.post(address, {name: value for name, value in form.items() if value is not None})
    assert answer.status_code == status, answer.text
    return Page(answer.text) if status != 303 else browser.page(answer.headers["Location"])
