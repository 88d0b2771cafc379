"""A command as the parser knows it, and functions that are imported when they are called."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

Commands = Any  # argparse gives its sub-parsers no public name


@dataclass(frozen=True, slots=True)
class LazyFunction:
    """A function by its name, `package.module:function`; a call imports its module first."""

    name: str

    def __call__(self, *arguments: Any) -> Any:
        return resolve_name(self.name)(*arguments)


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    """A command that takes none."""


@dataclass(frozen=True, slots=True)
class Subcommand:
    """`run` takes the invocation and returns the exit status.

    `summary` is its line in the list of commands, `about` what its own help begins with, where that
    says more; `slack` where it does nothing without Slack's tokens.
    """

    name: str
    summary: str
    run: LazyFunction
    about: str = ""
    arguments: Callable[[argparse.ArgumentParser], None] = _no_arguments
    slack: bool = False

    def add(self, commands: Commands) -> None:
        parser: argparse.ArgumentParser = commands.add_parser(
            self.name,
            help=self.summary,
            description=self.about or f"{self.summary[0].upper()}{self.summary[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        parser.set_defaults(run=self.run, slack=self.slack)
        self.arguments(parser)
