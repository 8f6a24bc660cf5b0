"""Who may see what: deny by default, and a matrix of every route, method and role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway.access import NEEDS_MOBILE_ACCESS, ROLE_NAMES, customers
from gateway.last_known import LastKnown
from gateway.sight import Sight
from tests.gateway import (
    billing,
    builders,
    companies,
    handsets,
    number_plans,
    people,
    plans,
    rates,
    spending,
    staff_telephony,
    subscriptions,
    telephony,
    tokens,
)
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc, MemorySessions

ANYONE, CUSTOMER = "anyone", "customer"
MANAGER, SETTINGS, INVOICES = "user_management", "settings", "invoices"
MOBILE, MOBILE_LIMITS = "mobile_access", "mobile_limits"
MOBILE_BLOCKS, MOBILE_SIM = "mobile_blocks", "mobile_sim_block"
"""A rule that is a role's name: a customer's user with that role."""
MEMBER, PERSONAL = "member", "personal"
"""Everybody who is signed in; personal: but for staff who look along."""
STAFF, CONSOLE = "staff", "console"
"""The operator's people; those of partners too."""

# A new route without a line here fails: who may see it is a decision.
ROUTES = {
    ("assets.file", "GET"): ANYONE,
    ("health.livez", "GET"): ANYONE,
    ("health.readyz", "GET"): ANYONE,
    ("login.form", "GET"): ANYONE,
    ("login.submit", "POST"): ANYONE,
    ("login.leave", "POST"): ANYONE,
    ("home.first_page", "GET"): MEMBER,
    ("preferences.appearance", "POST"): MEMBER,
    ("preferences.language", "POST"): ANYONE,
    ("style.show", "GET"): ANYONE,
    ("help.index", "GET"): ANYONE,
    ("help.show", "GET"): ANYONE,
    ("overview.show", "GET"): CUSTOMER,
    ("exports.listing", "GET"): CUSTOMER,
    ("exports.ask", "GET"): CUSTOMER,
    ("exports.start", "POST"): CUSTOMER,
    ("exports.by_mail", "GET"): CUSTOMER,
    ("exports.show", "GET"): CUSTOMER,
    ("exports.file", "GET"): CUSTOMER,
    ("exports.stop", "POST"): CUSTOMER,
    ("settings.show", "GET"): SETTINGS,
    ("settings.set_limit", "POST"): SETTINGS,
    ("settings.set_watch", "POST"): SETTINGS,
    ("settings.lift", "POST"): SETTINGS,
    ("home.go", "GET"): MEMBER,
    ("beheer_devices.listing", "GET"): CONSOLE,
    ("mobile.listing", "GET"): MOBILE,
    ("mobile.download", "GET"): MOBILE,
    ("mobile.show", "GET"): MOBILE,
    ("mobile.change_label", "POST"): MOBILE,
    ("mobile.show_puk", "POST"): MOBILE,
    ("mobile.set_limit", "POST"): MOBILE_LIMITS,
    ("mobile.default_limit", "POST"): MOBILE_LIMITS,
    ("mobile.limits", "GET"): MOBILE_LIMITS,
    ("mobile.set_limit_of", "POST"): MOBILE_LIMITS,
    ("mobile.default_limit_of", "POST"): MOBILE_LIMITS,
    ("mobile.blocks", "GET"): MOBILE_BLOCKS,
    ("mobile.ask_sim", "GET"): MOBILE_SIM,
    ("mobile.order_sim", "POST"): MOBILE_SIM,
    **{
        (f"phone.{view}", method): SETTINGS
        for view, method in (
            *(("general", "GET"), ("set_general", "POST"), ("extra", "GET")),
            *(("new_block", "GET"), ("add_block", "POST"), ("block", "GET"), ("set_block", "POST")),
            *(("remove_block", "POST"), ("calls", "GET"), ("call", "GET")),
            *(("choose_device", "GET"), ("give_device", "POST")),
            *(("new_device", "GET"), ("create_device", "POST")),
            *(("device", "GET"), ("change_device", "POST"), ("show_passwords", "POST")),
            *(("free_device", "POST"), ("ask_remove_device", "GET"), ("remove_device", "POST")),
        )
    },
    **{
        (f"phone.{before}{view}", method): SETTINGS
        for view in ("account", "voicemail", "forwards", "blocks", "simring")
        for before, method in (("", "GET"), ("set_", "POST"))
    },
    **{
        (f"{area}.{view}", method): SETTINGS
        for area in ("phone", "pbx")
        for view, method in (
            *(("schedules", "GET"), ("new_schedule", "GET"), ("add_schedule", "POST")),
            *(("schedule", "GET"), ("set_schedule", "POST")),
            *(("ask_remove_schedule", "GET"), ("remove_schedule", "POST")),
        )
    },
    **{
        (f"pbx.{view}", method): SETTINGS
        for view, method in (
            *(("display", "GET"), ("set_display", "POST"), ("outgoing", "GET"), ("set_outgoing", "POST")),
            *(("night", "GET"), ("set_night", "POST"), ("set_night_hours", "POST")),
            *(("music", "GET"), ("set_music", "POST"), ("add_music", "POST"), ("remove_music", "POST")),
            *(("listen", "GET"), ("ask_discard", "GET"), ("discard", "POST")),
            *(("users", "GET"), ("user", "GET"), ("change_user", "POST")),
            *(("user_secret", "GET"), ("set_user_secret", "POST")),
            *(("choose_device", "GET"), ("give_device", "POST")),
            *(("new_device", "GET"), ("create_device", "POST")),
            *(("device", "GET"), ("change_device", "POST"), ("show_passwords", "POST")),
            *(("free_device", "POST"), ("ask_remove_device", "GET"), ("remove_device", "POST")),
            *(("groups", "GET"), ("new_group", "GET"), ("add_group", "POST")),
            *(("group", "GET"), ("change_group", "POST")),
            *(("members", "GET"), ("change_members", "POST")),
            *(("ask_remove_group", "GET"), ("remove_group", "POST")),
            *(("menus", "GET"), ("new_menu", "GET"), ("add_menu", "POST")),
            *(("menu", "GET"), ("change_menu", "POST")),
            *(("menu_side", "GET"), ("change_menu_side", "POST")),
            *(("ask_remove_menu", "GET"), ("remove_menu", "POST")),
            *(("check", "GET"), ("publish", "POST"), ("history", "GET")),
            *(("ask_roll_back", "GET"), ("roll_back", "POST")),
            *(("simulator", "GET"), ("plan", "GET"), ("checklist", "GET"), ("who_rings", "GET")),
            *(("saved_tests", "GET"), ("save_test", "POST"), ("remove_test", "POST")),
            *(("calls", "GET"), ("call", "GET")),
        )
    },
    ("usage.area", "GET"): CUSTOMER,
    ("usage.totals", "GET"): CUSTOMER,
    ("usage.details", "GET"): CUSTOMER,
    ("usage.download", "GET"): CUSTOMER,
    ("usage.counting", "GET"): CUSTOMER,
    ("password.forgotten", "GET"): ANYONE,
    ("password.ask", "POST"): ANYONE,
    ("password.asked", "GET"): ANYONE,
    ("password.by_link", "GET"): ANYONE,
    ("password.choose", "POST"): ANYONE,
    ("people.listing", "GET"): MANAGER,
    ("people.new", "GET"): MANAGER,
    ("people.register", "POST"): MANAGER,
    ("people.block", "POST"): MANAGER,
    ("people.welcome", "POST"): MANAGER,
    ("people.confirm", "GET"): MANAGER,
    ("people.delete", "POST"): MANAGER,
    ("person.show", "GET"): MANAGER,
    ("person.change", "POST"): MANAGER,
    ("audit.listing", "GET"): MANAGER,
    ("audit.download", "GET"): MANAGER,
    ("own.show", "GET"): PERSONAL,
    ("programs.show", "GET"): PERSONAL,
    ("programs.create", "POST"): PERSONAL,
    ("programs.ask_revoke", "GET"): PERSONAL,
    ("programs.revoke", "POST"): PERSONAL,
    ("api.openapi", "GET"): ANYONE,
    ("api.show", "GET"): ANYONE,
    ("own.change", "POST"): PERSONAL,
    ("login_code.form", "GET"): ANYONE,
    ("login_code.submit", "POST"): ANYONE,
    ("second_step.show", "GET"): PERSONAL,
    ("second_step.begin", "POST"): PERSONAL,
    ("second_step.confirm", "POST"): PERSONAL,
    ("second_step.renew", "POST"): PERSONAL,
    ("second_step.end", "POST"): PERSONAL,
    **{
        (f"{area}people.{view}", method): rule
        for area, rule in (("", MANAGER), ("beheer_", CONSOLE))
        for view, method in (("duty", "POST"), ("confirm_reset", "GET"), ("reset", "POST"))
    },
    **{
        (f"beheer_{endpoint}", method): CONSOLE
        for endpoint, method in (
            *(("people.listing", "GET"), ("people.new", "GET"), ("people.register", "POST")),
            *(("people.block", "POST"), ("people.welcome", "POST")),
            *(("people.confirm", "GET"), ("people.delete", "POST")),
            *(("person.show", "GET"), ("person.change", "POST")),
        )
    },
    ("beheer.front_door", "GET"): CONSOLE,
    ("beheer.colleagues", "GET"): CONSOLE,
    **{
        (f"beheer_{area}.{view}", method): rule
        for area, rule in (("customers", CONSOLE), ("partners", STAFF))
        for view, method in (
            *(("listing", "GET"), ("new", "GET"), ("create", "POST")),
            *(("show", "GET"), ("edit", "GET"), ("change", "POST")),
        )
    },
    ("beheer_audit.listing", "GET"): CONSOLE,
    ("beheer_audit.download", "GET"): CONSOLE,
    ("beheer_jobs.listing", "GET"): STAFF,
    ("beheer_mails.listing", "GET"): CONSOLE,
    ("beheer_mails.retry", "POST"): CONSOLE,
    ("beheer_undelivered.listing", "GET"): STAFF,
    ("beheer_undelivered.retry", "POST"): STAFF,
    ("beheer_viewing.ask", "GET"): CONSOLE,
    ("beheer_viewing.begin", "POST"): CONSOLE,
    ("beheer_viewing.stop", "POST"): MEMBER,
    ("beheer_rerating.listing", "GET"): STAFF,
    ("beheer_rerating.start", "POST"): STAFF,
    ("beheer_rerating.show", "GET"): STAFF,
    ("beheer_rerating.book", "POST"): STAFF,
    ("beheer_rerating.stop", "POST"): STAFF,
    ("beheer_quarantine.listing", "GET"): STAFF,
    ("beheer_quarantine.show", "GET"): STAFF,
    ("beheer_quarantine.replay", "POST"): STAFF,
    ("beheer_quarantine.discard", "POST"): STAFF,
    ("beheer_quarantine.replayed", "GET"): STAFF,
    **{
        (f"beheer_plans.{view}", "GET"): STAFF
        for view in ("listing", "template", "version", "download", "compare", "compare_download", "plan")
    },
    ("beheer_plans.give", "POST"): STAFF,
    ("beheer_plans.make_standard", "POST"): STAFF,
    ("beheer_plan_imports.ask", "GET"): STAFF,
    ("beheer_plan_imports.upload", "POST"): STAFF,
    ("beheer_plan_imports.show", "GET"): STAFF,
    ("beheer_plan_imports.change", "POST"): STAFF,
    ("beheer_plan_imports.save", "POST"): STAFF,
    ("beheer_plan_imports.drop", "POST"): STAFF,
    **{(f"beheer_numbers.{view}", "GET"): STAFF for view in ("listing", "find", "show", "choose")},
    ("beheer_numbers.add", "POST"): STAFF,
    ("beheer_mobile.listing", "GET"): CONSOLE,
    ("beheer_mobile.new", "GET"): STAFF,
    ("beheer_mobile.add", "POST"): STAFF,
    ("beheer_mobile.terms", "GET"): STAFF,
    ("beheer_mobile.set_terms", "POST"): STAFF,
    ("beheer_mobile_subscription.show", "GET"): CONSOLE,
    ("beheer_mobile_subscription.change", "POST"): CONSOLE,
    ("beheer_mobile_setup.show", "GET"): CONSOLE,
    ("beheer_mobile_setup.defaults", "GET"): CONSOLE,
    ("beheer_mobile_setup.set_defaults", "POST"): CONSOLE,
    ("beheer_customer_numbers.show", "GET"): CONSOLE,
    ("beheer_customer_numbers.assign", "POST"): STAFF,
    ("beheer_customer_numbers.ask_end", "GET"): STAFF,
    ("beheer_customer_numbers.end", "POST"): STAFF,
    **{
        (f"beheer_telephony.{view}", method): CONSOLE
        for view, method in (
            *(("show", "GET"), ("ask_pbx", "GET"), ("set_pbx", "POST")),
            *(("new_user", "GET"), ("add_user", "POST"), ("ask_remove", "GET"), ("remove", "POST")),
            *(("new_line", "GET"), ("add_line", "POST"), ("line", "GET"), ("change_line", "POST")),
        )
    },
    ("beheer_telephony.ask_abroad", "GET"): STAFF,
    ("beheer_telephony.set_abroad", "POST"): STAFF,
    ("beheer_plan_customers.show", "GET"): CONSOLE,
    ("beheer_plan_customers.assign", "POST"): STAFF,
    ("beheer_prices.calls", "GET"): CONSOLE,
    ("invoices.listing", "GET"): INVOICES,
    ("invoices.file", "GET"): INVOICES,
    **{(f"beheer_invoices.{view}", "GET"): CONSOLE for view in ("listing", "show", "file")},
    **{(f"beheer_invoices.{view}", "POST"): STAFF for view in ("credit", "paid", "unpaid", "resend")},
    **{(f"beheer_invoice_runs.{view}", "GET"): STAFF for view in ("listing", "show", "batch")},
    **{(f"beheer_invoice_runs.{view}", "POST"): STAFF for view in ("start", "make", "stop", "collect")},
    **{(f"beheer_billing.{view}", "GET"): CONSOLE for view in ("show", "charges", "preview")},
    **{(f"beheer_billing.{view}", "POST"): STAFF for view in ("save", "add_charge", "end_charge")},
    **{
        (f"beheer_billing_setup.{view}", method): STAFF
        for view, method in (
            *(("products", "GET"), ("save_product", "POST"), ("issuers", "GET")),
            *(("new_issuer", "GET"), ("add_issuer", "POST"), ("issuer", "GET"), ("change_issuer", "POST")),
        )
    },
    ("beheer_prices.explain", "GET"): CONSOLE,
}
UNDECIDED = "without a line"
NOBODY = "nobody"
PEOPLE = [NOBODY, "without a role", *ROLE_NAMES, "every role", "a partner", "the operator", "looking along"]
ADDRESSES = {
    "beheer_mails.retry": f"/beheer/berichten/{companies.MAIL}/opnieuw",
    "beheer_undelivered.retry": "/beheer/onbezorgd/cdr",
    "beheer_quarantine.show": f"/beheer/quarantaine/geval?{rates.QUERY}",
    "beheer_quarantine.replay": f"/beheer/quarantaine/geval/opnieuw?{rates.QUERY}",
    "beheer_quarantine.discard": f"/beheer/quarantaine/geval/terzijde?{rates.QUERY}",
    "beheer_prices.explain": f"/beheer/waarom?rij={rates.ROW}",
    "beheer_plans.version": f"/beheer/tarieven/versie?versie={plans.NOW_VERSION}",
    "beheer_plans.download": f"/beheer/tarieven/versie.csv?versie={plans.NOW_VERSION}",
    "beheer_plans.compare_download": (
        f"/beheer/tarieven/vergelijk.csv?voor={plans.OLD_VERSION}&na_versie={plans.NOW_VERSION}"
    ),
    "beheer_plans.plan": "/beheer/tarieven/plan?plan=default",
    "beheer_plans.give": "/beheer/tarieven/plan/klant?plan=default",
    "beheer_plans.make_standard": "/beheer/tarieven/plan/standaard?plan=default",
    "mobile.set_limit_of": f"/mobiel/{subscriptions.FIRST}/limieten/total",
    "mobile.default_limit_of": f"/mobiel/{subscriptions.FIRST}/limieten/total/default",
    "pbx.ask_roll_back": f"/telefooncentrale/geschiedenis/{telephony.REVISION}/terug",
    "pbx.roll_back": f"/telefooncentrale/geschiedenis/{telephony.REVISION}/terug",
    "pbx.new_device": f"/telefooncentrale/gebruikers/{telephony.JAN}/toestel/nieuw?model=snom-d785",
    "pbx.create_device": f"/telefooncentrale/gebruikers/{telephony.JAN}/toestel/nieuw?model=snom-d785",
    "phone.new_device": f"/telefoon/{telephony.LINE}/toestel/nieuw?model=snom-d785",
    "phone.create_device": f"/telefoon/{telephony.LINE}/toestel/nieuw?model=snom-d785",
    **{
        f"phone.{view}": f"/telefoon/toestellen/{handsets.LINE_DEVICE}{end}"
        for view, end in (
            *(("device", ""), ("change_device", ""), ("show_passwords", "/wachtwoorden")),
            *(("free_device", "/los"), ("ask_remove_device", "/verwijder"), ("remove_device", "/verwijder")),
        )
    },
    "assets.file": "/static/x/tikker.css",
    "help.show": "/hulp/inloggen",
}
OURS, FOREIGN, MISSING = people.PIET, people.FOREIGN, people.MISSING
KNOWN_IDS = {
    "user_id": people.PIET,
    "customer_id": companies.OURS,
    "job_id": spending.EXPORT,
    "draft_id": plans.DRAFT,
    "alert_id": spending.ALERT,
    "line_id": telephony.LINE,
    "rule_id": telephony.RULE,
    "schedule_id": telephony.HOURS,
    "file_id": telephony.MUSIC,
    "pbx_user_id": telephony.JAN,
    "group_id": telephony.SALES,
    "menu_id": telephony.MENU,
    "subscription_id": subscriptions.FIRST,
    "partner_id": companies.PARTNER,
    "invoice_id": billing.INVOICE,
    "run_id": billing.RUN,
    "charge_id": billing.CHARGE,
    "issuer_id": billing.ISSUER,
    "batch_id": billing.BATCH,
    "device_id": handsets.DEVICE,
    "test_id": number_plans.TEST,
    "range_id": staff_telephony.RANGE,
    "assignment_id": staff_telephony.ASSIGNMENT,
    "element_id": telephony.JAN,
    "token_id": tokens.TOKEN,
}
"""What stands in an address in the place of each kind of ID: one that may be seen."""
FORM = {
    "weergave": "dark",
    "taal": "nl",
    "onderdeel": "gegevens",
    "email": "p@bakkerij.example",
    "geblokkeerd": "1",
    "wachtrij": "cdr.on_changed",
    "tot": "22-11-2027",
    "naam": "Boekhouding",
}
"""What every POST is sent along: enough for some routes; others answer that fields are missing."""


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and address of every page; test_api_access.py visits the addresses of programs."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api_"):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, ADDRESSES.get(rule.endpoint, filled_in(rule.rule))


