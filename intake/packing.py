"""What a scan keeps for the next one, as bytes and back: numbers in columns, the rest as JSON."""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final

from intake.contents import Reference
from intake.log import Author, Log, Rename, Reverts
from intake.markers import By, Evidence
from intake.measured import Measured
from intake.mentions import Mention, Mentions, Place
from intake.notes import Claim, Note
from intake.traits import Traits

NONE: Final = -1
GENERATED: Final = 1
SPEAKS: Final = 2
ASKED: Final = 4
STARTS: Final = 8


@dataclass(frozen=True)
class Kept:
    """All commits up to a head, the files that stood there, its notes by content, and who named
    what there.
    """

    log: Log = field(default_factory=Log)
    contents: Mapping[bytes, Measured] = field(default_factory=dict)
    notes: Mapping[bytes, Note] = field(default_factory=dict)
    mentions: Mentions = field(default_factory=Mentions)


Parts = Mapping[str, bytes]


def packed(kept: Kept) -> dict[str, bytes]:
    """By name; what `unpacked` reads."""
    said = {"notes": [*_notes(kept.notes)], "mentions": [*_mentions(kept.mentions)]}
    return _log(kept.log) | _contents(kept.contents) | _json(said | {"asked": kept.mentions.head})


def unpacked(parts: Parts) -> Kept:
    """Raises ValueError, LookupError or TypeError for what `packed` did not write."""
    notes = dict(_as_notes(json.loads(parts["notes"])))
    mentions = Mentions(json.loads(parts["asked"]), dict(_as_mentions(parts)))
    return Kept(_as_log(parts), _as_contents(parts), notes, mentions)


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
    }
    columns = {name: getattr(log, name).tobytes() for name in _COLUMNS}
    texts = {"shas": b"\n".join(log.shas), "paths": b"\0".join(log.paths)}
    return columns | texts | _json(words)


_COLUMNS = {"landed": "q", "author": "I", "ends": "Q", "added": "I", "changed": "I"}


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
        **{name: _numbers(code, parts[name]) for name, code in _COLUMNS.items()},
    )


def _split(raw: bytes, by: bytes) -> list[bytes]:
    return raw.split(by) if raw else []


def _contents(contents: Mapping[bytes, Measured]) -> dict[str, bytes]:
    every = contents.values()
    names = {name: at for at, name in enumerate(dict.fromkeys(_named(every)))}
    traits = [each.traits for each in every if each.traits]
    packages = {name: at for at, name in enumerate(dict.fromkeys(_imported(traits)))}
    columns = {
        "lines": array("q", (_or_none(each.lines) for each in every)),
        "branches": array("q", (_or_none(each.branches) for each in every)),
        "flags": array("B", map(_flags, every)),
        "counts": array("I", (len(each.references) for each in every)),
        "references": array("I", (names[name] for name in _named(every))),
        "imported": array("I", (len(each.packages) for each in traits)),
        "packages": array("I", (packages[name] for name in _imported(traits))),
        "sketched": array("I", (len(each.sketch) for each in traits)),
        "sketches": array("I", chain.from_iterable(each.sketch for each in traits)),
    }
    texts = {"files": b"\0".join(contents), "blobs": b"\n".join(each.blob for each in every)}
    raw = {name: column.tobytes() for name, column in columns.items()}
    words = {"names": [(name.up, *name.parts) for name in names], "called": [*packages]}
    return raw | texts | _json(words)


def _flags(each: Measured) -> int:
    asked = ASKED | STARTS * each.traits.starts if each.traits else 0
    return GENERATED * each.generated | SPEAKS * each.speaks | asked


def _imported(traits: Iterable[Traits]) -> Iterator[str]:
    return (name for each in traits for name in each.packages)


def _named(measured: Iterable[Measured]) -> Iterator[Reference]:
    return (reference for each in measured for reference in each.references)


def _or_none(number: int | None) -> int:
    return NONE if number is None else number


def _as_contents(parts: Parts) -> dict[bytes, Measured]:
    names = [Reference(tuple(name), up) for up, *name in json.loads(parts["names"])]
    lines, branches = (_numbers("q", parts[name]) for name in ("lines", "branches"))
    references = iter([names[at] for at in _numbers("I", parts["references"])])
    traits = _as_traits(parts)
    columns = zip(
        _split(parts["files"], b"\0"),
        _split(parts["blobs"], b"\n"),
        (None if number == NONE else number for number in lines),
        (None if number == NONE else number for number in branches),
        parts["flags"],
        _numbers("I", parts["counts"]),
        strict=True,
    )
    return {
        path: Measured(
            blob,
            lines,
            branches,
            bool(flags & GENERATED),
            bool(flags & SPEAKS),
            tuple(islice(references, count)),
            traits=next(traits)._replace(starts=bool(flags & STARTS)) if flags & ASKED else None,
        )
        for path, blob, lines, branches, flags, count in columns
    }


def _as_traits(parts: Parts) -> Iterator[Traits]:
    """Of each file that has some, but for whether it starts by itself."""
    called = json.loads(parts["called"])
    packages = iter([called[at] for at in _numbers("I", parts["packages"])])
    sketches = iter(_numbers("I", parts["sketches"]))
    counts = (_numbers("I", parts[name]) for name in ("imported", "sketched"))
    for imported, sketched in zip(*counts, strict=True):
        sketch = array("I", islice(sketches, sketched))
        yield Traits(tuple(islice(packages, imported)), sketch, starts=False)


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
                path.encode("latin-1"): Claim({By(*by): number for by, number in tools}, ai, people)
                for path, ai, people, tools in claims
            },
        )


def _mentions(mentions: Mentions) -> Iterator[Any]:
    for name, mention in mentions.of.items():
        yield (
            name,
            mention.own,
            [(path.decode("latin-1"), blob.decode()) for path, blob in mention.places],
        )


def _as_mentions(parts: Parts) -> Iterator[tuple[str, Mention]]:
    for name, own, places in json.loads(parts["mentions"]):
        there = (Place(path.encode("latin-1"), blob.encode()) for path, blob in places)
        yield name, Mention(own, tuple(there))
