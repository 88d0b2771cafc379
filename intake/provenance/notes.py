"""git-ai's notes in refs/notes/ai: which lines of a commit a tool wrote, and which a person.

The schema is authorship/3.0.0, read as it is found rather than as it is meant. A note can hold a
whole conversation: of that nothing is kept, shown or logged. `base_commit_sha` is not believed:
a note speaks of the commit it is attached to.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from intake.git.repository import Repository
from intake.git.tree import Blob, contents_of, files_of
from intake.provenance.markers import By, Markers
from intake.text.ranges import Range, length, merged, without

REF = "refs/notes/ai"
LINES = re.compile(rb"(\d{1,9})(?:-(\d{1,9}))?")
COMMIT = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class NoteClaim:
    """How many lines of one file a note gives to tools and to people; each line counts once.

    Lines that it gives to both are people's.
    """

    tools: Mapping[By, int]
    ai: int
    people: int


Note = Mapping[bytes, NoteClaim]
"""A note's claims by the path that a file had in its commit."""


Lenders = Mapping[bytes, tuple[bytes, ...]]
NOBODY: Lenders = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes on commits of one history; how many others there are, and how many too large.

    `read` are all that were read by the id of their content, those too that attest nothing.
    """

    of: Mapping[bytes, Note] = field(default_factory=dict)
    elsewhere: int = 0
    too_large: int = 0
    read: Mapping[bytes, Note] = field(default_factory=dict)


def notes_of(
    repository: Repository,
    commits: Iterable[bytes],
    markers: Markers,
    known: Mapping[bytes, Note] | None = None,
    lenders: Lenders = NOBODY,
) -> Notes:
    """What refs/notes/ai says of these commits; `known` are notes that were read before. `lenders`
    are commits whose notes speak for one that has none. Raises UnreadableRepository.
    """
    tree = repository.answer("rev-parse", "--verify", "--quiet", f"{REF}^{{tree}}")
    if tree is None:
        return Notes()
    noted = _noted(files_of(repository, tree))
    spoken_of = (commit for commit in commits if commit in noted or commit in lenders)
    sources = {sha: of_sha for sha in spoken_of if (of_sha := _sources(sha, noted, lenders))}
    here = {source: noted[source] for some in sources.values() for source in some}
    limit = repository.limits.note_bytes
    fit = {commit: blob for commit, blob in here.items() if blob.size <= limit}
    read = _read(repository, fit.values(), markers, known or {})
    notes = {
        commit: together([read[fit[source].oid] for source in some if source in fit])
        for commit, some in sources.items()
    }
    attesting = {commit: note for commit, note in notes.items() if note}
    return Notes(attesting, len(noted) - len(here), len(here) - len(fit), read)


def _sources(commit: bytes, noted: Mapping[bytes, Blob], lenders: Lenders) -> tuple[bytes, ...]:
    """The commits whose notes speak for it: its own, else those of what it was made of."""
    if commit in noted:
        return (commit,)
    return tuple(lender for lender in lenders[commit] if lender in noted)


def together(notes: Sequence[Note]) -> Note:
    """Several commits' notes as if they were of one."""
    if len(notes) == 1:
        return notes[0]
    claims: dict[bytes, list[NoteClaim]] = defaultdict(list)
    for note in notes:
        for path, claim in note.items():
            claims[path].append(claim)
    return {path: _sum(some) for path, some in claims.items()}


def _sum(claims: Sequence[NoteClaim]) -> NoteClaim:
    tools: dict[By, int] = defaultdict(int)
    for claim in claims:
        for by, lines in claim.tools.items():
            tools[by] += lines
    ai, people = sum(claim.ai for claim in claims), sum(claim.people for claim in claims)
    return NoteClaim(dict(tools), ai, people)