@dataclass(frozen=True)
class Somebody:
    """Who visits. Each request finds all as it was just after login, whatever the one before did."""

    app: Flask
    cookie: str
    token: str
    store: MemorySessions
    stored: dict[str, tuple[bytes, datetime]]

    def ask(self, method: str, address: str) -> TestResponse:
        self.store.kept = dict(self.stored)
        parts = self.app.extensions["tikker"]
        self.app.extensions["tikker"] = replace(parts, sight=Sight(), last_known=LastKnown())
        client = self.app.test_client()
        client.set_cookie("tikker", self.cookie)
        if method == "GET":
            return client.get(address, buffered=True)
        return client.post(address, data={"csrf_token": self.token, **FORM}, buffered=True)


@pytest.fixture
def somebody(app: Flask, visitor: Browser, rpc: FakeRpc, sessions: MemorySessions, who: str) -> Somebody:
    if who != NOBODY:
        log_in_as(visitor, rpc, who)
    token = csrf_token(visitor.get("/bestaat-niet" if who != NOBODY else "/inloggen"))
    cookie = visitor.cookie()
    assert cookie
    return Somebody(app, cookie, token, sessions, dict(sessions.kept))


def csrf_token(answer: TestResponse) -> str:
    """Every page has one for who is signed in, if only in the user menu; also the one of an error."""
    return Page(answer.text).all("input", name="csrf_token")[0].attrs["value"]


