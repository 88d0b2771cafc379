"""What stands in the repository now: the files of one commit, and what git knows about them."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

from intake.git.repository import PastLimit, Repository, UnreadableRepository
from intake.text.shown import shown

ATTRIBUTES = ("linguist-generated", "linguist-vendored", "linguist-documentation")
CODEOWNERS = (b".github/CODEOWNERS", b"CODEOWNERS", b"docs/CODEOWNERS", b".gitlab/CODEOWNERS")
CODEOWNERS_BYTES = 3 << 20
WEB = re.compile(r"(?:https?|ssh|git)://(?:[^/]*@)?[^/@]+/(.+)")
SCP = re.compile(r"(?:[^/@:]+@)?[^/@:]{2,}:(.+)")


class Blob(NamedTuple):
    """A regular file's content: git's id for it and its size in bytes."""

    oid: bytes
    size: int


def head_of(repository: Repository) -> str | None:
    """The id of the commit that HEAD is, or None before the first commit. Raises
    UnreadableRepository where HEAD is no commit, and some branch is.
    """
    head = repository.answer("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head is None and (other := _some_branch(repository)):
        points_to = shown(repository.answer("symbolic-ref", "--quiet", "HEAD") or "HEAD")
        raise UnreadableRepository(
            f"{shown(repository.path)}: its HEAD is {points_to}, where no commit is, while there "
            f"is {other}. `git symbolic-ref HEAD refs/heads/BRANCH` names another branch."
        )
    return head


def _some_branch(repository: Repository) -> str | None:
    some = ("refs/heads", "refs/remotes")
    branch = repository.answer("for-each-ref", "--count=1", "--format=%(refname)", *some)
    return shown(branch) if branch else None


def descends(repository: Repository, head: str, ancestor: str) -> bool:
    """Whether one commit descends from another; False where that one is gone."""
    try:
        repository.once("merge-base", "--is-ancestor", ancestor, head)
    except UnreadableRepository as error:
        if error.status is None:
            raise
        return False
    return True


def files_of(repository: Repository, head: str) -> dict[bytes, Blob]:
    """Every regular file by its path; links and submodules are left out, and never followed.

    Raises PastLimit beyond the limit of files.
    """
    with listed(repository, head) as files:
        return files()


@contextmanager
def listed(repository: Repository, head: str) -> Iterator[Callable[[], dict[bytes, Blob]]]:
    """Git looks for the files of a commit within; called, they are given as by `files_of`."""
    with repository.tokens("ls-tree", "-r", "-l", "-z", "--full-tree", head) as entries:
        yield lambda: _files(repository, entries)


def _files(repository: Repository, entries: Iterable[bytes]) -> dict[bytes, Blob]:
    files: dict[bytes, Blob] = {}
    for entry in entries:
        about, _, path = entry.partition(b"\t")
        mode, _, oid, size = about.split()
        if mode.startswith(b"100") and size.isdigit():
            files[path] = Blob(oid, int(size))
        if len(files) > repository.limits.files:
            limit = f"more than {repository.limits.files:,} files"
            raise PastLimit(f"{shown(repository.path)}: it holds {limit}.")
    return files


def index_of(repository: Repository, attributes: Mapping[bytes, Blob]) -> bool:
    """Fill the repository's index with these .gitattributes, which git then heeds; False if it
    refuses one of their paths.
    """
    entries = (b"100644 %b\t%b\0" % (blob.oid, path) for path, blob in attributes.items())
    try:
        repository.once("update-index", "-z", "--index-info", stdin=entries)
    except UnreadableRepository:
        repository.check_time()
        return False
    return True


def left_out_by_attributes(
    repository: Repository, paths: Iterable[bytes]
) -> tuple[set[bytes], set[bytes]]:
    """Paths that .gitattributes calls generated, vendored or documentation, and those it denies."""
    out: set[bytes] = set()
    kept: set[bytes] = set()
    given = (path + b"\0" for path in paths)
    question = ("check-attr", "--cached", "-z", "--stdin", *ATTRIBUTES)
    with repository.tokens(*question, stdin=given) as answers:
        for path, _, value in zip(answers, answers, answers, strict=False):
            if value in {b"set", b"true"}:
                out.add(path)
            elif value in {b"unset", b"false"}:
                kept.add(path)
    return out, kept - out


def contents_of(
    repository: Repository, blobs: Mapping[bytes, Blob]
) -> Generator[tuple[bytes, bytes], None, None]:
    """Path and content, one file at a time and in the given order."""
    if not blobs:
        return
    asked = (blob.oid + b"\n" for blob in blobs.values())
    with repository.output("cat-file", "--batch", "--buffer", stdin=asked) as stdout:
        for path in blobs:
            header = stdout.readline(200).split()
            if len(header) != 3:
                missing = "a file's content is missing; is this clone complete?"
                raise UnreadableRepository(f"{shown(repository.path)}: {missing}")
            content = stdout.read(int(header[2]) + 1)
            yield path, content[:-1]


def codeowners_of(repository: Repository, files: Mapping[bytes, Blob]) -> str:
    """The text of the CODEOWNERS file that GitHub would use, or nothing."""
    file = next((path for path in CODEOWNERS if path in files), None)
    if file is None or files[file].size > CODEOWNERS_BYTES:
        return ""
    text = repository.once("cat-file", "blob", files[file].oid.decode("ascii"))
    return text.decode("utf-8", "replace")


@lru_cache(maxsize=65536)
def text_of(path: bytes) -> str:
    """A path as text; bytes that are no UTF-8 stay apart as surrogates."""
    return path.decode("utf-8", "surrogateescape")


def name_of(repository: Repository) -> str:
    """`org/repo` from the remote origin, never with credentials; else the directory's name."""
    remote = repository.answer("config", "--get", "remote.origin.url")
    path = repository.path.resolve()
    folder = path.parent if path.name == ".git" else path
    return shown(remote_name(remote or "") or folder.name.removesuffix(".git") or "repository")


def remote_name(url: str) -> str | None:
    """`org/repo` of a remote's address; None for a local path or anything unusual."""
    bare = re.split(r"[?#]", url.strip())[0]
    match = WEB.fullmatch(bare) if "://" in bare else SCP.fullmatch(bare)
    path = match[1].strip("/").removesuffix(".git") if match else ""
    return path if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", path) else None
