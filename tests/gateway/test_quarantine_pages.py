"""*Quarantaine*: what waits, why, and what can be done about it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import NotFound, Unavailable
from tests.gateway import companies, rates
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

pytestmark = pytest.mark.feature("CDR-01")

HERE = "/beheer/quarantaine"
CASE = {"reden": "unknown_owner", "aanbieder": "noord", "geval": "+31850001640"}
ASKED = {"reason": "unknown_owner", "carrier": "noord", "case": "+31850001640"}
QUERY = f"?{rates.QUERY}"


@pytest.fixture
def operator(visitor: Browser, rpc: FakeRpc) -> Browser:
    account = companies.staff("operator")
    rpc.answers["identity", "login"] = {"ok": True, **account}
    rpc.answers["identity", "account"] = account
    visitor.log_in()
    return visitor


def asked(rpc: FakeRpc, method: str) -> list[dict[str, Any]]:
    return [one.fields for one in rpc.asked if one.method == method]


def words(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_what_waits_is_counted_without_what_was_put_aside(operator: Browser) -> None:
    text = words(operator.get(HERE).text)
    assert "111 berichten wachten." in text
    for piece in ("Geen bekende eigenaar", "085-000 16 40", "Voldoet niet aan het schema", "duration"):
        assert piece in text


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ({"reden": "schema"}, "duration", "085-000 16 40"),
        ({"aanbieder": "noord"}, "085-000 16 40", "duration"),
    ],
)
def test_the_filters_keep_to_a_reason_and_a_carrier(
    operator: Browser, query: dict[str, str], there: str, absent: str
) -> None:
    text = words(operator.get(HERE, query_string=query).text)
    assert there in text
    assert absent not in text


def test_nothing_found_offers_to_clear_the_filters(operator: Browser) -> None:
    query = {"reden": "schema", "aanbieder": "noord"}
    assert "Wis filters" in operator.get(HERE, query_string=query).text


def test_a_service_that_is_down_says_so(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "quarantine_cases"] = Unavailable()
    assert "De quarantaine laden lukt nu niet." in words(operator.get(HERE).text)


def test_a_case_shows_a_sample_with_the_faulty_line_and_the_outcome_beforehand(
    operator: Browser, rpc: FakeRpc
) -> None:
    page = operator.get(f"{HERE}/geval", query_string=CASE)
    assert asked(rpc, "quarantine_case")[0]["case"] == ASKED
    text = words(page.text)
    assert '<li class="tk-wrong"><code> &#34;charged&#34;: &#34;+31850001640&#34;,</code>' in text
    for piece in ("Verwerk 97 berichten opnieuw", "€ 41,20", "Leg 97 berichten terzijde", ">96<"):
        assert piece in text


def test_trying_again_is_a_job_that_tells_what_it_gave(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.post(f"{HERE}/geval/opnieuw{QUERY}", {})
    assert (answer.status_code, answer.location) == (303, f"{HERE}/opnieuw/{rates.BOOKING}")
    assert asked(rpc, "replay")[0]["case"] == ASKED
    text = words(operator.get(f"{HERE}/opnieuw/{rates.BOOKING}").text)
    assert "96 berichten verwerkt" in text
    assert "1 bericht wacht nog." in text


def test_putting_aside_asks_a_reason(operator: Browser, rpc: FakeRpc) -> None:
    refused = operator.post(f"{HERE}/geval/terzijde{QUERY}", {"reden": ""})
    assert refused.status_code == 422
    assert not asked(rpc, "discard")
    answer = operator.post(f"{HERE}/geval/terzijde{QUERY}", {"reden": "proefberichten"})
    assert (answer.status_code, answer.location) == (303, HERE)
    (fields,) = asked(rpc, "discard")
    assert (fields["case"], fields["reason"]) == (ASKED, "proefberichten")
    assert "97 berichten terzijde gelegd." in words(operator.get(HERE).text)


def test_what_was_put_aside_tells_by_whom_and_why_and_offers_nothing(operator: Browser, rpc: FakeRpc) -> None:
    why = {"by": "r.bakker", "at": rates.AT, "reason": "proefberichten"}
    event = rates.waiting(reason="discarded", was="schema", discarded=why)
    rpc.answers["cdr", "quarantine_case"] = rates.case_page(events=[event], trial=None)
    text = words(operator.get(f"{HERE}/geval", query_string=CASE | {"reden": "discarded"}).text)
    assert "r.bakker" in text and "proefberichten" in text
    assert "opnieuw</button>" not in text and "Leg 97" not in text


def test_what_is_no_json_is_shown_as_it_came(operator: Browser, rpc: FakeRpc) -> None:
    event = rates.waiting(reason="unreadable", source="{<script>", sentence="$: not JSON.")
    rpc.answers["cdr", "quarantine_case"] = rates.case_page(events=[event])
    assert "{&lt;script&gt;" in operator.get(f"{HERE}/geval", query_string=CASE).text


def test_a_case_that_is_mended_meanwhile_is_not_there(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "quarantine_case"] = rates.case_page(total=0, events=[], next=None)
    assert operator.get(f"{HERE}/geval", query_string=CASE).status_code == 404
    rpc.answers["cdr", "replay"] = NotFound()
    assert operator.post(f"{HERE}/geval/opnieuw{QUERY}", {}).status_code == 404
    assert operator.get(f"{HERE}/geval").status_code == 404
