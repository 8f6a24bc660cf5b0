"""Who is signed in, as identity answers it and as the session keeps it."""

from __future__ import annotations

import msgspec

from shared.acting import Acting


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person. Sessions whose ``epoch`` is older than identity's are over. Who must set up a second step
    sees nothing else before."""

    id: str
    username: str
    epoch: int
    first_name: str = ""
    infix: str = ""
    last_name: str = ""
    roles: tuple[str, ...] = ()
    theme: str = "system"
    language: str = "nl"
    must_set_up_second_step: bool = False

    @property
    def full_name(self) -> str:
        """First name, infix and last name; the username for who has none."""
        names = (self.first_name, self.infix, self.last_name)
        return " ".join(name for name in names if name) or self.username


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A company; ``number`` is the one people use, ``products`` are of voip, pbx, mobile."""

    id: str
    number: int
    name: str
    products: tuple[str, ...] = ()


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What a program has shown instead of a login."""

    id: str


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A user, what they belong to and how far their sight reaches. ``viewed_by`` names the staff member
    who looks along as this customer; empty for everybody's own account. ``token`` is a program's; None for
    who has logged in."""

    user: User
    customer: Customer | None = None
    scope: str = "customer"
    viewed_by: str = ""
    token: Token | None = None

    @property
    def is_staff(self) -> bool:
        """Of the operator or of a partner, and not looking along."""
        return self.scope in ("operator", "partner")

    def looking_along(self, customer: Customer, roles: tuple[str, ...]) -> Account:
        """What this staff member sees a customer's portal with: all of it, under their own name."""
        company = f" ({self.customer.name})" if self.customer else ""
        return Account(
            user=msgspec.structs.replace(self.user, roles=roles),
            customer=customer,
            viewed_by=self.user.username + company,
        )

    def acting(self, correlation_id: str, address: str = "", language: str = "nl") -> Acting:
        """The context in which this person's calls to services are made; ``address`` is the browser's."""
        return Acting(
            kind="user" if self.scope == "customer" else "staff",
            scope=self.scope,
            customer_id=self.customer.id if self.customer else None,
            user_id=self.user.id,
            username=self.user.username,
            roles=self.user.roles,
            correlation_id=correlation_id,
            address=address,
            language=language,
            viewed_by=self.viewed_by,
            program=self.token.id if self.token else "",
        )


class AskedSecond(msgspec.Struct, frozen=True, kw_only=True):
    """The password was right, a code is asked. ``methods`` are of totp (an app's code) and recovery."""

    ticket: str
    methods: tuple[str, ...] = ()


class LoginAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """identity's answer to a login: the account when ``ok``, or ``second_step``; else the same for any wrong
    combination.

    ``attempts_left`` before a wait begins, ``wait_seconds`` while it lasts.
    """

    ok: bool
    attempts_left: int = 0
    wait_seconds: int = 0
    second_step: AskedSecond | None = None
    user: User | None = None
    customer: Customer | None = None
    scope: str = "customer"

    @property
    def account(self) -> Account | None:
        """Who has signed in; None when refused."""
        if not self.ok or self.user is None:
            return None
        return Account(user=self.user, customer=self.customer, scope=self.scope)
