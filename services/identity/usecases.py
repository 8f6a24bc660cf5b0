"""What identity decides: who is let in, and which customers and users there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import Counter as Metric

from services.identity.domain import credentials, customers, lockout, users
from services.identity.domain.customers import Customer, Kind
from services.identity.domain.users import Role, User
from services.identity.passwords import Passwords
from services.identity.schemas import Reply, account_reply, customer_reply, refused_reply, user_reply
from services.identity.store import Changes, Store, Taken
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from shared.logging import get_logger

log = get_logger(__name__)

Clock = Callable[[], datetime]

LOGINS = Metric("tikker_logins_total", "Logins by outcome", ["outcome"])


def login(
    store: Store, passwords: Passwords, clock: Clock, *, username: str, password: str, address: str
) -> Reply:
    """Let somebody in, or answer how many tries are left and how many seconds to wait.

    The answer to a wrong login is the same, after the same work, whatever is wrong with it: the
    username, the password, or that the user is blocked. See :mod:`domain.lockout` for the counts.
    """
    attempt = _begin(store, lockout.counters(credentials.username_key(username), address), clock())
    if attempt.wait:
        return _refused("waiting", address, 0, attempt.wait)
    user = store.user_named(username)
    right = passwords.matches(password, user.password_hash if user else None)
    if user is None or user.blocked or not right:
        return _refused("wrong", address, attempt.tries_left, attempt.next_wait)
    _succeeded(store, attempt)
    if passwords.is_outdated(user.password_hash):
        store.replace_hash(user, passwords.hash(password))
    return _let_in(store, user)


@dataclass(frozen=True)
class _Attempt:
    """A login under way: what was counted for it or, when one must wait first, for how long."""

    pair: lockout.Counter
    taken: tuple[Taken, ...]
    at: datetime
    wait: timedelta = timedelta(0)

    @property
    def tries_left(self) -> int:
        """After this one, before a wait begins."""
        return min(lockout.left(one.after, one.counter.limit) for one in self.taken)

    @property
    def next_wait(self) -> timedelta:
        """Before the next try, now that this one is counted."""
        return max(lockout.wait_before(one.after, one.counter.limit, self.at) for one in self.taken)


def _begin(store: Store, counters: lockout.Counters, now: datetime) -> _Attempt:
    """Count a try everywhere or, where one must wait, nowhere."""
    taken: list[Taken] = []
    for counter in counters.applying(store.tries.knows(counters.pair, now)):
        one = store.tries.take(counter, now)
        if one.wait:
            for earlier in taken:
                store.tries.give_back(earlier)
            return _Attempt(counters.pair, (), now, one.wait)
        taken.append(one)
    return _Attempt(counters.pair, tuple(taken), now)


def _succeeded(store: Store, attempt: _Attempt) -> None:
    """Earlier mistakes of this person here are forgotten, those of others are not."""
    for one in attempt.taken:
        if one.counter == attempt.pair:
            store.tries.forget(one.counter)
        else:
            store.tries.give_back(one)
    store.tries.remember(attempt.pair, attempt.at)


def _let_in(store: Store, user: User) -> Reply:
    customer = store.customer(user.customer_id)
    if customer is None:
        raise NotFound()
    LOGINS.labels("let in").inc()
    log.info("logged in", user_id=user.id)
    return {"ok": True, **account_reply(user, customer)}


def _refused(outcome: str, address: str, left: int, wait: timedelta) -> Reply:
    LOGINS.labels(outcome).inc()
    seconds = lockout.seconds(wait)
    log.info("login refused", outcome=outcome, address=address, attempts_left=left, wait_seconds=seconds)
    return refused_reply(left, seconds)


def ensure_operator(store: Store, clock: Clock, name: str) -> None:
    """The root of the tree is there from the first start on."""
    if store.operator():
        return

    def work(changes: Changes) -> Reply:
        number = changes.next_number("customers", customers.FIRST_NUMBER)
        root = Customer(
            id=new_id(), number=number, name=name, kind=Kind.OPERATOR, parent_id=None, products=()
        )
        changes.add_customer(root)
        return customer_reply(root)

    store.once("ensure-operator", (), clock(), work)


def create_customer(
    store: Store,
    clock: Clock,
    *,
    name: str,
    products: Sequence[str],
    kind: str,
    parent_id: str | None,
    command_id: str,
) -> Reply:
    """A customer or partner, below the operator unless ``parent_id`` names a partner."""

    def work(changes: Changes) -> Reply:
        parent = changes.customer(parent_id) if parent_id else changes.operator()
        if parent is None:
            raise Invalid(fields={"parent_id": ["Deze partner bestaat niet."]})
        customers.check_parent(Kind(kind), parent)
        customer = Customer(
            id=new_id(),
            number=changes.next_number("customers", customers.FIRST_NUMBER),
            name=name,
            kind=Kind(kind),
            parent_id=parent.id,
            products=customers.products_of(products),
        )
        changes.add_customer(customer)
        return customer_reply(customer)

    request = ("create_customer", name, sorted(products), kind, parent_id)
    return store.once(command_id, request, clock(), work)


def create_user(
    store: Store,
    passwords: Passwords,
    clock: Clock,
    shortest_password: int,
    *,
    customer_id: str,
    username: str,
    password: str,
    email: str,
    first_name: str,
    infix: str,
    last_name: str,
    roles: Sequence[str],
    command_id: str,
) -> Reply:
    """A user of a customer, a partner or the operator; that also decides the scope of what they see."""
    _together(
        lambda: credentials.check_username(username),
        lambda: credentials.check_password(password, username=username, shortest=shortest_password),
        lambda: users.roles_of(roles),
    )
    password_hash = passwords.hash(password)

    def work(changes: Changes) -> Reply:
        if changes.customer(customer_id) is None:
            raise NotFound()
        user = User(
            id=new_id(),
            number=changes.next_number("users", users.FIRST_NUMBER),
            customer_id=customer_id,
            username=username,
            password_hash=password_hash,
            email=email,
            first_name=first_name,
            infix=infix,
            last_name=last_name,
            roles=users.roles_of(roles),
        )
        changes.add_user(user)
        return user_reply(user)

    request = ("create_user", customer_id, username, email, first_name, infix, last_name, sorted(roles))
    return store.once(command_id, request, clock(), work)


def change_roles(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, roles: Sequence[str], command_id: str
) -> Reply:
    """Give a user exactly these roles. Conflict when the customer would lose its last user manager."""

    def change(user: User, others: int) -> User:
        return users.with_roles(user, roles, other_managers=others)

    request = ("change_roles", user_id, sorted(roles))
    return _change_user(store, clock, acting, user_id, command_id, request, change)


def block_user(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, blocked: bool, command_id: str
) -> Reply:
    """Keep a user out, or let them in again. Nobody blocks themselves."""
    if user_id == acting.user_id:
        raise Conflict("U kunt uzelf niet blokkeren.")

    def change(user: User, others: int) -> User:
        return users.with_block(user, blocked, other_managers=None if acting.kind == "staff" else others)

    request = ("block_user", user_id, blocked)
    return _change_user(store, clock, acting, user_id, command_id, request, change)


def _change_user(
    store: Store,
    clock: Clock,
    acting: Acting,
    user_id: str,
    command_id: str,
    request: tuple[object, ...],
    change: Callable[[User, int], User],
) -> Reply:
    within = _managed_by(acting)

    def work(changes: Changes) -> Reply:
        user = changes.user(user_id, within)
        if user is None:
            raise NotFound()
        changes.hold_users(user.customer_id)
        if within:
            _still_manages(changes, acting)
        changed = change(user, changes.managers_beside(user))
        if changed != user:
            changes.save_user(changed)
        return user_reply(changed)

    # Another customer's command of the same ID is another command.
    return store.once(f"{within or 'staff'}:{command_id}", request, clock(), work)


def _managed_by(acting: Acting) -> str | None:
    """The customer whose users the acting person manages; None for all. Forbidden without the role."""
    if acting.kind == "staff":
        acting.require_staff()
        return None
    acting.require(Role.USER_MANAGEMENT)
    return acting.require_customer()


def _still_manages(changes: Changes, acting: Acting) -> None:
    """The session's roles may be a second old; who lost the role meanwhile does not use it here."""
    actor = changes.user(acting.user_id or "", acting.customer_id)
    if actor is None or not users.is_manager(actor):
        raise Forbidden(role=Role.USER_MANAGEMENT.value)


def _together(*checks: Callable[[], object]) -> None:
    """Run every check and raise one :class:`Invalid` with all that they find."""
    found: dict[str, list[str]] = {}
    for check in checks:
        try:
            check()
        except Invalid as problem:
            found |= problem.fields
    if found:
        raise Invalid(fields=found)
