"""Exports: everything that matches, as a zip with CSV, by download or by mail (CDR-07)."""

from __future__ import annotations

import base64
import csv
import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pymongo.read_concern import ReadConcern

from services.cdr import store as stores_module
from services.cdr.domain.selection import Comparison, Condition, Place, Selection
from services.cdr.store import Stores
from services.cdr.store import exports as export_store
from services.cdr.usecases import exports
from services.cdr.worker.background import work_of
from shared import mongo
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, NotFound
from shared.ids import new_id
from shared.job_runner import Runner, Running
from shared.jobs import JobState
from shared.rpc_client import RpcClient
from tests.integration.cdr.scene import STAFF, Cdr, Customer, fixed_number
from tests.integration.cdr.shelf import CUSTOMER, NOON, book, row
from tests.integration.identity.mail_server import MailServer, text_of
from tests.support.keys import Keyring
from tests.support.processes import Process, until

pytestmark = pytest.mark.feature("CDR-07")

USER = Acting(kind="user", scope="customer", customer_id=CUSTOMER, user_id="a" * 32, username="sanne")
COLLEAGUE = Acting(kind="user", scope="customer", customer_id=CUSTOMER, user_id="b" * 32)
STRANGER = Acting(kind="user", scope="customer", customer_id="d" * 32, user_id="a" * 32)
NOVEMBER = Selection(period=202611)


@pytest.fixture
def stores(db: Any) -> Stores:
    return Stores.on(db)


def ask(stores: Stores, acting: Acting = USER, **fields: Any) -> Any:
    wanted = {"selection": NOVEMBER, "sort": "start", "delivery": "file", "command_id": new_id()}
    return exports.start_export(stores.commands, stores.jobs, acting, **(wanted | fields))


def make(stores: Stores, db: Any) -> bool:
    return Runner(stores.jobs, work_of(stores, db)["exports"]).run_once()


def archive(stores: Stores, job_id: str) -> zipfile.ZipFile:
    """The file, put together from its pieces."""
    result = exports.own_export(stores.jobs, USER, job_id).result
    assert result is not None
    pieces = [stores.files.piece(result["file_id"], n) for n in range(result["pieces"])]
    assert all(piece is not None and len(piece) <= 512 * 1024 for piece in pieces)
    content = b"".join(piece for piece in pieces if piece)
    assert len(content) == result["size"]
    return zipfile.ZipFile(io.BytesIO(content))


def sheets(opened: zipfile.ZipFile) -> dict[str, list[list[str]]]:
    assert opened.testzip() is None
    return {
        name: list(csv.reader(io.StringIO(opened.read(name).decode("utf-8-sig"), newline=""), delimiter=";"))
        for name in opened.namelist()
    }


def test_the_file_has_every_row_in_the_order_of_the_page(stores: Stores, db: Any) -> None:
    late = {"type": "service_0900", "receiver": "+319001234", "late": True, "amount": 1_234_567}
    reversal = {"sign": -1, "amount": -378_000, "state": "reversal", "receiver": "+3220000012"}
    book(stores, db, row(2, **late), row(1), row(3, **reversal), row(4, customer="d" * 32))
    job = ask(stores)
    assert make(stores, db)
    [(name, lines)] = sheets(archive(stores, job["id"])).items()
    assert name == "gespreksdetails-2026-11.csv"
    assert [line[:5] for line in lines] == [
        ["Datum", "Tijd", "Gesprekstype", "Nummer zender", "Nummer ontvanger"],
        ["20-11-2026", "12:59:59", "Mobiel", "085-000 16 11", "06-00 10 00 01"],
        ["20-11-2026", "12:59:58", "Servicenummer 0900", "085-000 16 11", "0900-1234"],
        ["20-11-2026", "12:59:57", "Mobiel", "085-000 16 11", "0032 2 000 00 12"],
    ]
    assert [line[6:] for line in lines[1:]] == [
        ["0:01:00", "60", "", "", "0,3780", ""],
        ["0:01:00", "60", "", "", "1,234567", "nagekomen"],
        ["\u22120:01:00", "-60", "", "", "-0,3780", "teruggedraaid"],
    ]
    done = exports.own_export(stores.jobs, USER, job["id"])
    assert (done.state, done.result["rows"], done.result["attached"]) == (JobState.DONE, 3, False)  # type: ignore[index]


