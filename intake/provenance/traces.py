"""agent-trace records: which lines of a file an agent wrote, kept in the repository itself.

Version 0.1.0, what calls itself 1.0, and a flat dialect with one object for each range. A record
names the commit before its edit, so its lines are only read against the file as it stands.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeGuard

from debt.artifact.evidence import Confidence
from intake.git.repository import Repository
from intake.git.tree import Blob, contents_of
from intake.provenance.markers import By, Markers
from intake.text.ranges import Range, length, without

FILE = b".agent-trace/traces.jsonl"
SURE = {"ai": Confidence.MEDIUM, "mixed": Confidence.LOW, None: Confidence.LOW}


class TraceRecord(NamedTuple):
    """One range as it was written down: by a tool, or without one by a person."""

    path: str
    by: By | None
    lines: Range
    confidence: Confidence


class TracedLines(NamedTuple):
    """Lines of a file as it stands that a trace gives to a tool."""

    by: By
    lines: Range
    confidence: Confidence


@dataclass(slots=True)
class Traced:
    """What traces say of one file."""

    tools: dict[tuple[By, Confidence], list[Range]] = field(
        default_factory=lambda: defaultdict(list)
    )
    people: list[Range] = field(default_factory=list)

    def take(self, record: TraceRecord) -> None:
        if record.by:
            self.tools[record.by, record.confidence].append(record.lines)
        else:
            self.people.append(record.lines)

    def spans(self, lines: int) -> list[TracedLines]:
        """What it says of a file of so many lines; no line twice, and none that people have."""
        taken, traced = [*self.people, (lines + 1, 1 << 31)], []
        for (by, confidence), ranges in self.tools.items():
            left = without(ranges, taken)
            traced += [TracedLines(by, span, confidence) for span in left]
            taken += left
        return traced


@dataclass(frozen=True, slots=True)
class Traces:
    """What traces say by path, and how many trace files were too large to be read. `astray` are
    records of files that are not there, with the directory, and its slash, of their trace file.
    """

    of: Mapping[bytes, Traced] = field(default_factory=dict)
    too_large: int = 0
    astray: Sequence[tuple[TraceRecord, bytes]] = ()

    def following(self, moved: Mapping[bytes, bytes]) -> "Traces":
        """With what they say of files that have been moved since."""
        by_path = dict(self.of)
        for record, beside in self.astray if moved else ():
            before = _standing(record.path, beside, moved)
            if before is not None:
                by_path.setdefault(moved[before], Traced()).take(record)
        return replace(self, of=by_path, astray=())


def traces_of(
    repository: Repository, files: Mapping[bytes, Blob], wanted: Collection[bytes], markers: Markers
) -> Traces:
    """What every trace file in the tree says of the wanted files. Raises UnreadableRepository."""
    traces = {path: blob for path, blob in files.items() if _is_trace(path)}
    limit = repository.limits.note_bytes
    fit = {path: blob for path, blob in traces.items() if blob.size <= limit}
    by_path: dict[bytes, Traced] = {}
    astray: list[tuple[TraceRecord, bytes]] = []
    with closing(contents_of(repository, fit)) as contents:
        for at, content in contents:
            repository.check_time()
            for record in records_in(content, markers):
                beside = at.removesuffix(FILE)
                path = _standing(record.path, beside, wanted)
                if path is not None:
                    by_path.setdefault(path, Traced()).take(record)
                else:
                    astray.append((record, beside))
    return Traces(by_path, len(traces) - len(fit), astray)


def records_in(content: bytes, markers: Markers) -> Iterator[TraceRecord]:
    """Every range of a file of JSON lines; what cannot be understood is passed over."""
    for line in content.splitlines():
        try:
            record = json.loads(line.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield from _flat(record, markers) if "file_path" in record else _nested(record, markers)


def lines_of(spans: Iterable[TracedLines]) -> int:
    """How many lines they are."""
    return length(span.lines for span in spans)


def _is_trace(path: bytes) -> bool:
    return path == FILE or path.endswith(b"/" + FILE)


def _standing(path: str, beside: bytes, wanted: Collection[bytes]) -> bytes | None:
    """The file that a record means: seen from its trace file, from the top, or by its end when
    the path is absolute. What only looks like a path (`.sessions`) is no file.
    """
    plain = path.replace("\\", "/").removeprefix("./").encode("utf-8", "replace")
    if beside + plain in wanted:
        return beside + plain
    absolute = plain.startswith(b"/") or plain[1:3] == b":/"
    parts = plain.split(b"/")
    ends = (b"/".join(parts[start:]) for start in range(1, min(len(parts), 64)))
    return next((end for end in (plain, *(ends if absolute else ())) if end in wanted), None)


def _nested(record: dict[str, Any], markers: Markers) -> Iterator[TraceRecord]:
    tool = _name(record.get("tool"))
    for file in _objects(record.get("files")):
        for conversation in _objects(file.get("conversations")):
            for lines in _objects(conversation.get("ranges")):
                by = lines.get("contributor") or conversation.get("contributor")
                yield from _record(file.get("path"), lines, by, tool, markers)


def _flat(record: dict[str, Any], markers: Markers) -> Iterator[TraceRecord]:
    tool, model = _name(record.get("tool")), record.get("model") or record.get("model_id")
    by = {"type": record.get("contributor_type"), "model_id": model}
    yield from _record(record["file_path"], record, by, tool, markers)


def _record(
    path: Any, lines: dict[str, Any], by: Any, tool: str | None, markers: Markers
) -> Iterator[TraceRecord]:
    first, last = lines.get("start_line"), lines.get("end_line")
    if not (isinstance(path, str) and _is_line(first) and _is_line(last)) or (first, last) == (
        1,
        1,
    ):
        return
    contributor = by if isinstance(by, dict) else {}
    kind, model = contributor.get("type"), contributor.get("model_id")
    if kind == "human":
        yield TraceRecord(path, None, (first, last), Confidence.MEDIUM)
    elif (kind is None or isinstance(kind, str)) and kind in SURE:
        author = markers.recorded(tool or markers.somebody.tool, model)
        if author:
            sure = Confidence.LOW if author.tool in markers.unnamed else SURE[kind]
            yield TraceRecord(path, author, (first, last), sure)


def _is_line(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31


def _name(tool: Any) -> str | None:
    name = tool.get("name") if isinstance(tool, dict) else tool
    return name if isinstance(name, str) and name.strip() else None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
