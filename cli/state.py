"""The one folder in which everything lives that a machine keeps: data, logs, secrets, run files."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cli.problems import Problem

REPOSITORY = Path(__file__).resolve().parent.parent
LONGEST_SOCKET_PATH = 90  # sun_path holds 108 bytes and supervisord adds its process ID for a moment


@dataclass(frozen=True)
class State:
    """Paths below one root; ``create()`` makes the folders, readable by their owner only."""

    root: Path

    @classmethod
    def from_environment(cls) -> State:
        """``TIKKER_STATE``, else ``.tikker`` in the checkout."""
        return cls(Path(os.environ.get("TIKKER_STATE") or REPOSITORY / ".tikker").absolute())

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def rabbitmq(self) -> Path:
        return self.root / "rabbitmq"

    @property
    def mongo(self) -> Path:
        return self.root / "mongo"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def test(self) -> State:
        """The folder of the broker and the database that tests use."""
        return State(self.root / "test")

    @property
    def house(self) -> Path:
        """Addresses and secrets of the system that runs now, for the other commands."""
        return self.run / "house.json"

    @property
    def socket(self) -> Path:
        """Where supervisord listens; in the temporary folder when the path would be too long."""
        wanted = self.run / "supervisor.sock"
        if len(str(wanted)) <= LONGEST_SOCKET_PATH:
            return wanted
        return Path(tempfile.gettempdir()) / f"tikker-{self.digest}.sock"

    @property
    def digest(self) -> str:
        """Tells this folder from every other, in 16 characters."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:16]

    def create(self) -> None:
        """Raises Problem when the folder can not be written."""
        try:
            for folder in (self.root, self.rabbitmq, self.mongo, self.logs, self.run, self.mail):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise Problem(
                f"{problem.filename} cannot be made ({problem.strerror}): "
                "set TIKKER_STATE to a folder that can be written."
            ) from None


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