def log_in_as(visitor: Browser, rpc: FakeRpc, who: str) -> None:
    roles = list(ROLE_NAMES) if who == "every role" else [who] if who in ROLE_NAMES else []
    scope = {"a partner": "partner", "the operator": "operator", "looking along": "operator"}.get(who)
    account = companies.staff(scope) if scope else builders.account(roles=roles)
    rpc.answers["identity", "login"] = {"ok": True, **account}
    rpc.answers["identity", "account"] = account | {"user": account["user"] | people.OWN_DETAILS}
    visitor.log_in()
    if who == "looking along":
        begun = visitor.post(f"/beheer/klanten/{companies.OURS}/meekijken", {"reden": "vraag"})
        assert begun.status_code == 303


def may(who: str, rule: str) -> bool:
    """Whether this person gets to see a route with this rule."""
    if who == NOBODY or rule == ANYONE:
        return rule == ANYONE
    if who == "the operator":
        return rule in (STAFF, CONSOLE, MEMBER, PERSONAL)
    if who == "a partner":
        return rule in (CONSOLE, MEMBER, PERSONAL)
    if who == "looking along":
        return rule in (CUSTOMER, MEMBER, *ROLE_NAMES)
    if rule in NEEDS_MOBILE_ACCESS:
        return who == "every role"  # with one role alone, Toegang mobiel lacks
    return rule in (CUSTOMER, MEMBER, PERSONAL, who) or rule in ROLE_NAMES and who == "every role"


