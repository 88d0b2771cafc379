"""A git repository as a team and its tools would have made it, by `git fast-import`, from a seed.

Files grow, move, end and are reverted; side branches are merged back; commits carry the markers of
several tools, and some of git-ai's notes. The same size gives the same commits.
"""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import IO, NamedTuple

from benchmarks.code import WORDS, Code

BEGAN = 1_640_995_200
HOUR = 3_600
LATER = 100
"""So many commits are on the branch `later` only: what a week brings."""

_SUFFIXES = {
    "py": 28, "ts": 26, "go": 14, "java": 9, "rs": 5, "sql": 4, "sh": 3, "tf": 3, "yml": 4, "md": 4,
}  # fmt: skip
_PLACES = ("src/api", "src/domain", "src/store", "internal", "lib", "tests", "scripts", "deploy")
_SERVICES, _BY_TOOLS = 60, 8
"""Tools wrote much of the newest services, and little of the others."""
_PEOPLE = [f"Person {number} <person{number}@shop.example>" for number in range(60)]
_TOOLS = (
    ("", "Co-Authored-By: Claude <noreply@anthropic.com>"),
    ("", "\N{ROBOT FACE} Generated with [Claude Code](https://claude.com/claude-code)"),
    ("", "Co-authored-by: Cursor <cursoragent@cursor.com>"),
    ("", "Assisted-by: Claude:claude-sonnet-4-5 [ruff]"),
    ("Person 7 (aider) <person7@shop.example>", ""),
    ("copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>", ""),
    ("", "Co-authored-by: Codex <noreply@openai.com>"),
    ("devin-ai-integration[bot] <1+devin-ai-integration[bot]@users.noreply.github.com>", ""),
)  # fmt: skip
_SAID = "what was said to each other while it was made; nobody else has to read this. " * 40


class Size(NamedTuple):
    """Commits on `main`, and files at its head (about so many)."""

    commits: int
    files: int


class Made(NamedTuple):
    """The repository, and the commits that `main` and `later` are."""

    path: Path
    main: str
    later: str


@dataclass
class _File:
    suffix: str
    lines: list[bytes]
    blob: int


class _Import:
    """One `git fast-import`, told what to write."""

    def __init__(self, stdin: IO[bytes], answers: IO[bytes]) -> None:
        self._stdin, self._answers = stdin, answers
        self._marks = 0

    def blob(self, content: bytes) -> int:
        self._marks += 1
        self._stdin.write(b"blob\nmark :%d\ndata %d\n%b\n" % (self._marks, len(content), content))
        return self._marks

    def commit(
        self,
        branch: str,
        message: str,
        author: str,
        at: int,
        changes: Iterable[str],
        parents: Iterable[int] = (),
    ) -> int:
        self._marks += 1
        raw = message.encode()
        head = f"commit {branch}\nmark :{self._marks}\n"
        head += f"author {author} {at} +0000\ncommitter {author} {at} +0000\ndata {len(raw)}\n"
        self._stdin.write(head.encode() + raw + b"\n")
        words = [f"{word} :{mark}" for word, mark in zip(("from", "merge"), parents, strict=False)]
        self._stdin.write("".join(f"{line}\n" for line in (*words, *changes, "")).encode())
        return self._marks

    def sha(self, mark: int) -> str:
        self._stdin.write(b"get-mark :%d\n" % mark)
        self._stdin.flush()
        return self._answers.readline().decode().strip()


@contextmanager
def _importing(path: Path) -> Iterator[_Import]:
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True)
    read, write = os.pipe()
    command = [
        "git",
        "-C",
        str(path),
        "-c",
        "core.compression=1",
        "fast-import",
        "--quiet",
        "--depth=0",
        f"--cat-blob-fd={write}",
    ]
    with (
        os.fdopen(read, "rb") as answers,
        subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[write]) as process,
    ):
        os.close(write)
        assert process.stdin is not None
        yield _Import(process.stdin, answers)
        process.stdin.close()
    if process.returncode:
        raise RuntimeError("git fast-import failed")


