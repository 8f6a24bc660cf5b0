"""Logging in in two steps in the browser: the login, setting it up, and the company's own rule."""

from __future__ import annotations

import re
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from gateway.qr import QUIET_MODULES, qr_code
from shared.errors import Conflict, Fault, Invalid, NotFound
from tests.gateway import builders, people
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions

CODE_PAGE = "/inloggen/code"
OWN_PAGE = "/mijn-gegevens/twee-stappen"
ASKED = {"ok": False, "second_step": {"ticket": "t" * 43, "methods": ["totp", "recovery"]}}

pytestmark = pytest.mark.feature("ID-09")


@pytest.fixture
def halfway(visitor: Browser, rpc: FakeRpc) -> Browser:
    """Sanne's browser after the right password, with a code still to give."""
    rpc.answers["identity", "login"] = ASKED
    rpc.answers["identity", "login_second"] = builders.logged_in()
    assert visitor.log_in().headers["Location"] == CODE_PAGE
    return visitor


def give_code(browser: Browser, code: str = "123456", **more: str) -> Any:
    token = browser.page(CODE_PAGE).all("input", name="csrf_token")[0].attrs["value"]
    return browser.client.post(CODE_PAGE, data={"csrf_token": token, "code": code, **more})


class TestLogin:
    def test_the_password_alone_opens_nothing(self, halfway: Browser) -> None:
        assert halfway.get("/gespreksdetails/totalen").status_code == 303
        assert halfway.get("/mijn-gegevens").status_code == 303

    def test_the_page_asks_six_digits_in_the_way_phones_help_with(self, halfway: Browser) -> None:
        page = halfway.page(CODE_PAGE)
        field = page.field("code")
        assert field.attrs["autocomplete"] == "one-time-code"
        assert field.attrs["inputmode"] == "numeric"
        assert "autofocus" in field.attrs
        assert "sanne" not in page.text.lower()

    def test_the_right_code_logs_in(self, halfway: Browser, rpc: FakeRpc) -> None:
        response = give_code(halfway, "123 456")
        assert (response.status_code, response.headers["Location"]) == (303, "/")
        asked = rpc.last("login_second")
        assert asked.acting.kind == "anonymous"
        assert asked.fields == {"ticket": "t" * 43, "code": "123 456", "address": "127.0.0.1"}
        assert halfway.get("/mijn-gegevens").status_code == 200

    def test_it_takes_a_new_token_and_the_ticket_is_forgotten(
        self, halfway: Browser, sessions: MemorySessions
    ) -> None:
        before = halfway.cookie()
        give_code(halfway)
        assert halfway.cookie() not in (None, before)
        assert all(b"t" * 43 not in value for value, _ in sessions.kept.values())

    def test_what_was_chosen_at_the_first_step_still_counts(
        self, visitor: Browser, rpc: FakeRpc, clock: Clock
    ) -> None:
        rpc.answers["identity", "login"] = ASKED
        rpc.answers["identity", "login_second"] = builders.logged_in()
        visitor.log_in(onthouden="1", volgende="/gespreksdetails/details?duur=60")
        response = give_code(visitor)
        assert response.headers["Location"] == "/gespreksdetails/details?duur=60"
        clock.forward(days=29)
        assert visitor.get("/mijn-gegevens").status_code == 200

    def test_nobody_is_sent_to_another_site(self, visitor: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "login"] = ASKED
        rpc.answers["identity", "login_second"] = builders.logged_in()
        visitor.log_in(volgende="//elders.example")
        assert give_code(visitor).headers["Location"] == "/"

    def test_a_wrong_code_says_how_many_tries_are_left(self, halfway: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "login_second"] = builders.refused(attempts_left=3)
        response = give_code(halfway)
        said = Page(response.text).one("div", role="alert").text
        assert response.status_code == 401
        assert "Deze code klopt niet, of is al gebruikt." in said
        assert "Na nog 3 pogingen moet u even wachten." in said

    def test_too_many_say_how_long(self, halfway: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "login_second"] = builders.refused(wait_seconds=60)
        response = give_code(halfway)
        assert (response.status_code, response.headers["Retry-After"]) == (429, "60")

    def test_after_five_minutes_one_begins_again(self, halfway: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "login_second"] = NotFound()
        response = give_code(halfway)
        assert response.headers["Location"] == "/inloggen?melding=te-laat"
        assert "langer dan 5 minuten" in halfway.page(response.headers["Location"]).text
        assert halfway.get(CODE_PAGE).headers["Location"] == "/inloggen"

    def test_without_a_first_step_there_is_no_second(self, visitor: Browser, rpc: FakeRpc) -> None:
        assert visitor.get(CODE_PAGE).headers["Location"] == "/inloggen"
        assert visitor.post(CODE_PAGE, {"code": "123456"}).headers["Location"] == "/inloggen?melding=te-laat"
        assert rpc.asked == []

    def test_an_empty_field_is_answered_without_asking_identity(self, halfway: Browser, rpc: FakeRpc) -> None:
        response = give_code(halfway, "")
        assert Page(response.text).error_of("code") == "Vul de code in die de app nu toont."
        assert "login_second" not in [call.method for call in rpc.asked]

    @pytest.mark.feature("GW-03")
    @pytest.mark.parametrize("failure", ["down", "fault"])
    def test_identity_being_away_is_not_the_users_fault(
        self, halfway: Browser, rpc: FakeRpc, failure: str
    ) -> None:
        if failure == "down":
            rpc.down.add("identity")
        else:
            rpc.answers["identity", "login_second"] = Fault()
        response = give_code(halfway)
        assert response.status_code == 503
        assert "Inloggen lukt nu even niet." in response.text

    def test_without_the_phone_a_recovery_code_will_do(self, halfway: Browser, rpc: FakeRpc) -> None:
        link = halfway.page(CODE_PAGE).link("Ik heb mijn telefoon niet bij me")
        page = halfway.page(link)
        assert page.one("h1").text == "Herstelcode"
        assert page.field("code").attrs["autocomplete"] == "off"
        rpc.answers["identity", "login_second"] = builders.refused(attempts_left=4)
        again = Page(give_code(halfway, "k0pw-8mzq", met=page.field("met").attrs["value"]).text)
        assert again.one("h1").text == "Herstelcode"

    def test_with_none_left_none_is_offered(self, visitor: Browser, rpc: FakeRpc) -> None:
        step = ASKED["second_step"] | {"methods": ["totp"]}  # type: ignore[operator]
        rpc.answers["identity", "login"] = {"ok": False, "second_step": step}
        visitor.log_in()
        page = visitor.page(CODE_PAGE)
        assert "Ik heb mijn telefoon niet bij me" not in page.text
        assert "kan de tweede stap weghalen" in page.text


