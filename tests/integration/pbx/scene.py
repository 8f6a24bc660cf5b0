"""A customer with numbers, a PBX and somebody who may change its settings."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared.acting import Acting
from shared.ids import new_id
from tests.integration.pbx.conftest import Pbx

COMPANY, SUPPORT, SPARE, LINE = (f"+3185000161{n}" for n in range(4))
PIECE = 512 * 1024


@dataclass
class Office:
    """``call`` a method as the customer's own, ``change`` one with a new command ID, ``staff`` as staff."""

    pbx: Pbx
    customer_id: str = field(default_factory=new_id)
    roles: tuple[str, ...] = ("settings",)
    user_id: str = field(default_factory=new_id)

    @classmethod
    def opened(cls, pbx: Pbx, numbers: tuple[str, ...] = (COMPANY, SUPPORT, SPARE, LINE)) -> Office:
        """With numbers and a PBX."""
        office = cls(pbx)
        if not pbx.staff("ranges")["rows"]:
            pbx.command("add_range", first="+31850001600", last="+31850001699")
        if numbers:
            pbx.assign(office.customer_id, *numbers)
        office.staff("enable_pbx")
        return office

    def call(self, method: str, **fields: Any) -> Any:
        acting = Acting(
            kind="user",
            scope="customer",
            customer_id=self.customer_id,
            user_id=self.user_id,
            username="iris",
            roles=self.roles,
        )
        return self.pbx.gateway.call("pbx", method, acting, timeout=15, **fields)

    def change(self, method: str, **fields: Any) -> Any:
        return self.call(method, command_id=new_id(), **fields)

    def save(self, part: str, element_id: str | None, **values: Any) -> Any:
        return self.change("save", part=part, id=element_id, values=values)

    def staff(self, method: str, **fields: Any) -> Any:
        return self.pbx.command(method, customer_id=self.customer_id, **fields)

    def user(self, username: str, **values: Any) -> str:
        """The ID of a new user."""
        return str(self.staff("add_user", values={"username": username, **values})["id"])

    def config(self, which: str = "draft") -> dict[str, Any]:
        found: dict[str, Any] = self.call("config", which=which)
        return found

    def element(self, kind: str, element_id: str, which: str = "draft") -> dict[str, Any]:
        rows = self.config(which)["config"][kind]
        return next(row for row in rows if row["id"] == element_id)

    def upload(self, data: bytes, kind: str = "greeting", name: str = "Welkom", **other: Any) -> Any:
        """All pieces of a file; the answer to the last."""
        cut = [data[start : start + PIECE] for start in range(0, len(data), PIECE)] or [b""]
        fields = {"upload_id": new_id(), "kind": kind, "name": name, "pieces": len(cut), **other}
        answer = None
        for index, piece in enumerate(cut):
            encoded = base64.b64encode(piece).decode()
            answer = self.call("upload", index=index, data=encoded, last=index == len(cut) - 1, **fields)
        return answer

    def told(self, name: str) -> list[dict[str, Any]]:
        """What has been told in events of this name about this customer, in order."""
        rows = self.pbx.database["outbox"].find({"name": name}).sort("_id")
        envelopes = [msgspec.json.decode(row["body"]) for row in rows]
        return [e["data"] for e in envelopes if e["customer_id"] == self.customer_id]

    def audited(self) -> list[str]:
        return [entry["action"] for entry in self.told("pbx.audit.recorded.v1")]