class _Team:
    """People and tools at work: each call adds one commit, or a branch that is merged."""

    def __init__(self, out: _Import, size: Size) -> None:
        self._out, self._size = out, size
        self._random = Random(20_261_130)
        self._code = Code(self._random)
        self._files: dict[str, _File] = {}
        self._paths: list[str] = []
        self._tip, self._at, self.commits = 0, BEGAN, 0
        self._noted: list[str] = []
        self._undoable: tuple[int, str, dict[str, _File]] | None = None

    def begin(self) -> None:
        attributes = self._out.blob(b"*.svg binary\ngenerated/** linguist-generated\n")
        owners = self._out.blob(b"* @shop/everyone\n/service-1/ person1@shop.example @shop/one\n")
        changes = [f"M 100644 :{attributes} .gitattributes", f"M 100644 :{owners} CODEOWNERS"]
        self._commit("Begin", _PEOPLE[0], changes)

    def work(self) -> None:
        """One more commit or branch, at most some hours later."""
        chance = self._random.random()
        if chance < 0.02 and self._undoable:
            self._revert()
        elif chance < 0.04 and self._paths:
            self._move()
        elif chance < 0.08 and len(self._paths) > 50:
            self._branch()
        else:
            self._change()

    def note(self) -> None:
        """All notes in one commit of refs/notes/ai."""
        self._out.commit("refs/notes/ai", "Notes", _PEOPLE[0], self._at, self._noted)

    @property
    def tip(self) -> str:
        return self._out.sha(self._tip)

    def _commit(self, message: str, author: str, changes: list[str], at: int = 0) -> int:
        self._at += self._random.randrange(60, HOUR)
        parents = [self._tip] if self._tip else []
        self._tip = self._out.commit(
            "refs/heads/main", message, author, at or self._at, changes, parents
        )
        self.commits += 1
        return self._tip

    def _change(self) -> None:
        touched = self._touched()
        before = {path: self._files[path] for path in touched if path in self._files}
        changes = [self._written(path) for path in touched]
        subject, author, body = self._words(touched)
        mark = self._commit(f"{subject}\n\n{body}", author, changes)
        if self._random.random() < 0.04:
            self._noted.append(self._note(mark, touched))
        self._undoable = (mark, subject, before) if len(before) == len(touched) else None

    def _touched(self) -> list[str]:
        """A few paths: new ones as long as there are too few, and the busy ones most often."""
        count = min(40, 1 + int(self._random.expovariate(0.45)))
        service = f"service-{self._random.randrange(_SERVICES)}/"
        if len(self._paths) / self._size.files < self.commits / self._size.commits:
            new = (self._new_path() for _ in range(count))
            return list(dict.fromkeys(service + path.partition("/")[2] for path in new))
        drawn = (self._random.random() ** 2 * len(self._paths) for _ in range(count * 4))
        paths = dict.fromkeys(self._paths[int(each)] for each in drawn)
        near = [path for path in paths if path.startswith(service)]
        return (near or [*paths])[:count]

    def _new_path(self) -> str:
        suffix = self._random.choices([*_SUFFIXES], [*_SUFFIXES.values()])[0]
        name = f"{self._code.word()}_{self._code.word()}_{self._random.randrange(100)}"
        return f"{self._folder()}/{name}.{suffix}"

    def _folder(self) -> str:
        """One of about a thousand, each of some ten files in the end."""
        service, place = self._random.randrange(_SERVICES), self._random.choice(_PLACES)
        return f"service-{service}/{place}/{self._random.choice(WORDS[:3])}"

    def _written(self, path: str) -> str:
        file = self._files.get(path)
        lines = self._edited(file) if file else self._begun(path)
        return self._put(path, lines)

    def _put(self, path: str, lines: list[bytes]) -> str:
        if path not in self._files:
            self._paths.append(path)
        blob = self._out.blob(b"\n".join(lines) + b"\n")
        self._files[path] = _File(path.rpartition(".")[2], lines, blob)
        return f"M 100644 :{blob} {path}"

    def _begun(self, path: str) -> list[bytes]:
        suffix = path.rpartition(".")[2]
        others = self._random.choices(self._paths, k=6) if self._paths else []
        head = self._code.head(suffix, [other.rpartition(".")[0] for other in others])
        count = min(2_500, int(self._random.lognormvariate(4.4, 0.9)) + 5)
        return head + self._code.lines(suffix, count)

    def _edited(self, file: _File) -> list[bytes]:
        at, out = self._random.randrange(len(file.lines) + 1), self._random.randrange(6)
        added = self._code.lines(file.suffix, 1 + int(self._random.expovariate(0.12)))
        return file.lines[:at] + added + file.lines[at + out :]

    def _words(self, paths: list[str]) -> tuple[str, str, str]:
        """Subject, author and body."""
        subject = " ".join(self._code.word() for _ in range(5)).capitalize()
        said = "\n".join(" ".join(self._code.word() for _ in range(10)) for _ in range(3))
        author, marker = self._random.choice(_PEOPLE), ""
        new = any(int(re.findall(r"\d+", path)[0]) < _BY_TOOLS for path in paths)
        if self._random.random() < (0.75 if new else 0.02):
            tool, marker = self._random.choice(_TOOLS)
            author = tool or author
        return subject, author, f"{said}\n\n{marker}"

    def _note(self, mark: int, paths: list[str]) -> str:
        """What git-ai would attach: some lines of each file, and a long conversation."""
        lines = "".join(f"{path}\n  d0c0ffee00000001 1-12,40-48\n" for path in paths)
        agent = '{"tool":"claude","id":"x","model":"claude-sonnet-4-5"}'
        prompt = f'{{"agent_id":{agent},"messages":[{{"type":"user","text":"{_SAID}"}}]}}'
        metadata = (
            f'{{"schema_version":"authorship/3.0.0","prompts":{{"d0c0ffee00000001":{prompt}}}}}'
        )
        blob = self._out.blob(f"{lines}---\n{metadata}".encode())
        return f"N :{blob} :{mark}"

    def _revert(self) -> None:
        assert self._undoable is not None
        mark, subject, before = self._undoable
        changes = [self._put(path, file.lines) for path, file in before.items()]
        reverts = f"This reverts commit {self._out.sha(mark)}."
        self._commit(f'Revert "{subject}"\n\n{reverts}', self._random.choice(_PEOPLE), changes)
        self._undoable = None

    def _move(self) -> None:
        """One file to another place; now and then a whole folder's worth."""
        count = 30 if self._random.random() < 0.05 else 1
        changes = []
        for at in {self._random.randrange(len(self._paths)) for _ in range(count)}:
            old, new = self._paths[at], self._new_path()
            new = f"{new.rpartition('.')[0]}.{old.rpartition('.')[2]}"
            if new not in self._files:
                self._files[new] = self._files.pop(old)
                self._paths[at] = new
                changes += [f"D {old}", f"M 100644 :{self._files[new].blob} {new}"]
        self._commit("Move", self._random.choice(_PEOPLE), changes)
        self._undoable = None

    def _branch(self) -> None:
        """Some commits beside main, older than what main has by then, and the merge."""
        began, start = self._tip, self._at
        theirs = self._random.sample(self._paths, 4)
        side, at = began, start
        for _ in range(self._random.randrange(1, 5)):
            at += HOUR // 4
            subject, author, body = self._words(theirs)
            changes = [self._written(path) for path in theirs]
            side = self._out.commit(
                "refs/heads/side", f"{subject}\n\n{body}", author, at, changes, [side]
            )
            self.commits += 1
        mine = [path for path in self._touched() if path not in theirs]
        self._commit("Meanwhile", self._random.choice(_PEOPLE), [self._written(p) for p in mine])
        merged = [f"M 100644 :{self._files[path].blob} {path}" for path in theirs]
        self._at += HOUR
        self._tip = self._out.commit(
            "refs/heads/main", "Merge", _PEOPLE[0], self._at, merged, [self._tip, side]
        )
        self.commits += 1
        self._undoable = None


def make(path: Path, size: Size) -> Made:
    """The repository, bare, with HEAD on `main`."""
    with _importing(path) as out:
        team = _Team(out, size)
        team.begin()
        while team.commits < size.commits:
            team.work()
        main = team.tip
        while team.commits < size.commits + LATER:
            team.work()
        later = team.tip
        team.note()
    for branch, sha in (("main", main), ("later", later)):
        git(path, "update-ref", f"refs/heads/{branch}", sha)
    git(path, "repack", "-adfq")  # a clone has its commits together and its contents as deltas
    return Made(path, main, later)


def git(path: Path, *words: str) -> None:
    subprocess.run(["git", "-C", path, *words], check=True, stdout=subprocess.DEVNULL)