class TestSettingUp:
    def test_the_own_page_says_whether_it_is_on(self, sanne: Browser, rpc: FakeRpc) -> None:
        assert "Stel twee stappen in" in sanne.page("/mijn-gegevens").text
        rpc.answers["identity", "second_step"] = people.second_step_on()
        page = sanne.page("/mijn-gegevens")
        assert "Aan sinds za 3 oktober 2026." in page.text
        assert "U hebt nog 8 herstelcodes." in page.text

    def test_looking_at_a_page_begins_nothing(self, sanne: Browser, rpc: FakeRpc) -> None:
        sanne.page("/mijn-gegevens")
        sanne.page(OWN_PAGE)
        assert "begin_second_step" not in [call.method for call in rpc.asked]

    def test_the_qr_code_and_the_same_in_letters(self, sanne: Browser) -> None:
        response = sanne.post(OWN_PAGE)
        page = Page(response.text)
        picture = page.one("svg", class_="tk-qr")
        assert picture.attrs["role"] == "img" and picture.attrs["aria-label"]
        assert page.one("code").text == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
        assert page.link("Open de app op dit apparaat") == people.BEGUN["uri"]
        assert "style=" not in response.text
        assert response.headers["Cache-Control"] == "no-store"

    def test_a_code_turns_it_on_and_shows_the_recovery_codes(
        self, sanne: Browser, rpc: FakeRpc, sessions: MemorySessions
    ) -> None:
        before = sanne.cookie()
        response = sanne.post(f"{OWN_PAGE}/bevestig", {"code": "123456"})
        page = Page(response.text)
        assert [code.text for code in page.all("code")] == people.RECOVERY_CODES
        download = next(a for a in page.all("a") if "download" in a.attrs)
        assert download.attrs["download"] == "tikker-herstelcodes.txt"
        assert all(code in download.attrs["href"] for code in people.RECOVERY_CODES)
        assert sanne.cookie() not in (None, before), "the session goes on under a new token"
        assert not any(people.RECOVERY_CODES[0].encode() in value for value, _ in sessions.kept.values())
        assert sanne.get("/mijn-gegevens").status_code == 200

    def test_a_wrong_code_leaves_the_same_qr_code(self, sanne: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "confirm_second_step"] = Invalid(fields={"code": ["Deze code klopt niet."]})
        response = sanne.post(f"{OWN_PAGE}/bevestig", {"code": "000000"})
        page = Page(response.text)
        assert response.status_code == 422
        assert page.error_of("code") == "Deze code klopt niet."
        assert page.one("svg", class_="tk-qr")

    def test_one_that_is_on_already_is_not_set_up_again(self, sanne: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "begin_second_step"] = Conflict("Inloggen in twee stappen staat al aan.")
        response = sanne.post(OWN_PAGE)
        assert response.headers["Location"] == OWN_PAGE
        assert "Inloggen in twee stappen staat al aan." in sanne.page(OWN_PAGE).text

    def test_codes_that_were_shown_are_not_shown_again(self, sanne: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "confirm_second_step"] = {"recovery_codes": [], "epoch": 2}
        page = Page(sanne.post(f"{OWN_PAGE}/bevestig", {"code": "123456"}).text)
        assert "al een keer getoond" in page.text
        assert page.link("Maak nieuwe herstelcodes") == f"{OWN_PAGE}#herstelcodes"


