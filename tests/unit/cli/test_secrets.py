"""Passwords and keys: made once, private, or given by the environment."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cli import secrets
from cli.problems import Problem
from shared.sealing import Sealer


def test_they_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    first = secrets.load(file, {})
    assert file.stat().st_mode & 0o777 == 0o600
    assert secrets.load(file, {}).values == first.values
    assert len(set(first.values.values())) == len(first.values)


def test_a_secret_that_is_new_is_added_to_those_that_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"TIKKER_AMQP_PASSWORD_CDR": "kept"}))
    loaded = secrets.load(file, {})
    assert loaded.amqp("cdr") == "kept"
    assert loaded.mongo("cdr")
    assert json.loads(file.read_text())["TIKKER_AMQP_PASSWORD_CDR"] == "kept"


def test_the_environment_goes_first_and_is_not_written_down(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    loaded = secrets.load(file, {"TIKKER_AMQP_PASSWORD_CDR_INGESTER": "given"})
    assert loaded.amqp("cdr-ingester") == "given"
    assert "given" not in file.read_text()


def test_a_public_key_verifies_what_its_private_key_signs() -> None:
    made = secrets.fresh()
    published = json.loads(made.public_keys)
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(made.signing_key("pbx")))
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(published["pbx"]["key"]))
    public.verify(private.sign(b"context"), b"context")


def test_only_the_gateway_may_speak_for_users_and_only_it_and_the_command_line_for_staff() -> None:
    kinds = {issuer: entry["kinds"] for issuer, entry in json.loads(secrets.fresh().public_keys).items()}
    assert kinds.pop("gateway") == ["anonymous", "user", "staff"]
    assert kinds.pop("cli") == ["staff"]
    assert set(map(tuple, kinds.values())) == {("service",)}


def test_who_keeps_secrets_of_others_has_keys_of_its_own_for_them() -> None:
    made = secrets.fresh()
    sealers = [Sealer.of(json.loads(made.sealing_keys(account))) for account in secrets.SEALERS]
    assert all(sealer.open(sealer.seal("x", "y"), "y") == "x" for sealer in sealers)
    assert secrets.fresh().sealing_keys("identity") != made.sealing_keys("identity")


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(Problem, match="TIKKER_AMQP_PASSWORD_CDR is missing"):
        secrets.from_environment({}).amqp("cdr")


def test_a_broken_file_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text("{")
    with pytest.raises(Problem, match="cannot be read"):
        secrets.load(file, {})
