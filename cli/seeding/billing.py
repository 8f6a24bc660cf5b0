"""The demo's invoices: who sends them, what is charged, and one of each closed month for each customer."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cli.demo import billing, cast
from cli.demo.calendar import Month, written
from cli.problems import Problem
from cli.seeding.doors import Doors
from cli.seeding.people import Ids, find_customer
from cli.seeding.usage import Say
from shared.errors import NotFound
from shared.ids import new_id

ISSUED_ON_DAY = 2
POLL_SECONDS = 0.5
PATIENCE_SECONDS = 180.0
ENDED = ("done", "failed", "cancelled")
REGISTRATION = "invoices_by_mail"


def ensure_billing(doors: Doors, ids: Ids, months: Sequence[Month], today: date, say: Say) -> None:
    """``months``: those of the demo, the open one last. What is there already stays as it is; where somebody
    else has set up an issuer nothing is added."""
    over = months[:-1]
    known = {row["seller"]["name"] for row in doors.staff("invoicing", "issuers")}
    if known - {issuer.seller["name"] for issuer in billing.ISSUERS}:
        return
    ensure_issuers(doors, known)
    ensure_products(doors)
    for code, customer_id in ids.items():
        _wait_until_known(doors, customer_id)
        _ensure_terms(doors, code, customer_id, months)
    _register_for_mail(doors, ids)
    made = _run(doors, ids, over, today)
    if made:
        _afterwards(doors, ids, over, today)
        say(f"Made the invoices of {written(made[0])} to {written(made[-1])} for {len(ids)} customers.")


def ensure_issuers(doors: Doors, known: set[str]) -> None:
    """Make the senders whose names are not known."""
    for issuer in billing.ISSUERS:
        if issuer.seller["name"] not in known:
            partner_id = find_customer(doors, cast.PARTNER) if issuer.is_partner else None
            doors.staff(
                "invoicing",
                "save_issuer",
                seller=issuer.seller,
                logo=base64.b64encode(issuer.logo).decode(),
                partner_id=partner_id,
                is_default=not issuer.is_partner,
                series=issuer.series,
                credit_series=issuer.credit_series,
                command_id=f"demo-issuer-{issuer.code}",
            )


def ensure_products(doors: Doors) -> None:
    """Make the products that are not there."""
    known = {row["code"] for row in doors.staff("invoicing", "products")}
    for code, description, price, per in billing.PRODUCTS:
        if code not in known:
            values = {"code": code, "description": description, "price": price, "per": per}
            doors.staff("invoicing", "save_product", command_id=f"demo-product-{code}", **values)


def _wait_until_known(doors: Doors, customer_id: str) -> None:
    """Until invoicing has heard of the customer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            doors.staff("invoicing", "account", customer_id=customer_id)
            return
        except NotFound:
            if time.monotonic() > deadline:
                raise
        time.sleep(POLL_SECONDS)


def _ensure_terms(doors: Doors, code: str, customer_id: str, months: Sequence[Month]) -> None:
    account = doors.staff("invoicing", "account", customer_id=customer_id)
    if account["revision"] or code not in billing.TERMS:
        return
    terms, first = billing.TERMS[code], date(*months[0], 1).isoformat()
    values = {**terms.account, "bills_from": first}
    if values["pays_by"] == "direct_debit":
        values["mandate_signed_on"] = first
    for place, charge in enumerate(terms.charges):
        wanted = {name: value for name, value in charge.items() if name not in ("month", "day")}
        year, month = months[charge["month"]]
        starts = date(year, month, charge["day"]).isoformat()
        command = f"demo-charge-{code}-{place}-{first}"
        doors.staff(
            "invoicing", "add_charge", customer_id=customer_id, starts=starts, command_id=command, **wanted
        )
    doors.staff(
        "invoicing",
        "save_account",
        customer_id=customer_id,
        revision=0,
        command_id=f"demo-account-{code}-{first}",
        **values,
    )


def _register_for_mail(doors: Doors, ids: Ids) -> None:
    """The first user of each customer gets invoices by mail."""
    for customer in cast.CUSTOMERS:
        rows = doors.staff("identity", "users", customer_id=ids[customer.code])["rows"]
        names = [user.username for user in customer.users[:1]]
        for row in rows:
            if row["username"] in names and not _registrations(doors, row["id"]):
                doors.staff(
                    "identity",
                    "change_registrations",
                    user_id=row["id"],
                    registrations=[REGISTRATION],
                    command_id=f"demo-registration-{row['username']}",
                )