def test_every_route_is_in_the_table_and_declares_who_may_see_it(app: Flask) -> None:
    found = {(endpoint, method) for endpoint, method, _ in routes(app)}
    assert found == set(ROUTES)
    undeclared = [e for e, _ in found if getattr(app.view_functions[e], "access_rule", None) is None]
    assert undeclared == []


@pytest.mark.feature("ID-03")
@pytest.mark.parametrize("who", PEOPLE)
def test_matrix(somebody: Somebody, rpc: FakeRpc, who: str) -> None:
    wrong = {}
    for endpoint, method, address in routes(somebody.app):
        before = len(rpc.asked)
        answer = somebody.ask(method, address)
        asked = {call.method for call in rpc.asked[before:]}
        rule = ROUTES.get((endpoint, method), UNDECIDED)
        if not as_it_should(who, rule, answer, asked):
            wrong[f"{method} {endpoint} ({rule})"] = f"{answer.status} after asking {sorted(asked)}"
    assert wrong == {}


def as_it_should(who: str, rule: str, answer: TestResponse, asked: set[str]) -> bool:
    """Whether this person gets what belongs to a route with this rule."""
    if rule == ANYONE:
        return answer.status_code not in (403, 404, 405, 500)
    if who == NOBODY:
        return answer.status_code == 303 and "/inloggen" in answer.location and not asked
    if may(who, rule):
        return answer.status_code in (200, 303, 422)
    about_who_asks = {"account", "role_givers"} | ({"customer"} if who == "looking along" else set())
    return answer.status_code == 403 and asked <= about_who_asks