def note_in(content: bytes, markers: Markers) -> dict[bytes, NoteClaim]:
    """What a note attests, by path; empty where that is nothing or cannot be understood."""
    text, metadata = _halves(content)
    attested = list(_attested(text))
    if not attested:
        return {}
    agents, humans = _metadata(metadata, markers)
    tools: dict[bytes, dict[By, list[Range]]] = defaultdict(lambda: defaultdict(list))
    people: dict[bytes, list[Range]] = defaultdict(list)
    for path, key, ranges in attested:
        if key.startswith("h_") or key == "human" or key in humans:
            people[path] += ranges
        elif by := agents.get(key, agents.get(key.partition("::")[0], markers.somebody)):
            tools[path][by] += ranges
    return {path: _claim(tools.get(path, {}), people.get(path, [])) for path in {*tools, *people}}


def _noted(files: Mapping[bytes, Blob]) -> dict[bytes, Blob]:
    """Notes by commit: git spreads the id over directories once there are many."""
    named = ((path.replace(b"/", b""), blob) for path, blob in files.items())
    return {commit: blob for commit, blob in named if COMMIT.fullmatch(commit)}


def _read(
    repository: Repository, blobs: Iterable[Blob], markers: Markers, known: Mapping[bytes, Note]
) -> dict[bytes, Note]:
    """Each note once, by the id of its content, and let go as soon as it is read."""
    wanted = {blob.oid: blob for blob in blobs}
    read = {oid: known[oid] for oid in wanted if oid in known}
    new = {oid: blob for oid, blob in wanted.items() if oid not in known}
    with closing(contents_of(repository, new)) as contents:
        for oid, content in contents:
            repository.check_time()
            read[oid] = note_in(content, markers)
    return read


def _halves(content: bytes) -> tuple[bytes, bytes]:
    """The text before the line `---`, and the JSON after it."""
    if content.startswith(b"---\n"):
        return b"", content[4:]
    text, _, metadata = content.replace(b"\r\n", b"\n").partition(b"\n---\n")
    return text, metadata


def _attested(text: bytes) -> Iterator[tuple[bytes, str, list[Range]]]:
    """Path, key and ranges of each entry. A quoted path ends with its quote, lines later even."""
    path, quoted = b"", b""
    for line in text.split(b"\n"):
        if quoted:
            quoted += b"\n" + line
            if line.endswith(b'"'):
                path, quoted = quoted[1:-1], b""
        elif line.startswith(b"  "):
            key, _, ranges = line.strip().partition(b" ")
            if path:
                yield path, key.decode("utf-8", "replace"), _ranges(ranges)
        elif line.startswith(b'"') and (len(line) == 1 or not line.endswith(b'"')):
            path, quoted = b"", line
        else:
            path = line[1:-1] if line.startswith(b'"') else line


def _ranges(text: bytes) -> list[Range]:
    matches = (LINES.fullmatch(part.strip()) for part in text.split(b","))
    return [(int(match[1]), int(match[2] or match[1])) for match in matches if match]


def _claim(tools: Mapping[By, list[Range]], people: list[Range]) -> NoteClaim:
    of_people = merged(people)
    lines = {by: length(without(ranges, of_people)) for by, ranges in tools.items()}
    every = sum(lines.values())
    if len(tools) > 1:
        every = length(without([part for some in tools.values() for part in some], of_people))
    return NoteClaim(
        {by: number for by, number in lines.items() if number}, every, length(of_people)
    )


def _metadata(raw: bytes, markers: Markers) -> tuple[dict[str, By | None], frozenset[str]]:
    """Who is behind the keys: tools, None for one that only tests use, and people."""
    try:
        metadata = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}, frozenset()
    agents = {}
    for table in ("prompts", "sessions"):
        for key, value in _object(metadata, table).items():
            agent = _object(value, "agent_id")
            if isinstance(agent.get("tool"), str):
                agents[key] = markers.recorded(agent["tool"], agent.get("model"))
    return agents, frozenset(_object(metadata, "humans"))


def _object(value: Any, key: str) -> dict[str, Any]:
    """What stands under a key, if it is an object in an object."""
    child = value.get(key) if isinstance(value, dict) else None
    return child if isinstance(child, dict) else {}
