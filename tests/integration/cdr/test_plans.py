"""Rate plans on real stores: uploaded in pieces, checked, saved for ever, compared, and who has which."""

from __future__ import annotations

import base64
import itertools
from typing import Any

import pytest

from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.integration.cdr.scene import Cdr
from tests.support.processes import until

pytestmark = pytest.mark.feature("CDR-03")

HEADER = "soort;prefix;bestemming;starttarief;tarief;per;blok"
PIECE = 512 * 1024
_names = (f"plan {new_id()[:8]} {n}" for n in itertools.count())


def csv(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines]).encode()


SMALL = csv("gesprek;+31;Nederland;0,03;0,02;min;1", "gesprek;+32;België;0;0,05;min;60/6")


def upload(cdr: Cdr, data: bytes, name: str, day: str = "2026-01-01", file: str = "nieuw.csv") -> str:
    """Hand over a file in pieces; the upload's ID."""
    draft = cdr.staff(
        "begin_import", file=file, size=len(data), name=name, valid_from=day, command_id=new_id()
    )
    for index in range(max(1, -(-len(data) // PIECE))):
        piece = base64.b64encode(data[index * PIECE : (index + 1) * PIECE]).decode()
        for _twice in range(2):
            cdr.staff("import_chunk", draft_id=draft["id"], index=index, data=piece)
    return str(draft["id"])


def checked(cdr: Cdr, draft_id: str) -> dict[str, Any]:
    """The upload once its check has ended."""
    found: list[dict[str, Any]] = []

    def ended() -> bool:
        found[:] = [cdr.staff("preview_import", draft_id=draft_id)]
        return found[0]["report"] is not None

    until(ended, what="the check")
    return found[0]


def save(cdr: Cdr, draft_id: str, command: str = "") -> str:
    kept = cdr.staff("save_import", draft_id=draft_id, reason="Nieuwe inkoop", command_id=command or new_id())
    return str(kept["version"])


def imported(cdr: Cdr, data: bytes, name: str, day: str = "2026-01-01") -> str:
    draft = upload(cdr, data, name, day)
    checked(cdr, draft)
    return save(cdr, draft)


def told(cdr: Cdr, action: str, about: str) -> list[bytes]:
    """What the audit log was told about something."""
    found = cdr.database["outbox"].find({"name": "cdr.audit.recorded.v1"})
    return [row["body"] for row in found if action.encode() in row["body"] and about.encode() in row["body"]]


def test_an_upload_is_checked_then_saved_once_with_its_reason(cdr: Cdr) -> None:
    name, command = next(_names), new_id()
    draft = upload(cdr, SMALL, name)
    found = checked(cdr, draft)
    assert (found["report"]["lines"], found["report"]["errors_total"]) == (2, 0)
    assert name not in {plan["name"] for plan in cdr.staff("plans")}
    assert {save(cdr, draft, command) for _twice in range(2)} == {f"{name} 2026-01-01"}
    (plan,) = [one for one in cdr.staff("plans") if one["name"] == name]
    assert (plan["lines"], plan["reason"], plan["file"], plan["counts"]) == (
        2,
        "Nieuwe inkoop",
        "nieuw.csv",
        True,
    )
    (entry,) = told(cdr, "rate_plan.imported", name)
    assert b"Nieuwe inkoop" in entry and b"nieuw.csv" in entry
    with pytest.raises(Conflict, match="al bewaard"):
        save(cdr, draft)
    cdr.staff("drop_import", draft_id=draft, command_id=new_id())
    assert cdr.staff("preview_import", draft_id=draft)["saved"] == f"{name} 2026-01-01"


def test_a_plan_of_many_pieces_works(cdr: Cdr) -> None:
    """More than one message holds, and more than one page shows."""
    name = next(_names)
    lines = [f"gesprek;+32{n:05d};Bestemming {n};0,05;0,0{n % 900 + 100};min;60/1" for n in range(12_000)]
    data = csv(*lines)
    assert len(data) > PIECE
    version = imported(cdr, data, name)
    page = cdr.staff("plan_lines", version=version, query="bestemming 1199", limit=5)
    assert (page["total"], page["found"], len(page["rows"])) == (12_000, 11, 5)
    rest = cdr.staff("plan_lines", version=version, query="bestemming 1199", after=page["next"], limit=50)
    assert [line["line"] for line in (*page["rows"], *rest["rows"])] == sorted(
        line["line"] for line in (*page["rows"], *rest["rows"])
    )
    assert len(rest["rows"]) == 6
    pieces, last = [], False
    while not last:
        reply = cdr.staff("plan_csv", version=version, index=len(pieces))
        pieces.append(base64.b64decode(reply["data"]))
        last = reply["last"]
    assert b"".join(pieces) == data


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "Het bestand is leeg."),
        (b"PK\x03\x04rest", "Dit is een Excel-bestand, geen CSV."),
        ("prefix;bestemming;tarief\n+32;België;1".encode("cp1252"), "De tekst is Windows-1252, geen UTF-8."),
        (
            csv("gesprek;+31;Nederland;0;=A1;min;1"),
            "Dit is een formule of de fout van een formule, geen waarde.",
        ),
    ],
)
def test_a_file_with_errors_is_refused_and_says_why(cdr: Cdr, data: bytes, problem: str) -> None:
    draft = upload(cdr, data, next(_names))
    report = checked(cdr, draft)["report"]
    assert report["errors"][0]["problem"] == problem
    with pytest.raises(Conflict, match="Dit bestand heeft fouten"):
        save(cdr, draft)