@pytest.mark.parametrize("sort", ["start", "amount"])
def test_pages_join_without_a_gap_or_a_double(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(export_store, "PAGE", 7)
    monkeypatch.setattr(exports, "ROWS_PER_SHEET", 14)
    same = {"start": NOON, "amount": 5_000_000}
    book(stores, db, *(row(n, **(same if n % 3 else {})) for n in range(35)))
    job = ask(stores, sort=sort)
    assert make(stores, db)
    made = sheets(archive(stores, job["id"]))
    assert list(made) == [f"gespreksdetails-2026-11{end}.csv" for end in ("", "-2", "-3")]
    assert all(lines[0][0] == "Datum" for lines in made.values()), "every sheet has its heads"
    receivers = [line[4] for lines in made.values() for line in lines[1:]]
    assert len(receivers) == len(set(receivers)) == 35


SELECTIONS = {
    "a month": {"period": 202611},
    "a part of a number": {"period": 202611, "receiver": "0600100"},
    "days": {"first": date(2026, 10, 1), "last": date(2026, 11, 30)},
    "days and a part of a number": {
        "first": date(2026, 10, 1),
        "last": date(2026, 11, 30),
        "receiver": "0600100007",
    },
    "a type": {"period": 202611, "types": frozenset({"mobile"})},
    "an amount": {"period": 202611, "amount": Condition(Comparison.GREATER, 10)},
    "nobody's number": {"period": 202611, "sender": "999999"},
}


@pytest.mark.parametrize("sort", ["start", "amount"])
@pytest.mark.parametrize("fields", SELECTIONS.values(), ids=SELECTIONS)
def test_an_export_reads_what_the_page_reads(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], sort: str
) -> None:
    monkeypatch.setattr(export_store, "PAGE", 7)
    book(stores, db, *(row(n) for n in range(40)), *(row(n, period=202612) for n in range(40, 50)))
    selection = Selection(**fields)
    shown = [one["_id"] for one in stores.details.page(CUSTOMER, selection, sort, 200, Place())]
    assert [one["_id"] for page in stores.files.rows(CUSTOMER, selection, sort) for one in page] == shown


