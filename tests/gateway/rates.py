"""cdr's answers to staff about re-rating and prices, in their contract's form."""

from __future__ import annotations

from typing import Any

from shared.errors import NotFound
from tests.gateway import companies, spending

PREVIEW, BOOKING, RUNNING, FAILED = "1" * 32, "2" * 32, "3" * 32, "4" * 32
ROW = "vasco|cn-2026-8841207|2"
AT = "2026-11-22T14:00:00Z"
KEY = {"reason": "unknown_owner", "carrier": "noord", "case": "+31850001640"}
QUERY = "reden=unknown_owner&aanbieder=noord&geval=%2B31850001640"
"""What names the case in an address."""


def job(job_id: str = PREVIEW, **more: Any) -> dict[str, Any]:
    """A preview that is done."""
    scope = {"period": "2026-10", "from": None, "to": None, "customer_id": None, "prefix": "", "plan": ""}
    return {
        "id": job_id,
        "kind": "rerate_preview",
        "customer_id": None,
        "user_id": companies.STAFF_ID,
        "state": "done",
        "done": 5000,
        "total": 5000,
        "percentage": 100,
        "created_at": AT,
        "started_at": AT,
        "ended_at": AT,
        "parameters": {"scope": scope, "by": "r.bakker"},
        "result": result(),
        "error": "",
        "booking": None,
    } | more


def result(**more: Any) -> dict[str, Any]:
    return {
        "rows": 5000,
        "changes": 1234,
        "closed": 34,
        "no_rate": 0,
        "customers": 2,
        "old": "812.400000",
        "new": "799.123400",
        "difference": "-13.276600",
    } | more


def booking(**more: Any) -> dict[str, Any]:
    """A booking that is done."""
    done = {"booked": 1230, "recomputed": 3, "same": 1, "no_rate": 0, "customers": 2, "difference": "-13.10"}
    parameters = job()["parameters"] | {"preview": PREVIEW, "reason": "nieuw tarief"}
    return job(BOOKING, kind="rerate", parameters=parameters, result=done, booking=None) | more


def job_by_id(job_id: str) -> dict[str, Any]:
    """``cdr.rerating``: knows one of each."""
    running = {"state": "running", "done": 412, "total": 1180, "result": None}
    known = {
        PREVIEW: job(),
        spending.EXPORT: job(spending.EXPORT),  # the one ID of a job that every address is tried with
        BOOKING: booking(),
        RUNNING: job(RUNNING, **running),
        FAILED: job(FAILED, state="failed", result=None, error="Deze taak is gestopt door een fout bij ons."),
    }
    if job_id not in known:
        raise NotFound()
    return known[job_id]


def sums(**more: Any) -> dict[str, Any]:
    return {
        "customer_id": companies.OURS,
        "rows": 4000,
        "changes": 1200,
        "closed": 34,
        "no_rate": 2,
        "old": "700.000000",
        "new": "687.000000",
        "difference": "-13.000000",
    } | more


def change(**more: Any) -> dict[str, Any]:
    return {
        "row_id": ROW,
        "customer_id": companies.OURS,
        "number": "+31850001611",
        "receiver": "+31600123456",
        "kind": "voice",
        "quantity": 148,
        "plan": "default 2026-01-01",
        "start": "2026-10-21T14:40:12Z",
        "period": "2026-10",
        "type_before": "mobile",
        "type": "national",
        "destination": "Nederland mobiel",
        "old": "0.251300",
        "new": "0.199900",
        "difference": "-0.051400",
        "fate": None,
    } | more


def explanation(**more: Any) -> dict[str, Any]:
    """A call over the edge of the evening, with a margin."""
    segment = {
        "offset": 0,
        "quantity": 60,
        "billed": 60,
        "rate": "0,02",
        "per": "min",
        "increment": 60,
        "from_offset": 0,
        "fee": "0.03000000",
        "cost": "0.02000000",
        "prefix": "+31",
        "destination": "Nederland",
        "line": 7,
        "priority": 0,
        "valid_from": None,
        "valid_to": None,
        "days": "",
        "from": "",
        "to": "",
        "minimum": None,
        "maximum": None,
    }
    evening = {"offset": 60, "fee": "0.00000000", "cost": "0.01000000", "rate": "0,01"}
    return {
        "row": {
            "id": ROW,
            "customer": companies.OURS,
            "number": "+31850001611",
            "sender": "+31850001611",
            "receiver": "+31850003000",
            "destination": "Nederland",
            "type": "national",
            "kind": "voice",
            "direction": "out",
            "quantity": 120,
            "sign": 1,
            "revision": 2,
            "prefix": "+31",
            "product": "telephony",
            "start": "2026-11-20T17:59:00Z",
            "period": "2026-11",
            "roaming": None,
            "state": "corrected",
            "job": BOOKING,
        },
        "amount": "0.054000",
        "agrees": True,
        "version": "default 2026-01-01",
        "precision": 4,
        "segments": [segment, segment | evening | {"days": "ma-vr", "from": "19:00", "to": "24:00"}],
        "corrections": [{"name": "deviation", "amount": "-0.00600000"}],
        "margin": "-10.0000",
        "replaced": False,
    } | more


