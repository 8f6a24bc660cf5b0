"""A package that is missing is installed, or the sentence names it and the command to run."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from cli import packages
from cli.problems import MayNotInstall
from cli.state import State


class Machine:
    """A machine as the module sees it: which programs there are, who we are, what a command answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.programs = {"apt-get", "sudo"}
        self.user = 0
        self.answers: dict[str, list[int]] = {}
        self.ran: list[list[str]] = []
        monkeypatch.setattr(packages.shutil, "which", lambda name: name if name in self.programs else None)
        monkeypatch.setattr(packages.os, "geteuid", lambda: self.user)
        monkeypatch.setattr(packages.subprocess, "run", self.run)

    def has_kamailio(self, there: bool) -> None:
        self.monkeypatch.setattr(packages, "has_module", lambda name: there)

    def run(self, command: list[str], **_options: Any) -> subprocess.CompletedProcess[bytes]:
        self.ran.append(command)
        verb = next((word for word in command if word in self.answers), "")
        code = self.answers[verb].pop(0) if self.answers.get(verb) else 0
        return subprocess.CompletedProcess(command, code)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def test_root_installs_without_asking(machine: Machine, state: State) -> None:
    packages.install(state, "libcurl4")
    assert machine.ran == [["apt-get", "install", "-y", "--no-install-recommends", "libcurl4"]]


def test_lists_that_are_too_old_are_fetched_and_it_is_tried_again(machine: Machine, state: State) -> None:
    machine.answers = {"install": [100, 0]}
    packages.install(state, "libcurl4")
    assert [command[1] for command in machine.ran] == ["install", "update", "install"]


def test_a_user_with_passwordless_sudo_installs_by_it(machine: Machine, state: State) -> None:
    machine.user = 1000
    packages.install(state, "libcurl4")
    assert machine.ran[-1][:2] == ["sudo", "-n"]


def test_a_user_without_gets_the_package_and_the_command(machine: Machine, state: State) -> None:
    machine.user = 1000
    machine.programs.discard("sudo")
    command = "run  sudo apt-get install -y --no-install-recommends libcurl4"
    with pytest.raises(MayNotInstall, match=command) as caught:
        packages.install(state, "libcurl4")
    assert caught.value.exit_code == 3
    assert "libcurl4 is missing" in caught.value.message


def test_an_install_that_fails_names_its_log(machine: Machine, state: State) -> None:
    machine.answers = {"install": [100, 100]}
    with pytest.raises(MayNotInstall, match=r"see .*apt\.log"):
        packages.install(state, "libcurl4")


def test_a_machine_without_apt_is_told_what_is_needed(machine: Machine, state: State) -> None:
    machine.programs.clear()
    with pytest.raises(MayNotInstall, match="libcurl4 is needed"):
        packages.install(state, "libcurl4")


def test_installing_rabbitmq_starts_no_broker(
    machine: Machine, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """policy-rc.d, which says no to services, stands around the install and is gone afterwards."""
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "POLICY", policy)
    monkeypatch.setattr(packages, "RABBITMQ", tmp_path / "absent")
    packages.ensure_rabbitmq(state)
    before, install, after = machine.ran[:3]
    assert before[-1] == f"printf '#!/bin/sh\\nexit 101\\n' >{policy} && chmod 755 {policy}"
    assert install[-1] == "rabbitmq-server"
    assert after == ["rm", "-f", str(policy)]


def test_a_machines_own_policy_is_left_alone(
    machine: Machine, state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    monkeypatch.setattr(packages, "POLICY", policy)
    monkeypatch.setattr(packages, "RABBITMQ", tmp_path / "absent")
    packages.ensure_rabbitmq(state)
    assert [command[-1] for command in machine.ran if str(policy) in command[-1]] == []


def test_what_is_there_is_not_installed(machine: Machine, state: State) -> None:
    machine.programs |= {"chromium", "amqp-publish", "sipp"}
    machine.has_kamailio(True)
    packages.ensure_test_tools(state)
    assert machine.ran == []


def test_the_sip_proxy_is_installed_without_its_being_started(
    machine: Machine, state: State, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine.has_kamailio(False)
    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy-rc.d")
    packages.ensure_kamailio(state)
    verbs = [next(word for word in command if word in ("sh", "apt-get", "rm")) for command in machine.ran[:3]]
    assert verbs == ["sh", "apt-get", "rm"]
    assert set(packages.KAMAILIO) <= set(machine.ran[1])
