"""The command line as a caller of the services: on the bus with its own account, as operator staff."""

from __future__ import annotations

import getpass
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from cli import house
from cli.problems import Problem
from shared.acting import Acting, Signer
from shared.errors import Invalid, TikkerError, Unavailable
from shared.ids import new_id
from shared.logging import setup_logging
from shared.rpc_client import RpcClient

ISSUER = "cli"
TRIES = 3

Call = Callable[..., Any]
"""``call(method, **fields)``: the service's answer."""


def client() -> RpcClient:
    """To the broker in AMQP_URI with the key in TIKKER_SIGNING_KEY, else to the system that runs here.

    Raises Problem when neither is there.
    """
    setup_logging(ISSUER)
    logging.getLogger().setLevel(logging.ERROR)  # what fails is said in one sentence
    uri, key = os.environ.get("AMQP_URI"), os.environ.get("TIKKER_SIGNING_KEY")
    if not (uri and key):
        here = house.current()
        uri, key = here.amqp_uri(ISSUER), here.keys.signing_key(ISSUER)
    return RpcClient(uri, Signer.from_base64(ISSUER, key))


def staff() -> Acting:
    """Who acts: operator staff, under the name of who is logged in on this machine."""
    return Acting(
        kind="staff", scope="operator", username=_login_name(), correlation_id=new_id(), language="en"
    )


@contextmanager
def calls_to(service: str) -> Iterator[Call]:
    """``with calls_to("pbx") as call: call("ranges")``; what the service refuses becomes a Problem."""
    rpc = client()
    try:
        yield partial(_call, rpc, staff(), service)
    finally:
        rpc.close()


def _call(rpc: RpcClient, acting: Acting, service: str, method: str, **fields: Any) -> Any:
    """No answer is asked for again: a command carries an ID, so twice is once."""
    for attempt in range(1, TRIES + 1):
        try:
            return rpc.call(service, method, acting, **fields)
        except Unavailable:
            if attempt == TRIES:
                raise Problem(f"{service} does not answer: ./tikker status says what is missing.") from None
        except TikkerError as problem:
            raise Problem(_said(problem)) from None
    raise AssertionError("unreachable")


def _said(problem: TikkerError) -> str:
    """The service's sentence, and those per field."""
    if not isinstance(problem, Invalid):
        return str(problem)
    fields = (f"  {name}: {' '.join(sentences)}" for name, sentences in problem.fields.items())
    return "\n".join([str(problem), *fields])


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