class TestOnceItIsOn:
    @pytest.fixture(autouse=True)
    def on(self, rpc: FakeRpc) -> None:
        rpc.answers["identity", "second_step"] = people.second_step_on()

    def test_new_recovery_codes_take_the_password_and_a_code(self, sanne: Browser, rpc: FakeRpc) -> None:
        form = {"wachtwoord": " mijn wachtwoord ", "code": "123 456"}
        page = Page(sanne.post(f"{OWN_PAGE}/herstelcodes", form).text)
        asked = rpc.last("new_recovery_codes").fields
        assert (asked["password"], asked["code"]) == (" mijn wachtwoord ", "123 456")
        assert len(page.all("code")) == 10
        assert "De vorige herstelcodes werken niet meer." in page.text

    @pytest.mark.parametrize(
        ("address", "method"), [("herstelcodes", "new_recovery_codes"), ("uit", "end_second_step")]
    )
    def test_the_password_alone_is_not_enough(
        self, sanne: Browser, rpc: FakeRpc, address: str, method: str
    ) -> None:
        """Recovery codes open the account, so they must not be had with less than a login takes."""
        response = sanne.post(f"{OWN_PAGE}/{address}", {"wachtwoord": "juist"})
        assert response.status_code == 422
        assert "Vul de code in die de app nu toont, of een herstelcode." in Page(response.text).text
        assert method not in [call.method for call in rpc.asked]

    @pytest.mark.parametrize(
        ("address", "method"), [("herstelcodes", "new_recovery_codes"), ("uit", "end_second_step")]
    )
    def test_a_wrong_password_is_said_at_its_own_field(
        self, sanne: Browser, rpc: FakeRpc, address: str, method: str
    ) -> None:
        rpc.answers["identity", method] = Invalid(fields={"password": ["Dit is niet uw wachtwoord van nu."]})
        response = sanne.post(
            f"{OWN_PAGE}/{address}", {"wachtwoord": "geheim dat niet klopt", "code": "123456"}
        )
        page = Page(response.text)
        assert response.status_code == 422
        assert len([f for f in page.all("input") if f.attrs.get("aria-invalid") == "true"]) == 1
        assert "Dit is niet uw wachtwoord van nu." in page.text
        assert "geheim dat niet klopt" not in response.text

    def test_turning_it_off_keeps_this_session(self, sanne: Browser, rpc: FakeRpc) -> None:
        response = sanne.post(f"{OWN_PAGE}/uit", {"wachtwoord": "juist", "code": "123456"})
        assert response.headers["Location"] == "/mijn-gegevens"
        assert "Inloggen in twee stappen staat uit" in sanne.page("/mijn-gegevens").text

    def test_where_it_is_a_duty_it_cannot_be_turned_off(self, sanne: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "second_step"] = people.second_step_on(duty=True)
        page = sanne.page(OWN_PAGE)
        assert "Uitzetten kan niet." in page.text
        assert "Zet twee stappen uit" not in page.text

    def test_few_codes_left_are_pointed_out(self, sanne: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "second_step"] = people.second_step_on() | {"recovery_left": 1}
        assert "U hebt nog 1 herstelcode. Maak nieuwe" in sanne.page(OWN_PAGE).text


