"""The users of one's own company, for who manages them."""

from __future__ import annotations

from typing import Any

from gateway.access import customers
from gateway.api.frame import DONE, Done, changes, reads, resource
from gateway.api.requests import (
    BlockBody,
    DetailsBody,
    NewUserBody,
    RegistrationsBody,
    RolesBody,
    UsersQuery,
)
from gateway.models.people import UserDetails, Users
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("users", "Users of the portal, of one's own company.")
manager = customers(role="user_management")
ONE = "/users/<id:user_id>"


@reads(pages, "/users", Users, manager, UsersQuery)
def listing(query: dict[str, Any]) -> Users:
    """Users by username, 25 on a page; `query` is part of what a column shows."""
    return parts().people.users(acting(), query["query"], query["page"])


@changes(pages, "POST", "/users", manager, NewUserBody, UserDetails, status=201)
def add(key: str, body: dict[str, Any]) -> UserDetails:
    """A new user, without roles yet."""
    return parts().people.add(acting(), key, **body)


@reads(pages, ONE, UserDetails, manager)
def show(user_id: str) -> UserDetails:
    """One user."""
    return parts().people.user(acting(), user_id)


@changes(pages, "PUT", ONE, manager, DetailsBody)
def change(key: str, body: dict[str, Any], user_id: str) -> Done:
    """Change a user's details: all of them."""
    parts().people.change(acting(), key, user_id, **body)
    return DONE


@changes(pages, "PUT", f"{ONE}/roles", manager, RolesBody)
def set_roles(key: str, body: dict[str, Any], user_id: str) -> Done:
    """Give and take roles. Sessions of this user end; tokens go on with what is left."""
    parts().people.change_roles(acting(), key, user_id, body["roles"])
    return DONE


@changes(pages, "PUT", f"{ONE}/registrations", manager, RegistrationsBody)
def set_registrations(key: str, body: dict[str, Any], user_id: str) -> Done:
    """Choose which e-mail messages a user gets."""
    parts().people.change_registrations(acting(), key, user_id, body["registrations"])
    return DONE


@changes(pages, "PUT", f"{ONE}/block", manager, BlockBody)
def block(key: str, body: dict[str, Any], user_id: str) -> Done:
    """Keep a user out, or let them in again."""
    parts().people.block(acting(), key, user_id, body["blocked"])
    return DONE


@changes(pages, "DELETE", ONE, manager)
def delete(key: str, user_id: str) -> Done:
    """Take a user away for good."""
    parts().people.delete(acting(), key, user_id)
    return DONE