def test_pieces_that_are_missing_or_wrong_are_noticed(cdr: Cdr) -> None:
    fields = {"file": "x.csv", "size": PIECE + 10, "name": next(_names), "valid_from": "2026-01-01"}
    draft = cdr.staff("begin_import", command_id=new_id(), **fields)["id"]
    with pytest.raises(Invalid):
        cdr.staff("import_chunk", draft_id=draft, index=0, data=base64.b64encode(b"kort").decode())
    cdr.staff("import_chunk", draft_id=draft, index=1, data=base64.b64encode(b"0123456789").decode())
    with pytest.raises(Conflict, match="niet helemaal aangekomen"):
        cdr.staff("preview_import", draft_id=draft)


def test_another_day_for_the_same_upload_needs_no_second_upload(cdr: Cdr) -> None:
    name = next(_names)
    imported(cdr, SMALL, name)
    draft = upload(cdr, SMALL, name)
    assert checked(cdr, draft)["exists"]
    with pytest.raises(Conflict, match="bestaat al"):
        save(cdr, draft)
    cdr.staff("change_import", draft_id=draft, name=name, valid_from="2026-02-01", precision=2)
    found = checked(cdr, draft)
    assert not found["exists"]
    assert found["report"]["against"] == {
        "version": f"{name} 2026-01-01",
        "added": 0,
        "removed": 0,
        "changed": 0,
    }
    assert save(cdr, draft) == f"{name} 2026-02-01"


def test_a_version_that_begins_in_a_closed_month_is_told(cdr: Cdr) -> None:
    cdr.customer().close("2020-03")
    draft = upload(cdr, SMALL, next(_names), "2020-03-01")
    problems = [one["problem"] for one in checked(cdr, draft)["report"]["warnings"]]
    assert any("afgesloten maand" in problem for problem in problems)


def test_an_upload_can_be_thrown_away_and_is_gone(cdr: Cdr) -> None:
    draft = upload(cdr, SMALL, next(_names))
    assert draft in {one["id"] for one in cdr.staff("import_drafts")}
    cdr.staff("drop_import", draft_id=draft, command_id=new_id())
    assert draft not in {one["id"] for one in cdr.staff("import_drafts")}
    with pytest.raises(NotFound):
        cdr.staff("preview_import", draft_id=draft)


@pytest.mark.feature("CDR-08")
def test_two_versions_differ_line_by_line(cdr: Cdr) -> None:
    name = next(_names)
    old = imported(cdr, SMALL, name)
    dearer = csv("gesprek;+31;Nederland;0,03;0,025;min;1", "gesprek;+33;Frankrijk;0;0,05;min;1")
    new = imported(cdr, dearer, name, "2026-02-01")
    found = cdr.staff("compare_plans", before=old, after_version=new)
    assert (found["counts"], found["same"]) == ({"added": 1, "removed": 1, "changed": 1}, 0)
    assert [(row["change"], row["percentage"]) for row in found["rows"]] == [
        ("changed", "25.0"),
        ("removed", None),
        ("added", None),
    ]
    page = cdr.staff("compare_plans", before=old, after_version=new, after=1, limit=1)
    assert (page["rows"], page["next"]) == (found["rows"][1:2], 2)
    only = cdr.staff("compare_plans", before=old, after_version=new, query="frank", change="added")
    assert [row["after"]["prefix"] for row in only["rows"]] == ["+33"]
    with pytest.raises(NotFound):
        cdr.staff("compare_plans", before=old, after_version="er is er geen 2026-01-01")