@pytest.mark.feature("ID-04", "ID-12")
@pytest.mark.parametrize("who", ["every role", "a partner", "the operator"])
def test_what_is_anothers_looks_like_what_does_not_exist(somebody: Somebody, who: str) -> None:
    """For every ID in every address: that of somebody else's thing and one of nothing are answered alike."""
    checked, wrong = 0, {}
    for rule in somebody.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if not may(who, ROUTES.get((rule.endpoint, method), UNDECIDED)):
                continue
            for name in re.findall(r"<id:(\w+)>", rule.rule):
                foreign, missing = (told(somebody, method, rule.rule, name, id) for id in (FOREIGN, MISSING))
                if foreign != missing or foreign[0] != 404:
                    wrong[method, rule.rule, name] = (foreign[0], missing[0])
                checked += 1
    assert wrong == {}
    assert checked >= 3


def told(somebody: Somebody, method: str, route: str, name: str, id: str) -> tuple[int, str]:
    """Status and page for a route whose ``name`` is this ID and whose other IDs are of what may be seen."""
    address = filled_in(route.replace(f"<id:{name}>", id))
    found = somebody.ask(method, address)
    # A token holds the second in which it was made; a command's ID is new on each page.
    text = re.sub(r'(name="(csrf_token|opdracht)" value=)"[^"]*"', r"\1", found.text)
    return found.status_code, text.replace(id, "")


