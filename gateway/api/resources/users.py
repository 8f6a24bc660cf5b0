"""Users of the portal: those of one's own company for who manages them, and for staff those of a company."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from gateway.api.frame import DONE, Done, Resource, changes, reads, resource
from gateway.api.requests import (
    BlockBody,
    DetailsBody,
    DutyBody,
    NewUserBody,
    ReasonBody,
    RegistrationsBody,
    RolesBody,
    UsersQuery,
)
from gateway.models.people import UserDetails, Users
from gateway.models.second_step import SecondStep
from gateway.pages.acting import acting, viewer
from gateway.pages.whose import OWN, Whose, company_of, console, manager
from gateway.parts import parts
from gateway.words import gettext as _
from shared.errors import Forbidden

pages = resource("users", "Users of the portal, of one's own company.")
console_pages = resource("company_users", "Users of the portal of a customer or partner, for staff.")
ONE = "/users/<id:user_id>"

Put = Callable[[Callable[..., Any]], Callable[..., Any]]


def both(put: Callable[[Resource, str, Callable[..., Any]], Put], path: str) -> Put:
    """Put an address in both places; the view takes whose users it is about after what was sent."""

    def add(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def of_own(*sent: Any, **known: Any) -> Any:
            return view(*sent, OWN, **known)

        @wraps(view)
        def of_company(*sent: Any, customer_id: str, **known: Any) -> Any:
            return view(*sent, Whose(company_of(customer_id, known.get("user_id"))), **known)

        put(pages, path, manager)(of_own)
        put(console_pages, f"/customers/<id:customer_id>{path}", console)(of_company)
        return view

    return add


def answers(path: str, model: Any, query: Any = None) -> Put:
    """A GET in both places."""
    return both(lambda where, at, rule: reads(where, at, model, rule, query), path)


def takes(method: str, path: str, body: Any = None, model: Any = Done, status: int = 200) -> Put:
    """A change in both places, of anybody but the user whose token it is."""

    def put(where: Resource, at: str, rule: Callable[..., Any]) -> Put:
        add = changes(where, method, at, rule, body, model, status)
        return lambda view: add(_of_others(view))

    return both(put, path)


def _of_others(view: Callable[..., Any]) -> Callable[..., Any]:
    """A token never gets more than it has: neither by its user's roles, nor by their address, to which a
    link for a new password is mailed."""

    @wraps(view)
    def of_another(*sent: Any, **known: Any) -> Any:
        if known.get("user_id") == viewer().user.id:
            raise Forbidden(_("Een programma wijzigt het account niet waarvan het token is."))
        return view(*sent, **known)

    return of_another


@answers("/users", Users, UsersQuery)
def listing(query: dict[str, Any], whose: Whose) -> Users:
    """Users by username, 25 on a page; `query` is part of what a column shows."""
    return parts().people.users(acting(), query["query"], query["page"], **whose.fields)


@takes("POST", "/users", NewUserBody, UserDetails, 201)
def add(key: str, body: dict[str, Any], whose: Whose) -> UserDetails:
    """A new user, without roles yet."""
    return parts().people.add(acting(), key, **body, **whose.fields)


@answers(ONE, UserDetails)
def show(whose: Whose, user_id: str) -> UserDetails:
    """One user."""
    return parts().people.user(acting(), user_id)


@takes("PUT", ONE, DetailsBody)
def change(key: str, body: dict[str, Any], whose: Whose, user_id: str) -> Done:
    """Change a user's details: all of them."""
    parts().people.change(acting(), key, user_id, **body)
    return DONE


@takes("PUT", f"{ONE}/roles", RolesBody)
def set_roles(key: str, body: dict[str, Any], whose: Whose, user_id: str) -> Done:
    """Give and take roles. Sessions of this user end; tokens go on with what is left."""
    parts().people.change_roles(acting(), key, user_id, body["roles"])
    return DONE


@takes("PUT", f"{ONE}/registrations", RegistrationsBody)
def set_registrations(key: str, body: dict[str, Any], whose: Whose, user_id: str) -> Done:
    """Choose which e-mail messages a user gets."""
    parts().people.change_registrations(acting(), key, user_id, body["registrations"])
    return DONE


@takes("PUT", f"{ONE}/block", BlockBody)
def block(key: str, body: dict[str, Any], whose: Whose, user_id: str) -> Done:
    """Keep a user out, or let them in again."""
    parts().people.block(acting(), key, user_id, body["blocked"])
    return DONE


@takes("POST", f"{ONE}/welcome")
def welcome(key: str, whose: Whose, user_id: str) -> Done:
    """Mail a welcome link again to who has not used theirs."""
    parts().people.resend_welcome(acting(), key, user_id)
    return DONE


@takes("POST", f"{ONE}/reset-second-step", ReasonBody)
def reset_second_step(key: str, body: dict[str, Any], whose: Whose, user_id: str) -> Done:
    """Take the second step away from who has lost their phone."""
    parts().second_step.reset(acting(), key, user_id, body["reason"])
    return DONE


@takes("DELETE", ONE)
def delete(key: str, whose: Whose, user_id: str) -> Done:
    """Take a user away for good."""
    parts().people.delete(acting(), key, user_id)
    return DONE


@answers("/second-step-duty", SecondStep)
def duty(whose: Whose) -> SecondStep:
    """Whether all users have to log in in two steps."""
    return parts().second_step.show(acting(), **whose.fields)


@takes("PUT", "/second-step-duty", DutyBody)
def set_duty(key: str, body: dict[str, Any], whose: Whose) -> Done:
    """Ask it of everybody, or leave it to them."""
    parts().second_step.set_duty(acting(), key, body["on"], **whose.fields)
    return DONE