def test_which_line_counts_for_a_number(cdr: Cdr) -> None:
    version = imported(cdr, SMALL, next(_names))
    found = cdr.staff("plan_lines", version=version, query="0032 2 200 00 12")
    (use,) = [one for one in found["uses"] if (one["kind"], one["product"]) == ("voice", "telephony")]
    assert found["party"] == "+3222000012"
    assert [(line["prefix"], line["counts"]) for line in use["lines"]] == [("+32", True)]


def test_a_version_of_an_older_release_is_read_from_its_file(cdr: Cdr) -> None:
    version = imported(cdr, SMALL, next(_names))
    cdr.database["plan_tables"].delete_one({"_id": version})
    assert cdr.staff("plan_lines", version=version)["total"] == 2
    assert cdr.database["plan_tables"].find_one({"_id": version}) is not None


def test_a_customer_gets_a_plan_with_terms_and_goes_back_to_the_standard_one(cdr: Cdr) -> None:
    customer, name = cdr.customer().id, next(_names)
    imported(cdr, SMALL, name)
    assert cdr.staff("customer_plan", customer_id=customer)["own"] is False
    discount = [{"of": "all", "margin": "-10"}]
    fields = {"customer_id": customer, "plan": name, "deviations": discount, "reason": "contract"}
    command = new_id()
    for _twice in range(2):
        cdr.staff("assign_plan", revision=0, command_id=command, **fields)
    found = cdr.staff("customer_plan", customer_id=customer)
    assert (found["plan"], found["own"], found["lines"], found["revision"]) == (name, True, discount, 1)
    (row,) = cdr.staff("plan_customers", plan=name)["rows"]
    assert row == {"customer_id": customer, "lines": discount}
    with pytest.raises(Conflict, match="Iemand anders"):
        cdr.staff("assign_plan", revision=0, command_id=new_id(), **fields | {"reason": "later"})
    cdr.staff("assign_plan", customer_id=customer, plan="", reason="einde", command_id=new_id())
    found = cdr.staff("customer_plan", customer_id=customer)
    assert (found["own"], found["lines"], found["revision"]) == (False, discount, 2)
    assert len(told(cdr, "rate_plan.assigned", customer)) == 2


def test_the_log_tells_for_which_prefix_a_term_is(cdr: Cdr) -> None:
    customer = cdr.customer().id
    terms = [{"of": "prefix", "key": "+32", "margin": "-10"}]
    cdr.staff("assign_plan", customer_id=customer, plan="default", deviations=terms, command_id=new_id())
    (entry,) = told(cdr, "rate_plan.assigned", customer)
    assert b"+32" in entry


def test_staff_of_one_customer_see_its_plan_and_no_other(cdr: Cdr) -> None:
    customer = cdr.customer().id
    bound = Acting(kind="staff", scope="customer", customer_id=customer, username="partner")
    found = cdr.gateway.call("cdr", "customer_plan", bound, customer_id=customer)
    assert found["plan"] == "default"
    with pytest.raises(Forbidden):
        cdr.gateway.call("cdr", "customer_plan", bound, customer_id="f" * 32)
    for method, fields in (
        ("plans", {}),
        ("plan_lines", {"version": "default 2020-01-01"}),
        ("assign_plan", {"customer_id": customer, "plan": "default"}),
        ("import_drafts", {}),
    ):
        with pytest.raises(Forbidden):
            cdr.gateway.call("cdr", method, bound, **fields)


@pytest.mark.feature("CDR-08")
def test_a_rerating_that_is_not_there_can_not_be_stopped(cdr: Cdr) -> None:
    with pytest.raises(NotFound):
        cdr.staff("cancel_rerate", job_id=new_id(), command_id=new_id())
