"""Git repositories for tests, told as a story: who added which lines on which day.

Commits go in through `git fast-import`, so a path may be any bytes and no hook or filter of this
machine has a say. Nothing here knows the scanner: tests say themselves what it has to find.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

Text = str | bytes

DANA = "Dana <dana@example.org>"
ERIN = "Erin <erin@example.org>"
CLAUDE = "Claude <noreply@anthropic.com>"
BY_CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"

_GIT = shutil.which("git")

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(directory: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What git prints, stripped; an error fails the test."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env=ENVIRONMENT,
        input=stdin,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "replace").strip()


def path_with_slow_git(folder: Path) -> str:
    """A PATH on which git never gets through its commits; `reached` says which process waits."""
    program, reached = folder / "slow" / "git", folder / "reached"
    program.parent.mkdir()
    waits = f"echo $$ > '{reached}.part'; mv '{reached}.part' '{reached}'; exec sleep 60"
    lines = ("#!/bin/sh", f'case "$*" in *numstat*) {waits};; esac', f'exec {_GIT} "$@"', "")
    program.write_text("\n".join(lines))
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def code(number: int, word: str = "value") -> str:
    """So many lines that differ from each other and, by their word, from other files'."""
    return "".join(f"{word}_{line} = {line} * {line + 7}\n" for line in range(number))


def attested(lines: str, **tables: object) -> str:
    """A note of git-ai: its text, then `prompts`, `sessions` and `humans` as they are given."""
    metadata = {"schema_version": "authorship/3.0.0", "base_commit_sha": "0" * 40, "prompts": {}}
    return f"{lines}---\n{json.dumps(metadata | tables)}"


def agent(tool: str, model: str = "unknown", **more: object) -> dict[str, object]:
    """What a note knows of a prompt or a session."""
    return {"agent_id": {"tool": tool, "id": "x", "model": model}, "human_author": DANA, **more}


def traced(path: str, *ranges: tuple[int, int], tool: str = "cursor", **who: object) -> str:
    """A line of an agent-trace file, version 0.1.0; `who` is the contributor."""
    spans = [{"start_line": first, "end_line": last} for first, last in ranges]
    conversation = {"contributor": {"type": "ai"} | who, "ranges": spans, "related": []}
    file = {"path": path, "conversations": [conversation]}
    record = {"version": "0.1.0", "id": "x", "timestamp": "2026-06-01T00:00:00Z", "files": [file]}
    return json.dumps(record | {"tool": {"name": tool, "version": "1"}}) + "\n"


class Story:
    """A repository that grows by one commit at a time, on the branch `main`."""

    def __init__(self, path: Path, *, bare: bool = False) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        git(path, "init", "-q", "-b", "main", *(["--bare"] if bare else []))

    def commit(
        self,
        message: Text,
        files: Mapping[Text, Text] | None = None,
        *,
        author: str = DANA,
        committer: str | None = None,
        on: str = "2026-06-01",
        renames: Mapping[Text, Text] | None = None,
        deletes: Sequence[Text] = (),
        links: Mapping[Text, Text] | None = None,
        branch: str = "main",
        merges: Sequence[str] = (),
    ) -> str:
        """Add one commit and say its id. Renames happen before files are written."""
        seconds = int(datetime.fromisoformat(on).replace(tzinfo=UTC).timestamp())
        who = f"author {author} {seconds} +0000\ncommitter {committer or author} {seconds} +0000\n"
        lines = [f"commit refs/heads/{branch}\n{who}".encode(), _data(message)]
        parent = self.tip(branch)
        lines += [f"from {parent}\n".encode()] if parent else []
        lines += [f"merge {other}\n".encode() for other in merges]
        for old, new in (renames or {}).items():
            lines.append(b"R " + _quoted(old) + b" " + _quoted(new) + b"\n")
        lines += [b"D " + _quoted(path) + b"\n" for path in deletes]
        lines += [_file(b"100644", path, text) for path, text in (files or {}).items()]
        lines += [_file(b"120000", path, target) for path, target in (links or {}).items()]
        git(self.path, "fast-import", "--quiet", "--force", stdin=b"".join(lines))
        return git(self.path, "rev-parse", f"refs/heads/{branch}")

    def note(self, commit: str, text: Text) -> None:
        """Attach a note as git-ai does, byte for byte."""
        raw = text if isinstance(text, bytes) else text.encode()
        blob = git(self.path, "hash-object", "-w", "--stdin", stdin=raw)
        who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.org")
        git(self.path, *who, "notes", "--ref=ai", "add", "-f", "-C", blob, commit)

    def branch(self, name: str, at: str) -> None:
        """Start a branch at a commit."""
        git(self.path, "update-ref", f"refs/heads/{name}", at)

    def tip(self, branch: str = "main") -> str | None:
        """The branch's newest commit."""
        return git(self.path, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")


def _data(text: Text) -> bytes:
    raw = text if isinstance(text, bytes) else text.encode()
    return b"data %d\n%b\n" % (len(raw), raw)


def _file(mode: bytes, path: Text, text: Text) -> bytes:
    return b"M " + mode + b" inline " + _quoted(path) + b"\n" + _data(text)


def _quoted(path: Text) -> bytes:
    """As fast-import reads it: C escapes for everything unusual."""
    raw = path if isinstance(path, bytes) else path.encode()
    plain = (
        bytes([byte]) if 32 < byte < 127 and byte not in b'"\\' else b"\\%03o" % byte
        for byte in raw
    )
    return b'"' + b"".join(plain) + b'"'