def filled_in(route: str) -> str:
    """The address of a route, with IDs of what the signed-in person may see."""
    route = route.replace("<string(maxlength=200):token>", people.TOKEN)
    route = route.replace("<call_id>", number_plans.CALL)
    route = re.sub(r"<any\('?([\w-]+)'?,[^>]*>", r"\1", route)
    return re.sub(r"<id:(\w+)>", lambda found: KNOWN_IDS.get(found[1], OURS), route)


@pytest.mark.parametrize("wrong", ["1", "{'$gt': ''}", OURS.upper(), OURS + "0", "nieuw2"])
def test_an_id_that_is_none_does_not_exist(manager: Browser, rpc: FakeRpc, wrong: str) -> None:
    assert manager.get(f"/gebruikers/{wrong}").status_code == 404
    assert "user" not in [call.method for call in rpc.asked]


def test_a_route_that_declares_nothing_is_refused_to_everybody(app_of_its_own: Flask) -> None:
    app_of_its_own.add_url_rule("/vergeten", "forgotten", lambda: "geheim")
    visitor = Browser(app_of_its_own.test_client())
    visitor.log_in()
    response = visitor.get("/vergeten")
    assert response.status_code == 403
    assert "geheim" not in response.text


@pytest.fixture
def with_more_routes(app_of_its_own: Flask) -> Browser:
    """A browser before pages as later stages will have them."""
    app = app_of_its_own
    app.add_url_rule("/facturen", "invoices", customers(role="invoices")(lambda: "facturen"))
    app.add_url_rule("/limieten", "limits", customers(role="mobile_limits")(lambda: "limieten"))
    app.add_url_rule("/centrale", "pbx", customers(product="fax")(lambda: "centrale"))
    return Browser(app.test_client())


