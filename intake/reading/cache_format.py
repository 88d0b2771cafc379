"""What a scan keeps for the next one, as bytes and back: numbers in columns, the rest as JSON."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from intake.languages.imports import Reference
from intake.provenance.log import Author, Log, Rename, Reverts
from intake.provenance.markers import By, Evidence
from intake.provenance.notes import Note, NoteClaim
from intake.provenance.squashes import CommitOrigin
from intake.reading.file_measures import Measured
from intake.reading.file_signals import FileSignals
from intake.reading.mentions import FileVersion, Mention, Mentions

NONE: Final = -1


@dataclass(frozen=True)
class CachedHistory:
    """All commits up to a head, the files that stood there, its notes by content, and who named
    what there.
    """

    log: Log = field(default_factory=Log)
    contents: Mapping[bytes, Measured] = field(default_factory=dict)
    notes: Mapping[bytes, Note] = field(default_factory=dict)
    mentions: Mentions = field(default_factory=Mentions)


Parts = Mapping[str, bytes]


def packed(kept: CachedHistory) -> dict[str, bytes]:
    """By name; what `unpacked` reads."""
    said = {"notes": [*_notes(kept.notes)], "mentions": [*_mentions(kept.mentions)]}
    return _log(kept.log) | _contents(kept.contents) | _json(said | {"asked": kept.mentions.head})


def unpacked(parts: Parts) -> CachedHistory:
    """Raises ValueError, LookupError or TypeError for what `packed` did not write."""
    notes = dict(_as_notes(json.loads(parts["notes"])))
    mentions = Mentions(json.loads(parts["asked"]), dict(_as_mentions(parts)))
    return CachedHistory(_as_log(parts), _as_contents(parts), notes, mentions)


def _json(values: Mapping[str, Any]) -> dict[str, bytes]:
    return {
        name: json.dumps(value, separators=(",", ":")).encode() for name, value in values.items()
    }


def _numbers(code: str, raw: bytes) -> "array[int]":
    numbers = array(code)
    numbers.frombytes(raw)
    return numbers


def _log(log: Log) -> dict[str, bytes]:
    sets = {found: at for at, found in enumerate(dict.fromkeys(log.named.values()))}
    words = {
        "head": log.head,
        "authors": log.authors,
        "renames": [(row, *move) for row, moves in log.renames.items() for move in moves],
        "evidence": [sorted(found, key=str) for found in sets],
        "named": [(row, sets[found]) for row, found in log.named.items()],
        "reverts": [
            (row, each.only, [sha.decode() for sha in each.shas])
            for row, each in log.reverts.items()
        ],
        "made": [
            (row, each.request, [sha.decode() for sha in each.of]) for row, each in log.made.items()
        ],
    }
    columns = {
        "shas": b"\n".join(log.shas),
        "straight": log.straight.tobytes(),
        "landed": log.landed.tobytes(),
        "author": log.author.tobytes(),
        "reviewed": log.reviewed.tobytes(),
        "paths": b"\0".join(log.paths),
        "changes": array("I", map(len, log.rows)).tobytes(),
        "rows": b"".join(rows.tobytes() for rows in log.rows),
        "added": b"".join(added.tobytes() for added in log.added),
    }
    return columns | _json(words)


def _as_log(parts: Parts) -> Log:
    sets = [frozenset(Evidence(*each) for each in found) for found in json.loads(parts["evidence"])]
    renames: dict[int, list[Rename]] = {}
    for row, *move in json.loads(parts["renames"]):
        renames.setdefault(row, []).append(Rename(*move))
    return Log(
        head=json.loads(parts["head"]),
        shas=_split(parts["shas"], b"\n"),
        paths=_split(parts["paths"], b"\0"),
        authors=[Author(*each) for each in json.loads(parts["authors"])],
        renames=renames,
        named={row: sets[at] for row, at in json.loads(parts["named"])},
        reverts={
            row: Reverts(tuple(sha.encode() for sha in shas), only)
            for row, only, shas in json.loads(parts["reverts"])
        },
        made={
            row: CommitOrigin(tuple(sha.encode() for sha in shas), request)
            for row, request, shas in json.loads(parts["made"])
        },
        straight=_numbers("B", parts["straight"]),
        landed=_numbers("q", parts["landed"]),
        author=_numbers("I", parts["author"]),
        reviewed=_numbers("B", parts["reviewed"]),
        rows=[*_cut(parts["rows"], parts["changes"])],
        added=[*_cut(parts["added"], parts["changes"])],
    )


def _cut(raw: bytes, lengths: bytes) -> "Iterator[array[int]]":
    numbers, at = _numbers("I", raw), 0
    for length in _numbers("I", lengths):
        yield numbers[at : at + length]
        at += length


def _split(raw: bytes, by: bytes) -> list[bytes]:
    return raw.split(by) if raw else []


def _contents(contents: Mapping[bytes, Measured]) -> dict[str, bytes]:
    names: dict[Reference, int] = {}
    named = array("I")
    for each in contents.values():
        named.extend([names.setdefault(name, len(names)) for name in each.references])
    blobs, lines, branches, generated, speaks, references, traits = _turned(contents.values())
    columns = {
        "lines": _or_none(lines),
        "branches": _or_none(branches),
        "generated": array("B", generated),
        "speaks": array("B", speaks),
        "counts": array("I", map(len, references)),
        "references": named,
    }
    texts = {"files": b"\0".join(contents), "blobs": b"\n".join(blobs)}
    raw = {name: column.tobytes() for name, column in columns.items()}
    words = {"names": ["/".join(name.parts) for name in names], "up": [name.up for name in names]}
    return raw | texts | _json(words) | _traits(traits)


def _traits(traits: Iterable[FileSignals | None]) -> dict[str, bytes]:
    """Of each file whether anybody asked; of those that were asked about, what they are."""
    some = [each for each in traits if each]
    called = sorted({name for each in some for name in each.packages})
    at = {name: number for number, name in enumerate(called)}
    columns = {
        "seen": array("B", [each is not None for each in traits]),
        "starts": array("B", [each.starts for each in some]),
        "tested": array("B", [each.tested for each in some]),
        "imported": array("I", [len(each.packages) for each in some]),
        "packages": array("I", [at[name] for each in some for name in each.packages]),
        "sketched": array("I", [len(each.sketch) for each in some]),
    }
    raw = {name: column.tobytes() for name, column in columns.items()}
    sketches = {"sketches": b"".join([each.sketch.tobytes() for each in some])}
    return raw | sketches | _json({"called": called})


def _turned(contents: Iterable[Measured]) -> Iterable[tuple[Any, ...]]:
    """A column for each field."""
    return zip(*contents, strict=True) if contents else ((),) * len(Measured._fields)


def _or_none(numbers: Iterable[int | None]) -> "array[int]":
    return array("q", [NONE if number is None else number for number in numbers])


def _as_or_none(raw: bytes) -> list[int | None]:
    return [None if number == NONE else number for number in _numbers("q", raw)]


def _as_contents(parts: Parts) -> dict[bytes, Measured]:
    called = zip(json.loads(parts["names"]), json.loads(parts["up"]), strict=True)
    names = [Reference(tuple(name.split("/")), up) for name, up in called]
    references = iter([names[at] for at in _numbers("I", parts["references"])])
    rows = zip(
        _split(parts["blobs"], b"\n"),
        _as_or_none(parts["lines"]),
        _as_or_none(parts["branches"]),
        map(bool, parts["generated"]),
        map(bool, parts["speaks"]),
        (tuple(islice(references, count)) for count in _numbers("I", parts["counts"])),
        _as_traits(parts),
        strict=True,
    )
    paths = _split(parts["files"], b"\0")
    return dict(zip(paths, map(Measured._make, rows), strict=True))


def _as_traits(parts: Parts) -> Iterator[FileSignals | None]:
    called = json.loads(parts["called"])
    packages = iter([called[at] for at in _numbers("I", parts["packages"])])
    sketches = _cut(parts["sketches"], parts["sketched"])
    some = (
        FileSignals(tuple(islice(packages, imported)), sketch, bool(starts), bool(tested))
        for imported, sketch, starts, tested in zip(
            _numbers("I", parts["imported"]),
            sketches,
            parts["starts"],
            parts["tested"],
            strict=True,
        )
    )
    return (next(some) if seen else None for seen in parts["seen"])


def _notes(notes: Mapping[bytes, Note]) -> Iterator[Any]:
    for oid, note in notes.items():
        claims = [
            (path.decode("latin-1"), claim.ai, claim.people, [*claim.tools.items()])
            for path, claim in note.items()
        ]
        yield oid.decode(), claims


def _as_notes(said: Any) -> Iterator[tuple[bytes, Note]]:
    for oid, claims in said:
        yield (
            oid.encode(),
            {
                path.encode("latin-1"): NoteClaim(
                    {By(*by): number for by, number in tools}, ai, people
                )
                for path, ai, people, tools in claims
            },
        )


def _mentions(mentions: Mentions) -> Iterator[Any]:
    for name, mention in mentions.of.items():
        places = [(path.decode("latin-1"), blob.decode()) for path, blob in mention.places]
        yield name, places, mention.more


def _as_mentions(parts: Parts) -> Iterator[tuple[str, Mention]]:
    for name, places, more in json.loads(parts["mentions"]):
        there = (FileVersion(path.encode("latin-1"), blob.encode()) for path, blob in places)
        yield name, Mention(tuple(there), more)