class TestDuty:
    @pytest.fixture
    def forced(self, visitor: Browser, rpc: FakeRpc) -> Browser:
        """Sanne, whose company asks a second step and who has none."""
        rpc.answers["identity", "login"] = builders.logged_in(
            must_set_up_second_step=True, roles=["user_management", "settings"]
        )
        visitor.log_in()
        return visitor

    @pytest.mark.parametrize("address", ["/", "/gespreksdetails/totalen", "/mijn-gegevens", "/gebruikers"])
    def test_before_it_is_set_up_there_is_nothing_else(
        self, forced: Browser, rpc: FakeRpc, address: str
    ) -> None:
        response = forced.get(address)
        assert (response.status_code, response.headers["Location"]) == (303, OWN_PAGE)
        assert {call.service for call in rpc.asked} == {"identity"}

    def test_nothing_can_be_done_either(self, forced: Browser, rpc: FakeRpc) -> None:
        token = forced.page(OWN_PAGE).all("input", name="csrf_token")[0].attrs["value"]
        for address in ("/mijn-gegevens", f"/gebruikers/{people.PIET}/verwijder", "/gebruikers/twee-stappen"):
            sent = forced.client.post(address, data={"csrf_token": token, "onderdeel": "gegevens"})
            assert sent.headers["Location"] == OWN_PAGE
        assert {call.method for call in rpc.asked} <= {"login", "account", "second_step"}

    def test_the_page_says_why_and_has_no_tabs(self, forced: Browser) -> None:
        page = forced.page(OWN_PAGE)
        assert "Uw bedrijf vraagt iedereen om in twee stappen in te loggen." in page.text
        assert page.all("nav", class_="tk-tabs") == []

    def test_once_it_is_set_up_one_goes_on(self, forced: Browser) -> None:
        token = forced.page(OWN_PAGE).all("input", name="csrf_token")[0].attrs["value"]
        done = forced.client.post(f"{OWN_PAGE}/bevestig", data={"csrf_token": token, "code": "123456"})
        assert len(Page(done.text).all("code")) == 10
        assert forced.get("/mijn-gegevens").status_code == 200

    def test_one_can_always_log_out(self, forced: Browser) -> None:
        token = forced.page(OWN_PAGE).all("input", name="csrf_token")[0].attrs["value"]
        forced.client.post("/uitloggen", data={"csrf_token": token})
        assert forced.get(OWN_PAGE).headers["Location"].startswith("/inloggen")

    def test_a_manager_makes_it_a_duty(self, manager: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "second_step"] = people.second_step_on(lacking=3)
        page = manager.page("/gebruikers")
        assert "3 gebruikers hebben het nog niet." in page.text
        assert "wordt wie het niet heeft meteen uitgelogd" in page.text
        response = manager.post("/gebruikers/twee-stappen", {"verplicht": "1"}, follow_redirects=True)
        assert rpc.last("second_step_duty").fields["on"] is True
        assert "Twee stappen is nu verplicht" in Page(response.text).text

    def test_who_has_none_is_told_to_begin_with_their_own(self, manager: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "second_step"] = people.second_step(lacking=3)
        page = manager.page("/gebruikers")
        assert page.link("Stel het eerst voor uzelf in") == OWN_PAGE
        assert "Maak twee stappen verplicht" not in page.text

    def test_a_manager_lifts_the_duty(self, manager: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "second_step"] = people.second_step_on(duty=True, lacking=0)
        assert "Laat iedereen zelf kiezen" in manager.page("/gebruikers").text
        manager.post("/gebruikers/twee-stappen", {"verplicht": ""})
        assert rpc.last("second_step_duty").fields["on"] is False

    def test_a_refusal_is_said_on_the_list(self, manager: Browser, rpc: FakeRpc) -> None:
        rpc.answers["identity", "second_step_duty"] = Conflict("Zet het eerst voor uzelf aan.")
        response = manager.post("/gebruikers/twee-stappen", {"verplicht": "1"}, follow_redirects=True)
        assert "Zet het eerst voor uzelf aan." in Page(response.text).text


class TestLostPhone:
    def test_a_manager_takes_a_second_step_away_after_a_question(
        self, manager: Browser, rpc: FakeRpc
    ) -> None:
        rpc.answers["identity", "user"] = people.by_id(second_step=True)
        address = manager.page(f"/gebruikers/{people.PIET}").link("Tweede stap weghalen…")
        assert "Tweede stap van Piet Jonker weghalen?" in manager.page(address).text
        response = manager.post(address, {"reden": "Telefoon gestolen"}, follow_redirects=True)
        asked = rpc.last("reset_second_step").fields
        assert (asked["user_id"], asked["reason"]) == (people.PIET, "Telefoon gestolen")
        assert "Tweede stap weggehaald" in Page(response.text).text

    def test_who_has_none_has_nothing_to_take_away(self, manager: Browser) -> None:
        assert "Tweede stap weghalen" not in manager.page(f"/gebruikers/{people.PIET}").text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=200))
def test_the_picture_is_the_matrix_with_its_border(text: str) -> None:
    code = qr_code(text)
    drawn = {
        (int(y), column)
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path)
        for column in range(int(x), int(x) + int(length))
    }
    matrix = segno.make(text, error="m", micro=False).matrix
    dark = {(y, x) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert drawn == {(y + QUIET_MODULES, x + QUIET_MODULES) for y, x in dark}
    assert code.size == len(matrix) + 2 * QUIET_MODULES