@pytest.mark.feature("ID-03")
@pytest.mark.parametrize(
    ("roles", "address", "status", "said"),
    [
        ([], "/facturen", 403, "Daarvoor is de rol Inzicht in facturen nodig."),
        (["settings"], "/facturen", 403, "Daarvoor is de rol Inzicht in facturen nodig."),
        (["invoices"], "/facturen", 200, "facturen"),
        (["mobile_limits"], "/limieten", 403, "Daarvoor is de rol Toegang mobiel nodig."),
        (["mobile_access"], "/limieten", 403, "Daarvoor is de rol Limieten mobiel wijzigen nodig."),
        (["mobile_access", "mobile_limits"], "/limieten", 200, "limieten"),
        (list(ROLE_NAMES), "/centrale", 403, "Uw bedrijf heeft dit onderdeel niet."),
    ],
)
def test_a_page_without_the_role_names_the_role(
    with_more_routes: Browser, rpc: FakeRpc, roles: list[str], address: str, status: int, said: str
) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(roles=roles)
    with_more_routes.log_in()
    response = with_more_routes.get(address)
    assert response.status_code == status
    assert said in (Page(response.text).text if status == 403 else response.text)


@pytest.mark.feature("ID-03")
def test_the_tabs_are_the_pages_that_exist(sanne: Browser) -> None:
    page = sanne.page("/gespreksdetails/totalen")
    tabs = [a for a in page.all("a") if a.text == "Gespreksdetails"]
    assert {a.attrs["href"] for a in tabs} == {"/gespreksdetails/totalen"}
    assert all(a.attrs["aria-current"] == "page" for a in tabs)
    assert "Facturen" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/gespreksdetails/totalen?customer_id={other}&klant={other}&scope=operator",
        "/gespreksdetails/details?customer_id={other}&zender=06&user_id={other}",
        "/gespreksdetails/details.csv?customer_id={other}",
    ],
)
def test_the_customer_comes_from_the_session_and_from_nowhere_else(
    sanne: Browser, rpc: FakeRpc, address: str
) -> None:
    other = "f" * 32
    assert sanne.get(address.format(other=other), headers={"X-Customer-Id": other}).status_code == 200
    calls: list[Any] = [call for call in rpc.asked if call.service == "cdr"]
    assert calls
    for call in calls:
        assert call.acting.customer_id == builders.CUSTOMER["id"]
        assert (call.acting.kind, call.acting.scope) == ("user", "customer")
        assert other not in repr(call)


def test_what_exists_not_looks_the_same_to_everybody_signed_in(sanne: Browser) -> None:
    bodies = {sanne.get(f"/gespreksdetails/{name}").status_code for name in ("1", "2", "../x")}
    assert bodies == {404}
