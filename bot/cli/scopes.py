"""What a command is about: a scope that somebody named, or a file to import."""

import argparse
from pathlib import Path
from typing import NamedTuple

from bot.slack.parsing import scope_in
from debt.refusal import Refused
from debt.scope import Scope


class ScopeOrFile(NamedTuple):
    """At most one of the two is there; neither means everything."""

    scope: Scope | None = None
    file: Path | None = None


def scope_or_import(arguments: argparse.Namespace) -> ScopeOrFile:
    """What the arguments name. Refused for words that are neither a scope nor import and a file."""
    word, file = arguments.scope, arguments.file
    if word == "import" and file is None:
        raise Refused(f"Say which file: debt {arguments.command} import FILE.")
    if word is None or word == "import":
        return ScopeOrFile(file=file)
    scope = scope_in(word)
    if scope is None or file is not None:
        options = f"{arguments.scopes}, or import and a file"
        raise Refused(f"“{word[:60]}” is no scope; say {options}.")
    return ScopeOrFile(scope=scope)