def _registrations(doors: Doors, user_id: str) -> list[str]:
    found: list[str] = doors.staff("identity", "user", user_id=user_id)["registrations"]
    return found


def _run(doors: Doors, ids: Ids, over: Sequence[Month], today: date) -> list[Month]:
    """Runs of the months that have no invoice yet, in order; only the last one is mailed, and itemised."""
    customer_ids = list(ids.values())
    missing = [m for m in over if not all(_invoices(doors, customer_id, m) for customer_id in customer_ids)]
    earlier = [
        _start(doors, customer_ids, month, today, mail=False) for month in missing if month != over[-1]
    ]
    for run_id in earlier:
        _wait(doors, run_id)
    if over and over[-1] in missing:
        _itemise(doors, ids[billing.ITEMISED])
        _wait(doors, _start(doors, customer_ids, over[-1], today, mail=True))
    return missing


def _start(doors: Doors, customer_ids: list[str], month: Month, today: date, mail: bool) -> str:
    """The ID of a run that was started. It may be repeated: who has an invoice gets no other."""
    following = (month[0] + month[1] // 12, month[1] % 12 + 1)
    job = doors.staff(
        "invoicing",
        "start_run",
        period=written(month),
        customer_ids=customer_ids,
        accept_unrated=True,
        issued_on=min(date(*following, ISSUED_ON_DAY), today).isoformat(),
        mail=mail,
        command_id=new_id(),
    )
    return str(job["id"])


def _itemise(doors: Doors, customer_id: str) -> None:
    account = doors.staff("invoicing", "account", customer_id=customer_id)
    if not account["itemised"]:
        doors.staff(
            "invoicing",
            "save_account",
            customer_id=customer_id,
            revision=account["revision"],
            itemised=True,
            command_id=new_id(),
        )


def _invoices(doors: Doors, customer_id: str, month: Month) -> list[dict[str, Any]]:
    found = doors.staff(
        "invoicing", "archive", customer_id=customer_id, period=written(month), kind="invoice"
    )
    rows: list[dict[str, Any]] = found["rows"]
    return rows


def _wait(doors: Doors, run_id: str) -> None:
    """Until the run has ended. Raises Problem when a customer got no invoice."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        run = doors.staff("invoicing", "run", run_id=run_id)
        if run["state"] in ENDED or time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    held = [f"{row['name']}: {row['sentence']}" for row in run["rows"] if row["state"] in ("held", "undrawn")]
    if run["state"] != "done" or held:
        reason = " ".join([run["error"], *held]).strip()
        raise Problem(f"the invoices of {run['period']} were not all made ({run['state']}). {reason}")


def _afterwards(doors: Doors, ids: Ids, over: Sequence[Month], today: date) -> None:
    """What happens to invoices in real life: most are paid, one is partly credited."""
    for code, customer_id in ids.items():
        for month in over[: billing.PAID_UNTIL]:
            for row in _invoices(doors, customer_id, month):
                if row["status"] == "open":
                    day = min(date.fromisoformat(row["due_on"]), today).isoformat()
                    command = f"demo-paid-{row['id']}"
                    doors.staff("invoicing", "set_paid", invoice_id=row["id"], on=day, command_id=command)
        if code == billing.CREDITED[0]:
            _credit(doors, customer_id, over)


def _credit(doors: Doors, customer_id: str, over: Sequence[Month]) -> None:
    """One credit note, unless the customer has one already."""
    _code, place, reason, amount = billing.CREDITED
    if doors.staff("invoicing", "archive", customer_id=customer_id, kind="credit")["rows"]:
        return
    for row in _invoices(doors, customer_id, over[place]) if len(over) >= -place else ():
        lines = doors.staff("invoicing", "invoice", invoice_id=row["id"])["invoice"]["lines"]
        dearest = max(range(len(lines)), key=lambda index: Decimal(lines[index]["net"]))
        net = min(Decimal(amount), Decimal(lines[dearest]["net"]))
        doors.staff(
            "invoicing",
            "credit",
            invoice_id=row["id"],
            lines=[{"line": dearest, "net": str(net)}],
            reason=reason,
            mail=False,
            command_id=f"demo-credit-{row['id']}",
        )