def details_of(customer_id: str, **_fields: Any) -> dict[str, Any]:
    call = {
        "id": ROW,
        "start": "2026-11-20T17:59:00Z",
        "product": "telephony",
        "type": "national",
        "sender": "+31850001611",
        "receiver": "+31850003000",
        "destination": "Nederland",
        "kind": "voice",
        "duration": 120,
        "volume": 0,
        "messages": 0,
        "amount": "0.054000",
        "precision": 4,
        "state": "corrected",
    }
    return {"rows": [call], "older": "verder", "newer": None, "summary": None}


def waiting(**more: Any) -> dict[str, Any]:
    """An event whose number is nobody's."""
    return {
        "id": "9" * 32,
        "carrier": "noord",
        "reason": "unknown_owner",
        "sentence": "+31850001640 belongs to nobody at 2026-11-22T15:40:12+00:00.",
        "record": "cn-2026-8841207",
        "number": "+31850001640",
        "source": '{"record": "cn-2026-8841207", "kind": "voice", "charged": "+31850001640", "to": "112"}',
        "received_at": AT,
        "was": None,
        "discarded": None,
    } | more


def case_page(**more: Any) -> dict[str, Any]:
    """97 events that wait for one owner, who is there by now."""
    trial = {"tried": 97, "books": 96, "amount": "41.200000", "closed": 3, "stays": {"no_rate": 1}}
    return {"total": 97, "events": [waiting()], "next": "9" * 32, "trial": trial} | more


def cases() -> list[dict[str, Any]]:
    one = {"reason": "unknown_owner", "carrier": "noord", "case": "+31850001640", "count": 97}
    other = {"reason": "schema", "carrier": "zuid", "case": "duration", "count": 14}
    aside = {"reason": "discarded", "carrier": "zuid", "case": "", "count": 5}
    return [found | {"oldest": AT, "newest": AT} for found in (one, other, aside)]


def replay(**more: Any) -> dict[str, Any]:
    result = {"tried": 97, "booked": 96, "waiting": 1}
    base = {"kind": "replay", "done": 97, "total": 97, "result": result, "parameters": {}}
    return {**job(BOOKING), **base, **more}


def replay_by_id(job_id: str) -> dict[str, Any]:
    """``cdr.replay_job``: of a job that is there."""
    return replay(id=job_by_id(job_id)["id"])


def cancelled(job_id: str, **_fields: Any) -> dict[str, Any]:
    """``cdr.cancel_rerate``: of a job that is there."""
    return job_by_id(job_id) | {"state": "cancelled", "result": None}


def applied(job_id: str, **_fields: Any) -> dict[str, Any]:
    """``cdr.rerate_apply``: of a preview that is there."""
    job_by_id(job_id)
    return booking(state="queued", result=None)


def sums_of(job_id: str, **_fields: Any) -> dict[str, Any]:
    """``cdr.rerating_customers``."""
    job_by_id(job_id)
    return {"rows": [sums()], "next": {"weight": 13_000_000, "id": "x|y"}}


def changes_of(job_id: str, **_fields: Any) -> dict[str, Any]:
    """``cdr.rerating_rows``."""
    job_by_id(job_id)
    return {"rows": [change()], "next": None}


def answers() -> dict[tuple[str, str], Any]:
    return {
        ("cdr", "reratings"): [job(), booking()],
        ("cdr", "rerating"): job_by_id,
        ("cdr", "rerate_preview"): lambda **_fields: job(RUNNING, state="queued", result=None),
        ("cdr", "rerate_apply"): applied,
        ("cdr", "cancel_rerate"): cancelled,
        ("cdr", "rerating_customers"): sums_of,
        ("cdr", "rerating_rows"): changes_of,
        ("cdr", "explain"): lambda **_fields: explanation(),
        ("cdr", "details_of"): details_of,
        ("cdr", "quarantine_cases"): cases(),
        ("cdr", "quarantine_case"): lambda **_fields: case_page(),
        ("cdr", "replay"): lambda **_fields: replay(state="queued", result=None),
        ("cdr", "replay_job"): replay_by_id,
        ("cdr", "discard"): lambda **_fields: {"discarded": 97},
    }
