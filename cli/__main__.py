"""``python -m cli``: each file in cli/commands is a command of that name, loaded when it is asked for.

A command's file has a module docstring, whose first line is shown in the list, and a click command
or group called ``command``. One file that cannot be loaded takes no other along.
"""

from __future__ import annotations

import ast
import errno
import importlib
from pathlib import Path
from typing import Any

import click

from cli.problems import Problem

COMMANDS = Path(__file__).parent / "commands"
NEEDS_THE_MACHINE = "cannot be loaded here: it is for a machine that ./tikker has prepared, not for an image"


class Commands(click.Group):
    """The files of cli/commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(f.stem.replace("_", "-") for f in COMMANDS.glob("*.py") if f.stem != "__init__")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        try:
            command = importlib.import_module(f"cli.commands.{cmd_name.replace('-', '_')}").command
        except ModuleNotFoundError as problem:
            raise Problem(f"the command {cmd_name} {NEEDS_THE_MACHINE} ({problem.name}).") from problem
        except Exception as problem:
            raise Problem(
                f"the command {cmd_name} cannot be loaded: {type(problem).__name__}: {problem}"
            ) from problem
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """What the operating system refuses is a sentence as well."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as problem:
            raise Problem(f"{ctx.invoked_subcommand} {NEEDS_THE_MACHINE} ({problem.name}).") from problem
        except OSError as problem:
            if problem.errno == errno.EPIPE:  # click's own: whoever read our output has gone
                raise
            raise Problem(
                ": ".join(str(part) for part in (problem.filename, problem.strerror) if part) or repr(problem)
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list without loading anything: parsing eleven files takes milliseconds, importing a second."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(name)) for name in self.list_commands(ctx)])


def summary(name: str) -> str:
    """First line of a command's docstring."""
    try:
        tree = ast.parse((COMMANDS / f"{name.replace('-', '_')}.py").read_text())
    except (OSError, SyntaxError) as problem:
        return f"(cannot be read: {type(problem).__name__})"
    return (ast.get_docstring(tree) or "").partition("\n")[0]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Tikker: start it, test it, fill it.

    Everything it keeps on this machine is in .tikker (or the folder in TIKKER_STATE).
    """


if __name__ == "__main__":
    main(prog_name="tikker")