def test_an_export_of_a_part_of_a_number_looks_at_those_rows_alone(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the index of the receiver and in its order: nothing is sorted, and no other row is read."""
    monkeypatch.setattr(export_store, "PAGE", 4)
    book(stores, db, *(row(n) for n in range(200)))
    db.command("profile", 2)
    pages = list(stores.files.rows(CUSTOMER, Selection(period=202611, receiver="060010001"), "start"))
    db.command("profile", 0)
    assert [len(page) for page in pages] == [4, 4, 2]
    profile = db["system.profile"].with_options(read_concern=ReadConcern("local"))
    reads = list(profile.find({"ns": f"{db.name}.usage", "op": "query"}))
    assert [read["docsExamined"] for read in reads] == [4, 5, 3], "and the one that a page begins after"
    assert not any(read.get("hasSortStage") for read in reads)


def test_a_selection_without_rows_gives_a_file_with_heads_only(stores: Stores, db: Any) -> None:
    job = ask(stores)
    assert make(stores, db)
    assert [len(lines) for lines in sheets(archive(stores, job["id"])).values()] == [1]


def test_an_english_reader_gets_english_labels(stores: Stores, db: Any) -> None:
    job = ask(stores, Acting(**{**_fields(USER), "language": "en"}))
    assert job["parameters"]["language"] == "en"


def test_another_process_begins_the_file_anew_and_nothing_of_the_first_stays(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one is killed half way: its claim lapses."""
    book(stores, db, *(row(n) for n in range(20)))
    monkeypatch.setattr(export_store, "PAGE", 5)
    job = ask(stores)

    class Killed(BaseException):
        """kill -9 leaves no time to clean up."""

    work = work_of(stores, db)["exports"][exports.KIND]

    def killed_half_way(running: Running) -> Any:
        told = running.progress

        def progress(done: int, *args: Any, **kwargs: Any) -> None:
            told(done, *args, **kwargs)
            if done >= 10:
                raise Killed

        monkeypatch.setattr(running, "progress", progress)
        monkeypatch.setattr(export_store.FileWriter, "abort", lambda self: None)
        return work(running)

    with pytest.raises(Killed):
        Runner(stores.jobs, {exports.KIND: killed_half_way}).run_once()
    db["jobs"].update_one({"_id": job["id"]}, {"$set": {"until": datetime.now(UTC) - timedelta(seconds=1)}})
    assert make(stores, db)
    assert [len(lines) for lines in sheets(archive(stores, job["id"])).values()] == [21]
    assert db["export_files"].count_documents({}) == 1
    assert len(db["exports.chunks"].distinct("files_id")) == 1


def test_a_cancelled_export_leaves_no_file(stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    book(stores, db, *(row(n) for n in range(20)))
    monkeypatch.setattr(export_store, "PAGE", 5)
    monkeypatch.setattr("shared.job_runner.WRITE_SECONDS", 0)
    job = ask(stores)
    rows = stores.files.rows

    def cancelled_meanwhile(*args: Any) -> Iterator[Any]:
        for page in rows(*args):
            exports.cancel_export(stores.commands, stores.jobs, USER, job["id"])
            yield page

    monkeypatch.setattr(stores.files, "rows", cancelled_meanwhile)
    assert make(stores, db)
    assert exports.own_export(stores.jobs, USER, job["id"]).state is JobState.CANCELLED
    assert db["exports.chunks"].count_documents({}) == 0


def test_files_go_after_seven_days(stores: Stores, db: Any) -> None:
    book(stores, db, row(1))
    job = ask(stores)
    make(stores, db)
    file_id = exports.own_export(stores.jobs, USER, job["id"]).result["file_id"]  # type: ignore[index]
    assert stores.files.expire(datetime.now(UTC) + timedelta(days=6)) == 0
    assert stores.files.expire(datetime.now(UTC) + timedelta(days=7, minutes=1)) == 1
    assert stores.files.piece(file_id, 0) is None
    assert db["exports.files"].count_documents({}) == db["export_files"].count_documents({}) == 0


def test_memory_stays_flat(mongo_uri: Callable[[str], str]) -> None:
    """A page of rows and what is remembered of numbers; the rows together are five times as much."""
    db: Any = mongo.connect(mongo_uri("cdr"))  # its own: it goes at once, and not row by row
    stores_module.prepare(db)
    stores = Stores.on(db)
    for start in range(0, 40_000, 4_000):
        book(stores, db, *(row(n, receiver="+31600123456") for n in range(start, start + 4_000)))
    ask(stores)
    tracemalloc.start()
    assert make(stores, db)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    db.client.close()
    assert peak < 25_000_000


def test_an_export_is_its_owner_s_alone(stores: Stores) -> None:
    job = ask(stores)
    for other in (COLLEAGUE, STRANGER):
        with pytest.raises(NotFound):
            exports.own_export(stores.jobs, other, job["id"])
        with pytest.raises(NotFound):
            exports.cancel_export(stores.commands, stores.jobs, other, job["id"])
        assert exports.own_exports(stores.jobs, other) == []
    assert [one["id"] for one in exports.own_exports(stores.jobs, USER)] == [job["id"]]


def test_the_same_command_asks_once_and_three_at_a_time_are_enough(stores: Stores, db: Any) -> None:
    command = new_id()
    assert ask(stores, command_id=command) == ask(stores, command_id=command)
    ask(stores), ask(stores)
    with pytest.raises(Conflict, match="Er lopen al 3 exports"):
        ask(stores)
    ask(stores, COLLEAGUE)
    assert db["outbox"].count_documents({"name": "cdr.audit.recorded.v1"}) == 4


def test_who_looks_along_gets_no_mail(stores: Stores) -> None:
    with pytest.raises(Conflict, match="U kijkt mee"):
        ask(stores, Acting(**{**_fields(USER), "viewed_by": "helpdesk (Operator)"}), delivery="mail")


def _fields(acting: Acting) -> dict[str, Any]:
    return {name: getattr(acting, name) for name in acting.__struct_fields__}


# Through the doors


def test_from_the_question_to_the_file(cdr: Cdr) -> None:
    customer = cdr.customer()
    cdr.send(*(customer.call(f"{customer.id[:8]}-{n}") for n in range(30)))
    cdr.settle()
    asked = {"selection": {}, "sort": "start", "delivery": "file", "command_id": new_id()}
    job = customer.ask("start_export", **asked)
    assert customer.ask("start_export", **asked)["id"] == job["id"]
    done = _done(customer, job["id"])
    assert done["result"]["rows"] == 30 and done["percentage"] == 100
    assert done["parameters"]["selection"]["period"] == f"{NOW:%Y-%m}"
    pieces: list[dict[str, Any]] = []
    while not pieces or not pieces[-1]["last"]:
        pieces.append(customer.ask("export_chunk", job_id=job["id"], index=len(pieces)))
    content = b"".join(base64.b64decode(piece["data"]) for piece in pieces)
    [lines] = sheets(zipfile.ZipFile(io.BytesIO(content))).values()
    assert len(lines) == 31
    assert [one["id"] for one in customer.ask("exports")] == [job["id"]]
    with pytest.raises(NotFound):
        customer.ask("export_chunk", job_id=job["id"], index=len(pieces))
    with pytest.raises(NotFound):
        cdr.customer().ask("export", job_id=job["id"])


def test_a_file_goes_to_the_service_that_mails_it_for_its_own_customer_alone(
    cdr: Cdr, keyring: Keyring
) -> None:
    customer, other = cdr.customer(), cdr.customer()
    job = customer.ask("start_export", command_id=new_id())
    file_id = _done(customer, job["id"])["result"]["file_id"]

    def fetch(issuer: str, customer_id: str | None) -> Any:
        with closing(RpcClient(cdr.portal_uri, keyring.signer(issuer))) as client:
            acting = Acting(kind="service", customer_id=customer_id)
            return client.call("cdr", "file_chunk", acting, file_id=file_id, index=0)

    assert fetch("identity", customer.id)["data"]
    for customer_id in (other.id, None):
        with pytest.raises(NotFound):
            fetch("identity", customer_id)
    with pytest.raises(Forbidden):
        fetch("mobile", customer.id)


NOW = datetime.now(UTC)


def _done(customer: Any, job_id: str) -> Any:
    def ended() -> Any:
        job = customer.ask("export", job_id=job_id)
        assert job["state"] not in ("failed", "cancelled"), job
        return job if job["state"] == "done" else None

    return until(ended, what="the export")


def test_a_mailed_export_arrives_with_its_file(
    cdr: Cdr, mongo_uri: Callable[[str], str], service_process: Callable[..., Process]
) -> None:
    """Two services, a broker, a mail server: only who asked gets it."""
    server = MailServer()
    server.start()
    settings = {
        "AMQP_URI": cdr.portal_uri,
        "MONGO_URI": mongo_uri("identity"),
        "SMTP_HOST": server.host,
        "SMTP_PORT": str(server.port),
        "PORTAL_URL": "https://portaal.example.nl",
    }
    try:
        service_process("identity", settings).wait_ready()
        customer, user = _with_a_user(cdr, "eva")
        cdr.send(*(customer.call(f"{customer.id[:8]}-{n}") for n in range(12)))
        cdr.settle()
        acting = Acting(kind="user", scope="customer", customer_id=customer.id, user_id=user)
        asked = {"selection": {}, "delivery": "mail", "command_id": new_id()}
        job = cdr.gateway.call("cdr", "start_export", acting, **asked)
        mail = server.mail()
        assert mail["To"] == "eva@example.nl"
        assert f"/exports/{job['id']}" in text_of(mail)
        [file] = mail.iter_attachments()
        assert file.get_content_type() == "application/zip"
        [lines] = sheets(zipfile.ZipFile(io.BytesIO(file.get_content()))).values()
        assert len(lines) == 13
    finally:
        server.stop()


def _with_a_user(cdr: Cdr, name: str) -> tuple[Any, str]:
    """A customer of identity with a number in cdr, and a user of theirs."""
    made = cdr.cli.call(
        "identity",
        "create_customer",
        STAFF,
        name="Bakkerij Voorbeeld B.V.",
        products=["voip"],
        command_id=new_id(),
    )
    user = cdr.cli.call(
        "identity",
        "create_user",
        STAFF,
        customer_id=made["id"],
        username=name,
        password="kruisbessenjam",
        email=f"{name}@example.nl",
        roles=[],
        command_id=new_id(),
    )
    customer = Customer(cdr, id=made["id"])
    customer.gets(fixed_number())
    return customer, user["id"]
