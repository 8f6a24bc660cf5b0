"""What staff set up: products, issuers, accounts, charges."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import ASCENDING, IndexModel

from services.invoicing.domain.charges import Charge, Product
from services.invoicing.domain.parties import Account, Issuer
from services.invoicing.store.base import Reading, Transaction, row_of, value_of
from shared.mongo import Document

INDEXES = {
    "charges": [IndexModel([("customer_id", ASCENDING), ("starts", ASCENDING)])],
    "issuers": [
        IndexModel(
            [("partner_id", ASCENDING)],
            unique=True,
            partialFilterExpression={"partner_id": {"$type": "string"}},
        )
    ],
}
COLLECTIONS = ("products", "accounts", "turns")


class CatalogueChanges(Transaction):
    def product(self, code: str) -> Product | None:
        row = self._db["products"].find_one({"_id": code}, session=self.session)
        return value_of(row, Product, "code") if row else None

    def save_product(self, product: Product) -> None:
        self._save("products", row_of(product, "code"))

    def issuer(self, issuer_id: str) -> Issuer | None:
        row = self._db["issuers"].find_one({"_id": issuer_id}, session=self.session)
        return value_of(row, Issuer) if row else None

    def issuers(self) -> dict[str, Issuer]:
        rows = self._db["issuers"].find(session=self.session)
        return {row["_id"]: value_of(row, Issuer) for row in rows}

    def save_issuer(self, issuer: Issuer) -> None:
        """A default one takes the place of the default there was. All of them are saved one after the other:
        of two that are the first at once, one is asked again and finds the other."""
        self.one_by_one("issuers")
        if issuer.is_default:
            others = {"_id": {"$ne": issuer.id}, "is_default": True}
            self._db["issuers"].update_many(others, {"$set": {"is_default": False}}, session=self.session)
        self._save("issuers", row_of(issuer))

    def account(self, customer_id: str) -> Account:
        row = self._db["accounts"].find_one({"_id": customer_id}, session=self.session)
        return value_of(row, Account, "customer_id") if row else Account(customer_id=customer_id)

    def save_account(self, account: Account) -> None:
        self._save("accounts", row_of(account, "customer_id"))

    def charge(self, charge_id: str) -> Charge | None:
        row = self._db["charges"].find_one({"_id": charge_id}, session=self.session)
        return value_of(row, Charge) if row else None

    def save_charge(self, charge: Charge) -> None:
        self._save("charges", row_of(charge))

    def drop_charge(self, charge_id: str) -> None:
        self._db["charges"].delete_one({"_id": charge_id}, session=self.session)

    def take_charges(self, charge_ids: Sequence[str], invoice_id: str) -> bool:
        """Put one-off charges on an invoice; False when one of them is on another, or gone."""
        return self._take("charges", charge_ids, invoice_id)

    def take_requested(self, requested_ids: Sequence[str], invoice_id: str) -> bool:
        """The same for costs that services have asked for."""
        return self._take("requested", requested_ids, invoice_id)

    def _take(self, collection: str, ids: Sequence[str], invoice_id: str) -> bool:
        if not ids:
            return True
        wanted = {"_id": {"$in": list(ids)}, "invoice_id": None}
        change = {"$set": {"invoice_id": invoice_id}}
        taken = self._db[collection].update_many(wanted, change, session=self.session)
        return taken.matched_count == len(ids)

    def _save(self, collection: str, row: Document) -> None:
        self._db[collection].replace_one({"_id": row["_id"]}, row, upsert=True, session=self.session)


class CatalogueReads(Reading):
    def products(self) -> dict[str, Product]:
        rows = self._db["products"].find().sort("_id", ASCENDING)
        return {row["_id"]: value_of(row, Product, "code") for row in rows}

    def issuers(self) -> dict[str, Issuer]:
        rows = self._db["issuers"].find().sort("_id", ASCENDING)
        return {row["_id"]: value_of(row, Issuer) for row in rows}

    def account(self, customer_id: str) -> Account:
        """As it is preset where nobody has set it."""
        row = self._db["accounts"].find_one({"_id": customer_id})
        return value_of(row, Account, "customer_id") if row else Account(customer_id=customer_id)

    def charges(self, customer_id: str) -> list[Charge]:
        rows = self._db["charges"].find({"customer_id": customer_id})
        return [value_of(row, Charge) for row in rows.sort([("starts", 1), ("description", 1), ("_id", 1)])]
